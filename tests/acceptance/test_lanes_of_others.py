"""The raw lane of SQLite and MariaDB, whose readers cannot tell every text from no value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import mariadb_case, sqlite_case
from contract.databases.case import EngineCase, Place
from contract.databases.changing import taking_files
from entrepot import Entrepot
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportRequest

OTHERS = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
TABLES = (
    "CREATE TABLE teams (id integer PRIMARY KEY)",
    """CREATE TABLE people (id integer PRIMARY KEY, name varchar(40), team_id integer, active boolean,
       FOREIGN KEY (team_id) REFERENCES teams (id))""",
    "INSERT INTO teams VALUES (1), (2)",
)
CLEAN = 'id,name,team_id,active\n1,"Ann ""A""",1,true\n2,,,\n3,"two\nlines",2,false\n'
ROWS = [(1, 'Ann "A"', 1, 1), (2, None, None, None), (3, "two\nlines", 2, 0)]
PEOPLE = ImportRequest(entity="people")


@dataclass(frozen=True)
class Desk:
    case: EngineCase
    place: Place
    folder: Path
    entrepot: Entrepot

    def file(self, text: str) -> Path:
        path = self.folder / "people.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def rows(self) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.place.rows("SELECT id, name, team_id, active FROM people ORDER BY id")]


@pytest.fixture(params=OTHERS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(*TABLES)
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        with taking_files(case, place):
            yield Desk(case, place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def test_what_is_canonical_goes_in_as_it_stands_and_can_be_taken_back(desk: Desk) -> None:
    plan = desk.entrepot.preview(desk.file(CLEAN), PEOPLE)
    receipt = desk.entrepot.apply(plan.plan_id)
    assert (plan.lane, receipt.lane) == ("raw", "raw")
    assert receipt.counts["created"] == 3
    assert desk.rows() == ROWS
    assert desk.entrepot.undo(receipt.job).deleted == 3
    assert desk.rows() == []


@pytest.mark.parametrize(
    ("odd", "stored"),
    [
        ('4,"",,', (4, "", None, None)),
        ("4,x,01,", (4, "x", 1, None)),
    ],
)
def test_one_odd_value_and_the_file_goes_the_long_way(desk: Desk, odd: str, stored: tuple[object, ...]) -> None:
    receipt = desk.entrepot.bring_in(desk.file(f"{CLEAN}{odd}\n"), PEOPLE)
    assert receipt.lane == "mapped"
    assert desk.rows() == [*ROWS, stored]


@pytest.mark.parametrize("word", ["NULL", '"NULL"', '"\\N"', "null", "''", "nan"])
def test_a_word_for_nothing_is_a_text(desk: Desk, word: str) -> None:
    desk.entrepot.bring_in(desk.file(f"{CLEAN}4,{word},,\n"), PEOPLE)
    assert desk.rows() == [*ROWS, (4, word.strip('"'), None, None)]


@pytest.mark.parametrize(
    ("wrong", "code"), [("1,,,", "duplicate_in_file"), ("4,,7,", "no_such_parent"), ("4,,x,", "not_an_integer")]
)
def test_what_is_wrong_is_told_by_its_record(desk: Desk, wrong: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        desk.entrepot.bring_in(desk.file(f"{CLEAN}{wrong}\n"), PEOPLE)
    assert [(problem.code, problem.place.record) for problem in refused.value.problems] == [(code, 4)]
    assert desk.rows() == []


def test_a_server_that_takes_no_files_is_given_rows(desk: Desk) -> None:
    forbids = desk.case.name == "mysql"
    if forbids:
        desk.place.execute("SET GLOBAL local_infile = 0")
    receipt = desk.entrepot.bring_in(desk.file(CLEAN), PEOPLE)
    assert receipt.lane == ("mapped" if forbids else "raw")
    assert desk.rows() == ROWS
