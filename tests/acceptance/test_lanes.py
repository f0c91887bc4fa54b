"""The lanes of an import, from a file to its receipt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportRequest

OTHERS = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
TABLES = (
    "CREATE TABLE teams (id integer PRIMARY KEY)",
    """CREATE TABLE people (id integer PRIMARY KEY, team_id integer, boss integer, name varchar(40),
       CONSTRAINT of_team FOREIGN KEY (team_id) REFERENCES teams (id),
       CONSTRAINT of_boss FOREIGN KEY (boss) REFERENCES people (id))""",
    "INSERT INTO teams VALUES (1), (2)",
)
MANY = 10_000
KEYS = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY conname"


@dataclass(frozen=True)
class Office:
    place: Place
    folder: Path
    entrepot: Entrepot

    def people(self, records: int, team: int = 1) -> Path:
        path = self.folder / "people.csv"
        lines = [f"{number},{team},{number - 1 or ''},somebody\n" for number in range(1, records + 1)]
        path.write_text("id,team_id,boss,name\n" + "".join(lines), encoding="utf-8")
        return path

    def count(self) -> object:
        return self.place.rows("SELECT count(*) FROM people")[0][0]


def office_of(case: EngineCase, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with case.place(request, tmp_path) as place:
        place.execute(*TABLES)
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Office(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


@pytest.fixture(params=OTHERS)
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    yield from office_of(request.param, request, tmp_path)


@pytest.fixture
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    yield from office_of(postgres_case.CASE, request, tmp_path)


EXCLUSIVE = ImportRequest(entity="people", exclusive=True)
SHARED = ImportRequest(entity="people")


@pytest.mark.postgres
def test_the_receipt_says_how_references_were_checked(office: Office) -> None:
    before = office.place.rows(KEYS)
    receipt = office.entrepot.bring_in(office.people(3), EXCLUSIVE)
    assert "exclusive" in receipt.lane
    assert set(receipt.foreign_keys) == {
        "team_id → teams: every value was found, before the load, and by the database, all rows at once",
        "boss → people: every value was found, before the load, and by the database, all rows at once",
    }
    assert office.place.rows(KEYS) == before
    assert office.count() == 3


@pytest.mark.postgres
def test_without_being_asked_for_nobody_is_kept_out(office: Office) -> None:
    receipt = office.entrepot.bring_in(office.people(3), SHARED)
    assert "exclusive" not in receipt.lane
    assert all(words.endswith("row by row") for words in receipt.foreign_keys)


@pytest.mark.postgres
def test_a_preview_says_what_would_be_locked_and_locks_nothing(office: Office) -> None:
    plan = office.entrepot.preview(office.people(3), EXCLUSIVE)
    assert plan.locks == ('"public"."teams"', '"public"."people"')
    assert "exclusive" in plan.lane
    office.place.execute("INSERT INTO teams VALUES (3)")
    assert "exclusive" in office.entrepot.apply(plan.plan_id).lane


@pytest.mark.postgres
def test_the_exclusive_lane_is_offered_where_it_pays(office: Office) -> None:
    assert office.entrepot.preview(office.people(MANY), SHARED).locks == ('"public"."teams"', '"public"."people"')
    assert office.entrepot.preview(office.people(MANY - 1), SHARED).locks == ()


@pytest.mark.postgres
def test_the_exclusive_lane_is_not_offered_for_a_table_that_is_much_larger(office: Office) -> None:
    office.place.execute(f"INSERT INTO people SELECT g FROM generate_series(1000000, {999_999 + 10 * MANY}) g")
    office.place.execute("ANALYZE people")
    assert office.entrepot.preview(office.people(MANY), SHARED).locks == ()


@pytest.mark.postgres
def test_a_missing_parent_is_found_before_anything_is_loaded(office: Office) -> None:
    before = office.place.rows(KEYS)
    with pytest.raises(InputError) as refused:
        office.entrepot.bring_in(office.people(3, team=9), EXCLUSIVE)
    assert refused.value.code == "records_failed"
    assert office.place.rows(KEYS) == before
    assert office.count() == 0


def test_other_databases_have_no_exclusive_lane(other: Office) -> None:
    for refused_by in (other.entrepot.preview, other.entrepot.bring_in):
        with pytest.raises(InputError) as refused:
            refused_by(other.people(3), EXCLUSIVE)
        assert refused.value.code == "no_exclusive_lane"
        assert "--exclusive" in refused.value.remedy
    assert other.count() == 0
