"""A finding stands where the wrong value stands: its column, line and byte in the file as it was given."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import sqlite_case
from entrepot import Entrepot
from entrepot.model.drafts import Errors
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.problems import Problem, Severity
from entrepot.model.rules import SaidRule

TABLE = """
CREATE TABLE people (
    id integer PRIMARY KEY, name varchar(20), age integer CHECK (age < 150), team text, seat text, boss integer,
    UNIQUE (team, seat), FOREIGN KEY (boss) REFERENCES people (id))
"""
YEARS = MappingRequest(fields={"age": FieldMapping(columns=("Years",))})
Found = tuple[str, int | None, str | None, int | None, int | None]


@dataclass(frozen=True)
class Town:
    entrepot: Entrepot
    folder: Path

    def preview(self, data: bytes, name: str = "people.csv", **said: object) -> tuple[ImportPlan, list[Found]]:
        (self.folder / name).write_bytes(data)
        request = ImportRequest(entity="people", mapping=YEARS, **said)  # type: ignore[arg-type]
        plan = self.entrepot.preview(self.folder / name, request)
        return plan, [where(problem) for problem in plan.problems if problem.severity is Severity.ERROR]


def where(problem: Problem) -> Found:
    place = problem.place
    return problem.code, place.record, place.column, place.line, place.byte


@pytest.fixture
def town(tmp_path: Path) -> Town:
    place = sqlite_case.SqlitePlace(tmp_path / "a.db")
    place.execute(TABLE)
    return Town(Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")}), tmp_path)


def test_a_finding_names_the_column_of_the_file_and_where_the_value_begins(town: Town) -> None:
    text = 'id,name,Years,boss\n1,"Zoë\nMüller",old,\n2,"a\n\nname that is much too long",200,\n3,b,30,9\n4,c,40,\n'
    data = text.encode("utf-16")
    plan, found = town.preview(data)

    def byte(begin: str) -> int:
        return 2 + 2 * text.index(begin)

    assert sorted(found, key=lambda it: it[3] or 0) == [
        ("not_an_integer", 1, "Years", 3, byte("old")),
        ("too_long", 2, "name", 4, byte('"a\n')),
        ("database_check", 2, "Years", 6, byte("200")),
        ("no_such_parent", 3, "boss", 7, byte("9\n4,c")),
    ]
    lines = {group.code: [value.line for value in group.values] for group in plan.groups.groups}
    assert lines == {"not_an_integer": [3], "too_long": [4], "database_check": [6], "no_such_parent": [7]}
    (message,) = (problem.message for problem in plan.problems if problem.code == "not_an_integer")
    assert message.startswith("age: 'old'")


def test_what_several_values_or_none_are_to_blame_for_stands_at_the_record(town: Town) -> None:
    data = b'id,name,team,seat,Years\n1,"a\nb",red,1,3\n2,"c\nd",red,1,3\n3,"e\nf",red,2,90\n'
    _, found = town.preview(data, rules=(SaidRule(condition="id > age or id < 3"), SaidRule(condition="age < 50")))
    assert set(found) == {
        ("duplicate_in_file", 2, None, 4, data.index(b"2,")),
        ("row_rule", 3, None, 6, data.index(b"3,")),
        ("row_rule", 3, "Years", 7, data.index(b"90")),
    }
    constant = MappingRequest(fields={"age": FieldMapping(constant="old")})
    file = town.folder / "other.csv"
    file.write_bytes(b'id,name\n7,"a\nb"\n')
    plan = town.entrepot.preview(file, ImportRequest(entity="people", mapping=constant))
    found = [where(problem) for problem in plan.problems if problem.severity is Severity.ERROR]
    assert found == [("not_an_integer", 1, None, 2, 8)]


@pytest.mark.parametrize("name", ["people.ndjson", "people.json"])
def test_values_of_json_have_places_as_well(town: Town, name: str) -> None:
    lines = '{"id": 1, "name": "\\"Years\\": 🚢", "Years":\t"old"}', '{"id" : "x", "Years": 3}', '{"id": 1, "id": 2}'
    text = "\n\n".join(lines[: 2 if name.endswith(".json") else 3])
    data = (f"[{text.replace('}', '},', 1)}]" if name.endswith(".json") else text).encode()
    _, found = town.preview(data, name)
    wanted = [("not_an_integer", 1, "Years", 1, b'"old"'), ("not_an_integer", 2, "id", 3, b'"x"')]
    wanted += [("duplicate_key", 3, "id", 5, b"2}")] if name == "people.ndjson" else []
    assert found == [(*others, data.index(begin)) for *others, begin in wanted]


def test_a_record_that_was_given_back_has_its_place_in_that_file(town: Town) -> None:
    file = town.folder / "people.csv"
    file.write_bytes(b'Years,notes,id\n3,"a\nb",1\nold,"c\nd",2\nolder,e,3\n')
    request = ImportRequest(entity="people", mapping=YEARS, errors=Errors.SKIP)
    receipt = town.entrepot.bring_in(file, request, errors_to=town.folder / "failed.csv")
    with (town.folder / "failed.csv").open(encoding="utf-8", newline="") as failed:
        names, *rows = list(csv.reader(failed))
    given = town.folder / "corrected.csv"
    with given.open("w", encoding="utf-8", newline="") as corrected:
        turned = [list(reversed(row)) for row in (names, *rows)]
        csv.writer(corrected, lineterminator="\n").writerows(turned)
    plan = town.entrepot.preview(given, ImportRequest(entity="", corrects=receipt.job))
    problems = [problem for problem in plan.problems if problem.code == "not_an_integer"]
    data = given.read_bytes()
    assert [(problem.place.file, *where(problem)) for problem in problems] == [
        ("corrected.csv", "not_an_integer", 2, "Years", 3, data.index(b"old\n")),
        ("corrected.csv", "not_an_integer", 3, "Years", 4, data.index(b"older\n")),
    ]
