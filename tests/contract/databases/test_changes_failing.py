"""Whatever goes wrong leaves the database as it was, nothing open, and a sentence that says what it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from contract.databases.changing import ChangingEngine, changing, columns_of, lines, stored
from entrepot.model.catalog import Catalog
from entrepot.model.changes import Mark, Target
from entrepot.model.errors import CancelledError, EntrepotError, InputError
from entrepot.model.types import Kind


class BrokenError(Exception):
    """What the far side of a pipe may do to us."""


def breaking(target: Target) -> Iterator[bytes]:
    yield from lines(target, [("8", "eight", "1")])
    raise BrokenError


def a_stream_that_breaks(catalog: Catalog, target: Target) -> None:
    target.insert(catalog.entity("account"), ["id", "code", "balance"], breaking(target))


def a_stream_that_breaks_among_keys(catalog: Catalog, target: Target) -> None:
    target.insert(catalog.entity("account"), ["id", "code"], lines(target, [("8", "eight")]))
    target.keep_keys("k", catalog.entity("account"), ["id", "code", "balance"], breaking(target))


def a_stop_in_the_middle_of_the_rows(catalog: Catalog, target: Target) -> None:
    def rows() -> Iterator[bytes]:
        yield from lines(target, [("8", "eight")])
        target.cancel()
        yield from lines(target, [("9", "nine")])

    target.insert(catalog.entity("account"), ["id", "code"], rows())


def a_row_that_is_refused(catalog: Catalog, target: Target) -> None:
    target.delete(catalog.entity("booking"), ["id"], lines(target, [("1",)]))
    target.insert(catalog.entity("account"), ["id", "code"], lines(target, [("8", "eight"), ("1", "again")]))


def an_answer_that_nobody_reads(catalog: Catalog, target: Target) -> None:
    account = catalog.entity("account")
    target.insert(account, ["id", "code"], lines(target, [(str(n), str(n)) for n in range(10, 5000)]))
    target.keep_keys("k", account, ["id"], lines(target, [(str(n),) for n in range(5000)]))
    next(iter(target.matching("k", account, ["id"], columns_of(account))))
    raise BrokenError


WAYS_TO_FAIL: dict[Callable[[Catalog, Target], None], type[Exception]] = {
    a_stream_that_breaks: BrokenError,
    a_stream_that_breaks_among_keys: BrokenError,
    a_stop_in_the_middle_of_the_rows: CancelledError,
    a_row_that_is_refused: InputError,
    an_answer_that_nobody_reads: BrokenError,
}


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("failing", WAYS_TO_FAIL, ids=lambda way: way.__name__)
def test_nothing_stays_of_what_failed(
    changer: ChangingEngine, place: Place, tmp_path: Path, failing: Callable[[Catalog, Target], None]
) -> None:
    """Neither rows nor the mark, nor a lock, a connection, a temporary table or file."""
    before = {table: stored(changer, tmp_path, table) for table in ("account", "booking")}
    with pytest.raises(WAYS_TO_FAIL[failing]), changing(changer, tmp_path) as (catalog, target):
        target.mark(Mark(job="doomed"))
        failing(catalog, target)
    assert place.connections() == 0
    assert not changer.was_applied(Mark(job="doomed"))
    assert {table: stored(changer, tmp_path, table) for table in before} == before
    assert list((tmp_path / "change").iterdir()) == []
    place.execute("UPDATE account SET balance = 5", "ALTER TABLE account ADD COLUMN note integer")


REFUSALS = {
    "account_code": ("account", ["id", "code"], [("8", "one")]),
    "solvent": ("account", ["id", "code", "balance"], [("8", "eight", "-1")]),
    "booking_account": ("booking", ["id", "account"], [("8", "99")]),
    "NOT NULL": ("account", ["id", "code"], [("8", None)]),
}


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("rule", REFUSALS)
def test_a_row_that_breaks_a_rule_is_refused_with_the_databases_words(
    changer: ChangingEngine, tmp_path: Path, rule: str
) -> None:
    """Each engine says what it knows: SQLite of a foreign key nothing but that."""
    table, fields, rows = REFUSALS[rule]
    with changing(changer, tmp_path) as (catalog, target), pytest.raises(InputError) as caught:
        target.insert(catalog.entity(table), fields, lines(target, rows))
        target.commit()
    assert caught.value.code == "database_refused"
    assert table in caught.value.message
    assert caught.value.remedy
    known = (rule, "code", "FOREIGN KEY", "null")
    assert any(words in caught.value.message for words in known), caught.value.message


@pytest.mark.usefixtures("ledger")
def test_a_value_that_a_field_cannot_hold_is_refused(case: EngineCase, changer: ChangingEngine, tmp_path: Path) -> None:
    """Never cut, never rounded to something else."""
    with changing(changer, tmp_path) as (catalog, target), pytest.raises(InputError) as caught:
        rows = lines(target, [("8", "eight", "92233720368547758070")])
        target.insert(catalog.entity("account"), ["id", "code", "balance"], rows)
    assert caught.value.code == "database_refused"
    assert "account" in caught.value.message


@pytest.mark.usefixtures("ledger")
def test_rows_that_refer_to_each_other_come_in_any_order(
    case: EngineCase, place: Place, changer: ChangingEngine, tmp_path: Path
) -> None:
    """The child before its parent, in one table; and both go at once."""
    number = case.types[Kind.INTEGER]
    place.execute(
        f"CREATE TABLE staff (id {number} NOT NULL PRIMARY KEY, boss {number}, "
        "CONSTRAINT staff_boss FOREIGN KEY (boss) REFERENCES staff (id))"
    )
    with changing(changer, tmp_path) as (catalog, target):
        staff = catalog.entity("staff")
        assert target.insert(staff, ["id", "boss"], lines(target, [("1", "2"), ("2", "3"), ("3", None)])) == 3
        assert target.delete(staff, ["id"], lines(target, [("2",), ("1",)])) == 2
        target.commit()
    assert stored(changer, tmp_path, "staff") == [("3", None)]


@pytest.mark.usefixtures("ledger")
def test_who_only_looks_cannot_change(changer: ChangingEngine, tmp_path: Path) -> None:
    with changing(changer, tmp_path, write=False) as (catalog, target), pytest.raises(EntrepotError):
        target.insert(catalog.entity("account"), ["id", "code"], lines(target, [("8", "eight")]))
    assert len(stored(changer, tmp_path, "account")) == 2


@pytest.mark.usefixtures("ledger")
def test_after_a_failure_nothing_can_be_committed(changer: ChangingEngine, tmp_path: Path) -> None:
    """Not even by somebody who does not look."""
    with pytest.raises(EntrepotError), changing(changer, tmp_path) as (catalog, target):
        target.delete(catalog.entity("booking"), ["id"], lines(target, [("1",)]))
        with pytest.raises(InputError):
            target.insert(catalog.entity("booking"), ["id", "account"], lines(target, [("5", "99")]))
        target.commit()
    assert stored(changer, tmp_path, "booking") == [("1", "1")]


@pytest.mark.usefixtures("ledger")
def test_after_the_commit_nothing_is_changed_any_more(changer: ChangingEngine, tmp_path: Path) -> None:
    """It would stay at once, by itself."""
    with changing(changer, tmp_path) as (catalog, target):
        account = catalog.entity("account")
        target.insert(account, ["id", "code"], lines(target, [("8", "eight")]))
        target.commit()
        with pytest.raises(EntrepotError):
            target.insert(account, ["id", "code"], lines(target, [("9", "nine")]))
    assert [row[0] for row in stored(changer, tmp_path, "account")] == ["1", "2", "8"]
