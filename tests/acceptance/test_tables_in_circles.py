"""Tables that refer to each other in a circle come in together, where the database can be brought to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from acceptance.market import SKIPPING, UPSERT, counted, told
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.model.bundles import BundlePlan, BundleReceipt, BundleRequest
from entrepot.model.errors import InputError

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
CLUBS = """CREATE TABLE clubs (id integer PRIMARY KEY, name varchar(20) NOT NULL, captain_id integer{null},
    CHECK (abs(id) <> 4){reference})"""
PEOPLE = """CREATE TABLE people (id integer PRIMARY KEY, name varchar(20) NOT NULL, club_id integer NOT NULL,
    FOREIGN KEY (club_id) REFERENCES clubs (id))"""
CAPTAIN = "FOREIGN KEY (captain_id) REFERENCES people (id)"
CLUB_FILE = "id,name,captain_id\n1,Reds,12\n2,Blues,21\n3,Greens,\n"
PEOPLE_FILE = "id,name,club_id\n11,Ann,1\n12,Bob,1\n21,Cy,2\n"
WITHOUT_GREENS = CLUB_FILE.replace("3,Greens,\n", "")
ALONE = replace(UPSERT, each=replace(UPSERT.each, exclusive=True))
CLUBS_THERE, PEOPLE_THERE = [(1, 12), (2, 21), (3, None)], [(11, 1), (12, 1), (21, 2)]


@dataclass(frozen=True)
class League:
    place: Place
    folder: Path
    entrepot: Entrepot

    def files(self, clubs: str = CLUB_FILE, people: str = PEOPLE_FILE) -> list[Path]:
        found = [self.folder / "clubs.csv", self.folder / "people.csv"]
        for file, text in zip(found, (clubs, people), strict=True):
            file.write_text(text, encoding="utf-8")
        return found

    def rows(self) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        clubs, people = (
            [tuple(row) for row in self.place.rows(f"SELECT id, {other} FROM {table} ORDER BY id")]
            for table, other in (("clubs", "captain_id"), ("people", "club_id"))
        )
        return clubs, people


def make(place: Place, *, null: str = "", when: str = "") -> None:
    """`null`: whether a club needs a captain; `when` the database looks for one."""
    if place.url.startswith("sqlite"):
        place.execute(CLUBS.format(null=null, reference=f", {CAPTAIN}"), PEOPLE)
    else:
        name = f"ALTER TABLE clubs ADD CONSTRAINT captains {CAPTAIN} {when}"
        place.execute(CLUBS.format(null=null, reference=""), PEOPLE, name)


@pytest.fixture(params=CASES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[League]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield League(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


@pytest.mark.parametrize("asked", [UPSERT, SKIPPING], ids=["all or nothing", "skipping"])
def test_rows_that_refer_to_each_other_come_in_and_can_be_taken_back(empty: League, asked: BundleRequest) -> None:
    make(empty.place)
    files = empty.files()
    plan = empty.entrepot.preview(files, asked)
    receipt = empty.entrepot.apply(plan.plan_id)
    assert (counted(receipt.counts), empty.rows()) == ({"created": 6}, (CLUBS_THERE, PEOPLE_THERE))
    more = empty.files(CLUB_FILE.replace("1,Reds,12", "1,Reds,13"), f"{PEOPLE_FILE}13,Dee,3\n")
    job = empty.entrepot.bring_in(more, asked)
    assert (counted(job.counts), empty.rows()[0][0]) == ({"created": 1, "updated": 1, "unchanged": 5}, (1, 13))
    empty.entrepot.undo(job.job)
    assert empty.rows() == (CLUBS_THERE, PEOPLE_THERE)
    empty.entrepot.undo(receipt.job)
    assert empty.rows() == ([], [])


def test_what_fails_lets_down_whatever_refers_to_it_all_around(empty: League) -> None:
    make(empty.place)
    files = empty.files(people="id,name,club_id\n11,Ann,1\n12,Bob,9\n21,Cy,2\n")
    plan = empty.entrepot.preview(files, SKIPPING)
    assert isinstance(plan, BundlePlan)
    assert told(plan) == {
        "clubs": [(1, "parent_failed", "captain_id refers to '12', record 2 of people.csv, which cannot be imported.")],
        "people": [
            (1, "parent_failed", "club_id refers to '1', record 1 of clubs.csv, which cannot be imported."),
            (2, "no_such_parent", "club_id refers to '9', which does not exist."),
        ],
    }
    empty.entrepot.apply(plan.plan_id)
    assert empty.rows() == ([(2, 21), (3, None)], [(21, 2)])


def test_what_only_the_database_refuses_lets_down_records_that_were_written_before(empty: League) -> None:
    make(empty.place)
    files = empty.files(CLUB_FILE.replace("2,Blues", "4,Blues"), PEOPLE_FILE.replace("Cy,2", "Cy,4"))
    receipt = empty.entrepot.bring_in(files, SKIPPING)
    assert counted(receipt.counts) == {"created": 4, "failed": 2}
    assert empty.rows() == ([(1, 12), (3, None)], [(11, 1), (12, 1)])


def test_a_circle_without_a_way_in_is_refused_where_the_database_does_not_wait(empty: League) -> None:
    """SQLite lets all references wait, PostgreSQL those that are made for it; MariaDB stops looking at them, and we
    look in the end."""
    make(empty.place, null=" NOT NULL")
    files = empty.files(WITHOUT_GREENS)
    if not empty.place.url.startswith("postgres"):
        there_and_back(empty, files)
        return
    with pytest.raises(InputError, match="clubs → people → clubs, and captain_id of clubs can neither") as caught:
        empty.entrepot.preview(files, UPSERT)
    assert caught.value.code == "references_in_circle"
    assert "--exclusive" in caught.value.remedy
    assert empty.rows() == ([], [])


@pytest.mark.postgres
def test_postgres_waits_with_keys_that_are_deferrable(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with postgres_case.CASE.place(request, tmp_path) as place:
        make(place, null=" NOT NULL", when="DEFERRABLE")
        league = League(place, tmp_path, Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")}))
        there_and_back(league, league.files(WITHOUT_GREENS))


def there_and_back(league: League, files: list[Path], asked: BundleRequest = UPSERT) -> None:
    """An undo and its own undo wait as the import did."""
    receipt = league.entrepot.bring_in(files, asked)
    job = receipt.job
    assert league.rows() == (CLUBS_THERE[:2], PEOPLE_THERE)
    assert isinstance(receipt, BundleReceipt)
    at_once = league.place.url.startswith("mysql") or asked is ALONE
    late = "all rows at once" if at_once else "row by row"
    assert all(key.endswith(late) for part in receipt.parts for key in part.foreign_keys)
    undone = league.entrepot.undo(job)
    assert (undone.left, league.rows()) == (0, ([], []))
    assert league.entrepot.undo(undone.job).left == 0
    assert league.rows() == (CLUBS_THERE[:2], PEOPLE_THERE)


@pytest.mark.parametrize("case", CASES[:2])
def test_rows_that_pull_each_other_down_are_taken_back_together(
    case: EngineCase, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Whoever goes takes all that refer to it along, in a circle, those of strangers among them; and a stranger's row
    keeps all in its way."""
    waits = "ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"
    with case.place(request, tmp_path) as place:
        tables = [CLUBS.format(null=" NOT NULL", reference=""), PEOPLE.replace("(id))", f"(id) {waits})")]
        if case.name == "sqlite":
            tables[0] = CLUBS.format(null=" NOT NULL", reference=f", {CAPTAIN} {waits}")
        else:
            tables.append(f"ALTER TABLE clubs ADD CONSTRAINT captains {CAPTAIN} {waits}")
        place.execute(*tables)
        league = League(place, tmp_path, Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")}))
        files = league.files(WITHOUT_GREENS)
        receipt = league.entrepot.bring_in(files, UPSERT)
        place.execute("INSERT INTO people VALUES (99, 'Zoe', 1)")
        before = league.rows()
        plan = league.entrepot.undo_plan(receipt.job)
        undone = league.entrepot.undo(receipt.job)
        assert (plan.deleted, undone.deleted, undone.blocked) == (3, 3, 2)
        assert league.rows() == ([(1, 12)], [(12, 1), (99, 1)])
        assert league.entrepot.undo(undone.job).left == 0
        assert league.rows() == before
