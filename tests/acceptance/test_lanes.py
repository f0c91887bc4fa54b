"""The lanes of an import, from a file to its receipt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from acceptance.heard import Heard
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.model.drafts import Mode, OnConflict
from entrepot.model.errors import ChangedError, InputError
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
        "team_id → teams: every value was found before the commit, and by the database, all rows at once",
        "boss → people: every value was found before the commit, and by the database, all rows at once",
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


RAW = (
    "CREATE TABLE teams (id integer PRIMARY KEY)",
    """CREATE TABLE people (id integer PRIMARY KEY, team_id integer REFERENCES teams (id), name varchar(40),
       code char(3), score numeric(8,2) CHECK (abs(score) < 100))""",
    "INSERT INTO teams VALUES (1), (2)",
)
CLEAN = 'id,name,team_id,score,code\n1,"Ann ""A""",1,1.50,abc\n2,,,,\n3,"two\nlines",2,,xyz\n'
ROWS = [(1, 'Ann "A"', 1, "1.50", "abc"), (2, None, None, None, None), (3, "two\nlines", 2, None, "xyz")]
PEOPLE = ImportRequest(entity="people")


@dataclass(frozen=True)
class Desk:
    place: Place
    folder: Path
    entrepot: Entrepot

    def file(self, text: str) -> Path:
        path = self.folder / "people.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def rows(self) -> list[tuple[object, ...]]:
        found = self.place.rows("SELECT id, name, team_id, score::text, code FROM people ORDER BY id")
        return [tuple(row) for row in found]


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with postgres_case.CASE.place(request, tmp_path) as place:
        place.execute(*RAW)
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Desk(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


@pytest.mark.postgres
@pytest.mark.parametrize("mode", [Mode.CREATE, Mode.UPSERT])
def test_what_is_canonical_goes_in_as_it_stands(desk: Desk, mode: Mode) -> None:
    request = ImportRequest(entity="people", mode=mode)
    plan = desk.entrepot.preview(desk.file(CLEAN), request)
    receipt = desk.entrepot.apply(plan.plan_id)
    assert (plan.lane, receipt.lane) == ("raw", "raw")
    assert (receipt.records, receipt.counts["created"]) == (3, 3)
    assert desk.rows() == ROWS


@pytest.mark.postgres
def test_bytes_are_told_as_rows(desk: Desk) -> None:
    heard = Heard()
    told = Entrepot(desk.place.url, config=desk.folder / "entrepot.toml", environment={}, reporter=heard)
    assert told.bring_in(desk.file(CLEAN), PEOPLE).lane == "raw"
    assert heard.told[1:4] == [("Checking", None), ("people, new", None), ("moved", 3)]
    assert heard.told[-1] == ("Committing", None)


@pytest.mark.postgres
def test_the_exclusive_lane_takes_bytes_as_they_stand(desk: Desk) -> None:
    receipt = desk.entrepot.bring_in(desk.file(CLEAN), ImportRequest(entity="people", exclusive=True))
    assert receipt.lane == "raw, exclusive"
    assert desk.rows() == ROWS


@pytest.mark.postgres
def test_rows_that_are_there_are_looked_at_first(desk: Desk) -> None:
    desk.place.execute("INSERT INTO people VALUES (9)")
    assert desk.entrepot.bring_in(desk.file(CLEAN), PEOPLE).lane == "raw"
    assert desk.rows() == [*ROWS, (9, None, None, None, None)]


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("odd", "stored"),
    [
        ("4,,,01.5,", (4, None, None, "1.50", None)),
        ("4,,,,ab", (4, None, None, None, "ab ")),
        ('4,"x\n\\.\ny",,,', (4, "x\n\\.\ny", None, None, None)),
    ],
)
def test_one_odd_value_and_the_file_goes_the_long_way(desk: Desk, odd: str, stored: tuple[object, ...]) -> None:
    receipt = desk.entrepot.bring_in(desk.file(f"{CLEAN}{odd}\n"), PEOPLE)
    assert receipt.lane == "mapped"
    assert desk.rows() == [*ROWS, stored]


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("wrong", "code"), [("1,,,,", "duplicate_in_file"), ("4,,7,,", "no_such_parent"), ("4,,x,,", "not_an_integer")]
)
def test_what_is_wrong_is_told_by_its_record(desk: Desk, wrong: str, code: str) -> None:
    for act in (desk.entrepot.bring_in, desk.entrepot.preview):
        try:
            problems = act(desk.file(f"{CLEAN}{wrong}\n"), PEOPLE).problems  # type: ignore[union-attr]
        except InputError as error:
            problems = error.problems
        assert [(problem.code, problem.place.record) for problem in problems] == [(code, 4)]
    assert desk.rows() == []


