"""Decisions about single records, and how many may fail."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.club import ANN, SQLITE, Club, Row, code_of, counted, into, opened, table
from contract.databases.case import EngineCase
from entrepot.model.drafts import Blank, Errors, Mode, OnConflict
from entrepot.model.errors import ChangedError, EntrepotError, InputError

SKIP, OVERWRITE, MERGE, FAIL = OnConflict.SKIP, OnConflict.OVERWRITE, OnConflict.MERGE, OnConflict.FAIL
MIXED = (
    "id,email,age,team_id\n2,bob@example.org,20,1\nx,,twenty,99\nfew\n3,cy@example.org,20,1\n3,cy@example.net,21,1\n"
)


@pytest.fixture(params=(SQLITE,))
def club(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


def test_a_record_that_is_skipped_does_not_count_as_failed_whatever_is_wrong_with_it(club: Club) -> None:
    plan = club.entrepot.preview(club.file(MIXED), into(decisions={"2-3": SKIP, "5": SKIP}))
    assert counted(plan.counts) == {"created": 2, "skipped": 3}
    assert not plan.blocked
    assert not plan.errors
    assert not plan.groups.total
    assert not plan.findings
    receipt = club.entrepot.apply(plan.plan_id)
    assert counted(receipt.counts) == {"created": 2, "skipped": 3}
    assert [row[1] for row in club.rows()] == ["ann@example.org", "bob@example.org", "cy@example.org"]


def test_of_two_records_with_one_key_the_other_comes_in_where_the_first_is_skipped(club: Club) -> None:
    receipt = club.entrepot.bring_in(club.file(MIXED), into(decisions={"2-4": SKIP}))
    assert counted(receipt.counts) == {"created": 2, "skipped": 3}
    assert [row[1] for row in club.rows()] == ["ann@example.org", "bob@example.org", "cy@example.net"]


def test_a_record_that_is_skipped_is_nobodys_parent(club: Club) -> None:
    club.place.execute("CREATE TABLE parts (id integer PRIMARY KEY, whole integer REFERENCES parts (id))")
    request = replace(into(decisions={"1": SKIP}, errors=Errors.SKIP), entity="parts")
    file = club.file("id,whole\n1,\n2,1\n3,\n4,3\n", "parts.csv")
    plan = club.entrepot.preview(file, request)
    assert counted(plan.counts) == {"created": 2, "skipped": 1, "failed": 1}


@pytest.mark.parametrize(
    ("mode", "on_conflict", "decided", "row"),
    [
        (Mode.CREATE, None, OVERWRITE, (1, "new@example.org", None, 1)),
        (Mode.CREATE, None, MERGE, (1, "new@example.org", 30, 1)),
        (Mode.CREATE, SKIP, OVERWRITE, (1, "new@example.org", None, 1)),
        (Mode.UPSERT, OVERWRITE, MERGE, (1, "new@example.org", 30, 1)),
        (Mode.UPSERT, MERGE, OVERWRITE, (1, "new@example.org", None, 1)),
        (Mode.UPSERT, OVERWRITE, SKIP, ANN),
        (Mode.UPDATE, OVERWRITE, FAIL, ANN),
    ],
)
def test_one_record_has_a_strategy_of_its_own(
    club: Club, mode: Mode, on_conflict: OnConflict | None, decided: OnConflict, row: Row
) -> None:
    file = club.file("id,email,age,team_id\n1,new@example.org,,1\n")
    plan = club.entrepot.preview(file, into(mode, on_conflict=on_conflict, decisions={"1": decided}))
    assert plan.blocked == (decided is FAIL)
    if not plan.blocked:
        club.entrepot.apply(plan.plan_id)
    assert club.rows() == [row]


def test_the_others_keep_the_strategy_of_all(club: Club) -> None:
    club.place.execute("INSERT INTO people VALUES (2, 'bob@example.org', 20, 2)")
    file = club.file("id,email,age,team_id\n1,a@new.org,,1\n2,b@new.org,,1\n")
    request = into(Mode.UPSERT, on_conflict=MERGE, blank=Blank.KEEP, decisions={"2": OVERWRITE})
    plan = club.entrepot.preview(file, request)
    assert [difference.after for difference in plan.differences] == [("a@new.org", "30", "1"), ("b@new.org", None, "1")]
    club.entrepot.apply(plan.plan_id)
    assert club.rows() == [(1, "a@new.org", 30, 1), (2, "b@new.org", None, 1)]


def test_decisions_are_part_of_what_was_agreed_to(club: Club) -> None:
    file = club.file(MIXED)
    asked: list[dict[str, OnConflict]] = [{}, {"1": SKIP}, {"1": OVERWRITE}, {"1,2": SKIP}, {"2, 1": SKIP}]
    plans = [club.entrepot.preview(file, into(errors=Errors.SKIP, decisions=decisions)) for decisions in asked]
    assert len({plan.digest for plan in plans}) == 4
    assert plans[-1].digest == plans[-2].digest


def test_a_plan_drifts_when_the_row_that_it_would_overwrite_changes(club: Club) -> None:
    plan = club.entrepot.preview(club.file("id,email\n1,new@example.org\n"), into(decisions={"1": OVERWRITE}))
    club.place.execute("UPDATE people SET email = 'else@example.org'")
    with pytest.raises(ChangedError):
        club.entrepot.apply(plan.plan_id)


@pytest.mark.parametrize(
    ("decisions", "code"),
    [
        ({"6": SKIP}, "no_such_record"),
        ({"1-6": OVERWRITE}, "no_such_record"),
        ({"0": SKIP}, "bad_records"),
        ({"3-2": SKIP}, "bad_records"),
        ({"x": SKIP}, "bad_records"),
        ({"1,": SKIP}, "bad_records"),
        ({"1-3": SKIP, "2": OVERWRITE}, "decided_twice"),
    ],
)
def test_decisions_about_what_is_not_there_are_refused(
    club: Club, decisions: Mapping[str, OnConflict], code: str
) -> None:
    with pytest.raises(InputError) as raised:
        club.entrepot.preview(club.file(MIXED), into(decisions=decisions))
    assert code_of(raised) == code


@pytest.mark.parametrize(
    ("most", "done"), [("3", True), ("2", False), ("60%", True), ("59.9 %", False), ("100%", True), ("0", False)]
)
def test_more_failures_than_may_be_keep_all_records_out(club: Club, most: str, done: bool) -> None:
    file, request = club.file(MIXED), into(errors=Errors.SKIP, max_errors=most)
    plan = club.entrepot.preview(file, request)
    assert (plan.failed, plan.blocked) == (3, not done)
    if done:
        club.entrepot.bring_in(file, request)
    else:
        with pytest.raises(InputError) as raised:
            club.entrepot.apply(plan.plan_id)
        assert code_of(raised) == "too_many_errors"
    assert len(club.rows()) == (3 if done else 1)


@pytest.mark.parametrize(
    ("most", "errors", "code"),
    [
        ("3", Errors.ALL_OR_NOTHING, "threshold_without_skip"),
        ("few", Errors.SKIP, "bad_threshold"),
        ("101%", Errors.SKIP, "bad_threshold"),
        ("-1", Errors.SKIP, "bad_threshold"),
    ],
)
def test_a_threshold_that_says_nothing_is_refused(club: Club, most: str, errors: Errors, code: str) -> None:
    with pytest.raises(EntrepotError) as raised:
        club.entrepot.preview(club.file(MIXED), into(max_errors=most, errors=errors))
    assert code_of(raised) == code


def test_the_command_takes_decisions_and_a_threshold(club: Club) -> None:
    def run(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "entrepot", "import", "people.csv", "--into", "people", "--yes", *words],
            cwd=club.folder,
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "ENTREPOT_DB": club.place.url},
        )
        return done.returncode, done.stderr

    club.file("id,email,age,team_id\n1,new@example.org,,1\n2,b@example.org,x,1\n3,c@example.org,1,99\n")
    code, said = run("--errors", "skip", "--max-errors", "2")
    assert (code, "[too_many_errors]" in said) == (2, True)
    assert "does not say what becomes" in run("--rows", "1=perhaps")[1]
    assert club.rows() == [ANN]
    assert run("--rows", "1=merge", "--skip-rows", "2", "--errors", "skip", "--errors-file", "failed.csv")[0] == 9
    assert club.rows() == [(1, "new@example.org", 30, 1)]
    assert [row[-2] for row in table(club.folder / "failed.csv")] == ["__row", "3"]
