"""A table that refers to itself: what a file says of a parent goes before the row that only has its id, and a row that
gives up a name is nobody's parent by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from acceptance.club import CASES
from contract.databases import sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot, ImportRequest
from entrepot.model.drafts import Errors, Mode
from entrepot.model.plans import ImportPlan

SKIP = ImportRequest(entity="staff", errors=Errors.SKIP)
UPSERT = replace(SKIP, mode=Mode.UPSERT)
ROWS = ((1, "zoe", None, None), (7, "ann", None, None), (8, "bea", 7, "ann"), (9, "max", None, None))
SETTINGS = """
[[entities.staff.relations]]
fields = ["lead"]
parent = "staff"
parent_fields = ["code"]
"""


@dataclass(frozen=True)
class Office:
    place: Place
    folder: Path
    entrepot: Entrepot

    def file(self, text: str) -> Path:
        path = self.folder / "staff.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def looked(self, text: str, asked: ImportRequest) -> ImportPlan:
        plan = self.entrepot.preview(self.file(text), asked)
        assert isinstance(plan, ImportPlan)
        return plan

    def brought(self, text: str, asked: ImportRequest = SKIP) -> list[tuple[int | None, str]]:
        """What was told, by record; and it is what happened."""
        plan = self.looked(text, asked)
        receipt = self.entrepot.apply(plan.plan_id)
        assert dict(receipt.counts) == dict(plan.counts)
        return [(it.place.record, it.code) for it in plan.problems if it.place.record]

    def rows(self) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.place.rows("SELECT id, code, boss_id, lead FROM staff ORDER BY id")]


def office(case: EngineCase, request: pytest.FixtureRequest, folder: Path, *, key: str = "") -> Iterator[Office]:
    with case.place(request, folder) as place:
        place.execute(
            "CREATE TABLE staff (id integer PRIMARY KEY, code varchar(10) NOT NULL UNIQUE, boss_id integer,"
            f" lead varchar(10), FOREIGN KEY (boss_id) REFERENCES staff (id){key})",
            *(f"INSERT INTO staff VALUES {row}".replace("None", "NULL") for row in ROWS),
        )
        settings = folder / "entrepot.toml"
        settings.write_text("" if key else SETTINGS, encoding="utf-8")
        environment = {"ENTREPOT_STATE": str(folder / "state")}
        yield Office(place, folder, Entrepot(place.url, config=settings, environment=environment))


@pytest.fixture
def declared(request: pytest.FixtureRequest, tmp_path: Path, forked_workbench: None) -> Iterator[Office]:
    yield from office(sqlite_case.CASE, request, tmp_path)


@pytest.fixture(params=CASES)
def bound(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    key = ", FOREIGN KEY (lead) REFERENCES staff (code)"
    yield from office(request.param, request, tmp_path, key=key)


@pytest.mark.parametrize("boss", ["boss_id,1", "boss_code,kim"], ids=["by id", "by name"])
def test_a_child_of_a_record_that_fails_gets_no_row_with_its_id(declared: Office, boss: str) -> None:
    column, value = boss.split(",")
    next_one = "10" if column == "boss_id" else "new"
    plan = declared.looked(f"id,code,{column}\n1,kim,\n10,new,{value}\n11,lone,\n12,far,{next_one}\n", SKIP)
    assert [(it.place.record, it.code, it.message) for it in plan.problems if it.place.record] == [
        (1, "row_exists", "A row with id '1' exists."),
        (2, "parent_failed", "boss_id refers to '1', record 1 of this file, which cannot be imported."),
        (4, "parent_failed", "boss_id refers to '10', record 2 of this file, which cannot be imported."),
    ]
    declared.entrepot.apply(plan.plan_id)
    assert declared.rows() == [*ROWS, (11, "lone", None, None)]


def test_the_row_that_a_failing_record_met_stays_a_parent(declared: Office) -> None:
    found = declared.brought("id,code,boss_id\n1,zoe,99\n10,new,1\n", UPSERT)
    assert found == [(1, "no_such_parent")]
    assert declared.rows() == [*ROWS, (10, "new", 1, None)]


def test_a_row_that_the_record_did_not_mean_is_no_parent(declared: Office) -> None:
    """By its code it is 7; whoever refers to 1 means it, and gets no zoe."""
    found = declared.brought("id,code,boss_id\n1,ann,99\n10,new,1\n", replace(UPSERT, key=("code",)))
    assert found == [(1, "no_such_parent"), (2, "parent_failed")]
    assert declared.rows() == list(ROWS)


def test_a_name_that_a_row_gives_up_is_nobodys(declared: Office) -> None:
    """Unless another record takes it."""
    found = declared.brought("id,code,lead\n1,eve,\n10,new,zoe\n11,other,eve\n", UPSERT)
    assert found == [(2, "no_such_parent")]
    assert declared.rows() == [(1, "eve", None, None), *ROWS[1:], (11, "other", None, "eve")]
    assert declared.brought("id,code,lead\n9,free,\n7,max,\n10,new,max\n", UPSERT) == []


def test_a_name_is_kept_where_its_change_fails(declared: Office) -> None:
    assert declared.brought("id,code,lead\n1,ann,\n10,new,zoe\n", UPSERT) == [(1, "value_taken")]
    assert declared.rows() == [*ROWS, (10, "new", None, "zoe")]


def test_a_preview_knows_what_the_database_refuses_of_names(bound: Office) -> None:
    """Rows refer to `ann`: it stays, unless they let go of it first."""
    assert bound.brought("id,code,lead\n7,eve,\n10,new,ann\n", UPSERT) == [(1, "still_referred")]
    assert bound.rows() == [*ROWS, (10, "new", None, "ann")]
    assert bound.brought("id,code,lead\n10,new,\n7,eve,\n8,bea,max\n", UPSERT) == []
    assert bound.rows()[1:] == [(7, "eve", None, None), (8, "bea", 7, "max"), ROWS[3], (10, "new", None, None)]
    found = bound.brought("id,code,lead\n9,moe,\n8,bea,moe\n", UPSERT)
    assert found == [(1, "still_referred"), (2, "waits_for_itself")]


def test_a_row_that_refers_to_itself_may_be_renamed_only_where_the_database_lets_it(bound: Office) -> None:
    bound.place.execute("UPDATE staff SET lead = 'zoe' WHERE id = 1")
    plan = bound.looked("id,code\n1,eve\n", UPSERT)
    assert [it.code for it in plan.problems if it.place.record] == ["still_referred"]