@pytest.mark.postgres
def test_a_row_that_the_database_refuses_leaves_nothing(desk: Desk) -> None:
    with pytest.raises(InputError) as refused:
        desk.entrepot.bring_in(desk.file(f"{CLEAN}4,,,100.00,\n"), PEOPLE)
    assert refused.value.code == "database_refused"
    assert desk.rows() == []


@pytest.mark.postgres
def test_a_row_that_exists_is_met_on_the_long_way(desk: Desk) -> None:
    desk.place.execute("INSERT INTO people VALUES (2, 1)")
    receipt = desk.entrepot.bring_in(desk.file(CLEAN), ImportRequest(entity="people", on_conflict=OnConflict.SKIP))
    assert (receipt.lane, receipt.counts["skipped"], receipt.counts["created"]) == ("mapped", 1, 2)
    assert desk.rows()[1] == (2, None, 1, None, None)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "obstacle",
    [
        "ALTER TABLE people ADD extra integer",
        """CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
           CREATE TRIGGER t BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION f()""",
        "ALTER TABLE people DROP CONSTRAINT people_pkey",
    ],
)
def test_where_rows_could_become_others_they_are_sent_by_the_long_way(desk: Desk, obstacle: str) -> None:
    desk.place.execute(obstacle)
    assert desk.entrepot.bring_in(desk.file(CLEAN), PEOPLE).lane == "mapped"
    assert desk.rows() == ROWS


@pytest.mark.postgres
def test_a_plan_of_bytes_does_not_overlook_what_changed(desk: Desk) -> None:
    plan = desk.entrepot.preview(desk.file(CLEAN), PEOPLE)
    desk.place.execute("INSERT INTO people VALUES (3)")
    with pytest.raises(ChangedError) as drifted:
        desk.entrepot.apply(plan.plan_id)
    assert drifted.value.code == "plan_drifted"
    assert len(desk.rows()) == 1


def loose(last: str) -> str:
    """Three megabytes of records with spare zeros, and one more."""
    text = "spare" * 8 + "zero"
    return "id,name,team_id,score,code\n" + "".join(f"{at},{text[:40]},1,01.50,\n" for at in range(60_000)) + last


@pytest.mark.postgres
def test_rows_that_are_written_anew_go_in_while_the_file_is_checked(desk: Desk) -> None:
    plan = desk.entrepot.preview(desk.file(loose("60000,,,1,\n")), PEOPLE)
    receipt = desk.entrepot.apply(plan.plan_id)
    assert (plan.lane, receipt.lane, receipt.counts["created"]) == ("mapped", "mapped", 60_001)
    found = desk.place.rows("SELECT count(*), min(score)::text, max(id), min(length(name)) FROM people")
    assert [tuple(row) for row in found] == [(60_001, "1.00", 60_000, 40)]
    assert desk.entrepot.undo(receipt.job).deleted == 60_001


@pytest.mark.postgres
def test_what_stood_before_the_first_other_spelling_can_be_taken_back_too(desk: Desk) -> None:
    text = loose("60000,,,01.5,\n").replace(",01.50,", ",1.50,")
    receipt = desk.entrepot.bring_in(desk.file(text), PEOPLE)
    assert (receipt.lane, receipt.counts["created"]) == ("mapped", 60_001)
    desk.place.execute("UPDATE people SET name = 'mine' WHERE id IN (7, 59999)")
    undone = desk.entrepot.undo(receipt.job)
    assert (undone.deleted, [row[0] for row in desk.rows()]) == (59_999, [7, 59_999])


@pytest.mark.postgres
def test_a_row_may_refer_to_one_far_behind_it(office: Office) -> None:
    path = office.people(45_000)
    first, others = "\n1,1,,", path.read_text(encoding="utf-8").replace("somebody", "somebody" * 5)
    path.write_text(others.replace(first, "\n1,1,45000,").replace(",44999,", ",,"), encoding="utf-8")
    assert path.stat().st_size > 2 << 20
    receipt = office.entrepot.bring_in(path, SHARED)
    assert (receipt.lane, office.count()) == ("raw", 45_000)


@pytest.mark.postgres
def test_an_error_at_the_end_of_what_is_written_anew_leaves_nothing(desk: Desk) -> None:
    with pytest.raises(InputError) as refused:
        desk.entrepot.bring_in(desk.file(loose("60000,,x,1,\n")), PEOPLE)
    assert [(problem.code, problem.place.record) for problem in refused.value.problems] == [("not_an_integer", 60_001)]
    assert desk.rows() == []


@pytest.mark.postgres
@pytest.mark.parametrize("more", ["", "4,,,01.5,\n", "4,,,,ab\n"])
def test_whatever_way_the_rows_took_the_import_can_be_taken_back(desk: Desk, more: str) -> None:
    receipt = desk.entrepot.bring_in(desk.file(f"{CLEAN}{more}"), PEOPLE)
    undone = desk.entrepot.undo(receipt.job)
    assert desk.rows() == []
    assert undone.deleted == receipt.records
