"""Values of JSON columns: a string of JSON stays a string, whatever it looks like, through every format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from acceptance.club import CASES
from contract.databases import sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot, ImportReceipt, ImportRequest
from entrepot.model.drafts import Errors

VALUES = (
    '"1"', "1", '"a word"', '"true"', "true", "1.5", '"null"', '""', '"{\\"a\\": 1}"', '{"a": "1"}', '["x", "1", null]',
    '"[]"', '"\\"quoted\\""', '"ü\\n"',
)  # fmt: skip
NATIVE = {"sqlite": "JSON", "postgres": "jsonb", "mysql": "json"}
DOCS = ImportRequest(entity="docs")


@dataclass(frozen=True)
class Files:
    place: Place
    text: str
    folder: Path
    entrepot: Entrepot

    def rows(self) -> list[tuple[object, str | None]]:
        found = self.place.rows(f"SELECT id, CAST(data AS {self.text}) FROM docs ORDER BY id")
        return [(row[0], None if row[1] is None else json.dumps(json.loads(str(row[1])))) for row in found]

    def brought(self, path: Path, asked: ImportRequest = DOCS) -> list[tuple[object, str | None]]:
        self.place.execute("DELETE FROM docs")
        assert isinstance(self.entrepot.bring_in(path, asked), ImportReceipt)
        return self.rows()

    def lines(self, *values: object) -> Path:
        path = self.folder / "docs.ndjson"
        records = ({"id": number, "data": value} for number, value in enumerate(values, start=1))
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        return path


@pytest.fixture(params=CASES)
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Files]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(f"CREATE TABLE docs (id integer PRIMARY KEY, data {NATIVE[case.name]})")
        text = "char" if case.name == "mysql" else "text"
        yield Files(place, text, tmp_path, Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")}))


def test_every_value_of_json_comes_back_from_every_format(files: Files) -> None:
    escaped = [value.replace("'", "''") for value in VALUES]
    if files.text == "char":
        escaped = [value.replace("\\", "\\\\") for value in escaped]
    files.place.execute(*(f"INSERT INTO docs VALUES ({at}, '{value}')" for at, value in enumerate(escaped, start=1)))
    files.place.execute("INSERT INTO docs VALUES (99, NULL)")
    before = files.rows()
    names = [f"docs.{ending}" for ending in ("csv", "json", "ndjson", "xlsx", "parquet", "sql")]
    done = [files.entrepot.export("docs", to=files.folder / name) for name in names]
    came = {each.path.name: files.brought(each.path) for each in done}
    assert came == dict.fromkeys(names, before)


@pytest.fixture
def sqlite_files(request: pytest.FixtureRequest, tmp_path: Path, forked_workbench: None) -> Iterator[Files]:
    with sqlite_case.CASE.place(request, tmp_path) as place:
        place.execute("CREATE TABLE docs (id integer PRIMARY KEY, data JSON, words varchar(40))")
        yield Files(place, "text", tmp_path, Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "s")}))


def test_json_that_some_program_wrote_as_texts_is_read_as_json(sqlite_files: Files) -> None:
    """If there is an object or a list among it, and nothing that is none."""
    written = sqlite_files.lines('{"a": 1}', "2", None, '"x"')
    assert sqlite_files.brought(written) == [(1, '{"a": 1}'), (2, "2"), (3, None), (4, '"x"')]
    alone = sqlite_files.lines("1", "2")
    assert sqlite_files.brought(alone) == [(1, '"1"'), (2, '"2"')]
    words = sqlite_files.lines('{"a": 1}', "a word")
    assert sqlite_files.brought(words) == [(1, '"{\\"a\\": 1}"'), (2, '"a word"')]
    beside = sqlite_files.lines('{"a": 1}', {"a": 1})
    assert sqlite_files.brought(beside) == [(1, '"{\\"a\\": 1}"'), (2, '{"a": 1}')]


def test_a_string_of_json_comes_back_from_an_errors_file(sqlite_files: Files) -> None:
    path = sqlite_files.folder / "docs.ndjson"
    data = ('"1"', "1", '"a word"', '{"a": 1}')
    lines = [f'{{"id": "x{number}", "data": {value}}}\n' for number, value in enumerate(data, start=1)]
    path.write_text('{"id": 9, "data": "kept"}\n' + "".join(lines), encoding="utf-8")
    done = sqlite_files.entrepot.bring_in(path, replace(DOCS, errors=Errors.SKIP))
    assert isinstance(done, ImportReceipt)
    back = sqlite_files.entrepot.errors_file(done.job, to=sqlite_files.folder / "back.ndjson")
    back.write_text(back.read_text(encoding="utf-8").replace('"x', '"'), encoding="utf-8")
    sqlite_files.entrepot.bring_in(back, ImportRequest(entity="", corrects=done.job))
    assert sqlite_files.rows() == [*enumerate(data, start=1), (9, '"kept"')]


def test_a_number_of_json_comes_in_with_whatever_digits_it_is_written(files: Files) -> None:
    """SQLite keeps it as a number, which has no trailing zeros."""
    path = files.folder / "docs.csv"
    path.write_text("id,data\n1,1.10\n2,-0\n3,1e2\n4,1.0\n", encoding="utf-8")
    plan = files.entrepot.preview(path, DOCS)
    assert (plan.counts["created"], plan.blocked) == (4, False)
    receipt = files.entrepot.apply(plan.plan_id)
    assert [float(str(data)) for _, data in files.rows()] == [1.1, 0, 100, 1]
    assert files.entrepot.undo(receipt.job).deleted == 4
