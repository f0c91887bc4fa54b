"""The audit is only ever added to, and whatever else is done to it shows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from contract.ledger.pinned import PinnedClock
from entrepot.ledger.audit import Audit
from entrepot.ledger.opening import Ledger
from entrepot.model.audit import Action, Anchor, AuditEntry, AuditFilter, Verdict
from entrepot.model.errors import DamagedError

KEY = b"k" * 32
ENTRY = AuditEntry(principal="anna", action="export", object="out.csv", origin="cli", result="ok", facts={"rows": 3})


@pytest.fixture
def audit(ledger: Ledger) -> Audit:
    return Audit(ledger.records, lambda: KEY)


def written(audit: Audit, lines: int) -> None:
    for number in range(1, lines + 1):
        audit.add(replace(ENTRY, facts={"rows": number, "job": f"exp_{number}"}))


def words(verdict: Verdict) -> list[str]:
    return [f"{each.number}: {each.words}" for each in verdict.breaks]


@pytest.fixture
def tampered(ledger: Ledger) -> Callable[[str], None]:
    def tamper(statement: str) -> None:
        with ledger.records.writing() as connection:
            connection.execute(text(statement))

    return tamper


def test_lines_are_numbered_and_sealed_one_behind_the_other(audit: Audit, clock: PinnedClock) -> None:
    assert audit.verify() == Verdict(lines=0, last=None)
    first = audit.add(ENTRY)
    clock.pass_by(minutes=1)
    second = audit.add(replace(ENTRY, tenant="7", entity="users", database="main", result="not_allowed"))
    assert (first.number, first.previous, second.number, second.previous) == (1, "", 2, first.seal)
    assert audit.latest(10) == (second, first)
    assert tuple(audit.lines()) == (first, second)
    assert audit.verify() == Verdict(lines=2, last=Anchor(number=2, seal=second.seal))


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("DELETE FROM audit WHERE number = 3", ["3: Line 3 is missing."]),
        ("DELETE FROM audit WHERE number IN (1, 2)", ["1: Lines 1 to 2 are missing."]),
        ("UPDATE audit SET principal = 'eve' WHERE number = 2", ["2: Line 2 is not what it was when it was sealed."]),
        ("UPDATE audit SET facts = '{' WHERE number = 2", ["2: Line 2 is not what it was when it was sealed."]),
        ("UPDATE audit SET tenant = '' WHERE number = 2", ["2: Line 2 is not what it was when it was sealed."]),
        ("DELETE FROM audit WHERE number > 3", ["4: The end is missing: the audit went on to line 5."]),
        ("DELETE FROM audit", ["1: The end is missing: the audit went on to line 5."]),
        (
            "UPDATE audit_head SET number = 5, signature = 'x'",
            ["6: How far the audit goes was not signed with the key of this installation."],
        ),
        (
            "DELETE FROM audit_head",
            ["6: How far the audit goes was not signed with the key of this installation."],
        ),
        (
            "UPDATE audit SET number = 0 WHERE number = 1",
            [
                "0: Line 0 is none of the audit, which begins with 1.",
                "0: Line 0 is not what it was when it was sealed.",
                "2: Line 2 was not written behind the line that is before it now.",
            ],
        ),
    ],
)
def test_whatever_is_done_to_the_lines_shows_and_where(
    audit: Audit, tampered: Callable[[str], None], statement: str, broken: list[str]
) -> None:
    written(audit, 5)
    assert audit.verify().whole
    tampered(statement)
    if "number = 0" in statement:
        assert broken[0] in words(audit.verify())
        return
    assert words(audit.verify()) == broken


def test_a_line_that_is_sealed_anew_does_not_fit_the_next_one(audit: Audit, tampered: Callable[[str], None]) -> None:
    written(audit, 3)
    middle = tuple(audit.lines())[1]
    tampered(f"UPDATE audit SET seal = '{middle.seal[::-1]}' WHERE number = 2")
    assert "3: Line 3 was not written behind the line that is before it now." in words(audit.verify())


def test_lines_that_others_add_show(audit: Audit, tampered: Callable[[str], None]) -> None:
    written(audit, 2)
    tampered(
        "INSERT INTO audit SELECT 3, at, principal, tenant, action, object, database, entity, origin, result, facts,"
        " seal, 'x' FROM audit WHERE number = 2"
    )
    assert words(audit.verify())[-1] == "3: Lines behind 2 were not written by Entrepot."


def test_what_is_written_behind_damage_does_not_hide_it(audit: Audit, tampered: Callable[[str], None]) -> None:
    written(audit, 5)
    tampered("DELETE FROM audit WHERE number > 3")
    line = audit.add(ENTRY)
    damage = audit.latest(2)[1]
    assert (damage.action, damage.facts, line.number) == (Action.DAMAGE, {"head": 5, "last": 3}, 7)
    found = words(audit.verify())
    assert found[0] == "4: Lines 4 to 5 are missing."
    assert found[1].startswith("6: Before line 6, at 2026-11-21T11:30:00.000000Z, the audit was found damaged")
    assert len(found) == 2
    assert audit.add(ENTRY).number == 8


def test_another_key_is_noticed_and_told(ledger: Ledger, audit: Audit) -> None:
    written(audit, 2)
    other = Audit(ledger.records, lambda: b"o" * 32)
    assert not other.verify().whole
    assert other.add(ENTRY).number == 4
    assert [each.number for each in other.verify().breaks] == [3]


def test_a_line_that_was_noted_down_must_still_be_there(audit: Audit, tampered: Callable[[str], None]) -> None:
    written(audit, 3)
    known = audit.verify().last
    assert known is not None
    written(audit, 2)
    assert audit.verify(known).whole
    other = replace(known, seal="0" * 64)
    assert words(audit.verify(other)) == ["3: Line 3 is gone, or has another seal than was noted down."]
    tampered("DELETE FROM audit")
    tampered("UPDATE audit_head SET number = 0, seal = '', signature = ''")
    assert audit.verify().whole, "nobody can tell this from an audit that never began"
    assert words(audit.verify(known)) == ["3: Line 3 is gone, or has another seal than was noted down."]


def test_two_that_write_at_once_come_one_behind_the_other(audit: Audit) -> None:
    def several(name: str) -> list[int]:
        return [audit.add(replace(ENTRY, principal=name)).number for _ in range(10)]

    with ThreadPoolExecutor(4) as pool:
        numbers = [number for found in pool.map(several, ("a", "b", "c", "d")) for number in found]
    assert sorted(numbers) == list(range(1, 41))
    assert audit.verify().whole


def test_lines_are_chosen_by_who_what_about_which_and_when(audit: Audit, clock: PinnedClock) -> None:
    audit.add(ENTRY)
    clock.pass_by(hours=1)
    now = clock.now()
    audit.add(replace(ENTRY, principal="berta", tenant="7", action="import", facts={"job": "imp_1", "plan": "p_\"%'"}))
    clock.pass_by(hours=1)
    audit.add(replace(ENTRY, object="b.csv", entity="users", facts={"entities": {"orders": 2}}))

    def chosen(**which: object) -> list[int]:
        return [line.number for line in audit.lines(AuditFilter(**which))]  # type: ignore[arg-type]

    assert chosen(principal="anna") == [1, 3]
    assert chosen(tenant="7") == chosen(action="import") == chosen(about="imp_1") == chosen(about="p_\"%'") == [2]
    assert chosen(about="users") == chosen(about="orders") == chosen(about="b.csv") == [3]
    assert chosen(about="IMP_1") == chosen(about="imp_%") == chosen(about="order") == []
    assert chosen(since=now) == [2, 3]
    assert chosen(until=now) == [1]


def test_names_from_outside_break_no_line_and_no_database(audit: Audit) -> None:
    line = audit.add(
        replace(ENTRY, principal="a\nb\0\u2028", object="x\udc80" + "y" * 600, facts={"file": "a\0\ud800\n"})
    )
    assert (line.principal, (line.object or "")[:7], len(line.object or "")) == ("a\\nb\\x00\\u2028", "x\\udc80", 500)
    assert audit.latest(1) == (line,)
    assert audit.verify().whole


def test_a_line_that_cannot_be_read_is_told(audit: Audit, tampered: Callable[[str], None]) -> None:
    written(audit, 2)
    tampered("UPDATE audit SET at = 'yesterday' WHERE number = 1")
    with pytest.raises(DamagedError, match="Line 1") as caught:
        audit.latest(5)
    assert caught.value.code == "audit_damaged"
