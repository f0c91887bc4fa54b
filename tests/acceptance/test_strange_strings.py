"""Texts that break careless code, as values, headers, names of tables and names of files: in, and out again.

Some are our own; those of others (the big list of naughty strings) join them where they are beside this folder.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from contract.formats.samples import EVIL_NAMES, EVIL_TEXTS, NAUGHTY
from entrepot import Entrepot
from entrepot.model.drafts import Errors, Mode, Reading
from entrepot.model.errors import EntrepotError
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.plans import ImportRequest
from entrepot.model.types import Kind
from entrepot.workbench.bench import ImportBench
from entrepot.workbench.client import open_workbench

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
OTHERS: list[str] = json.loads(NAUGHTY.read_text(encoding="utf-8")) if NAUGHTY.exists() else []
TEXTS: tuple[str | None, ...] = (*EVIL_TEXTS, "a\\", 'a\\"', '"a', 'a"', "\x1a", "é", "e\u0301", "\u200b", *OTHERS)
LONGEST_NAME = 60
MOST_NAMES = 30
NAMES = tuple(
    dict.fromkeys(
        name
        for name in (*EVIL_NAMES, *OTHERS)
        if name.strip() and name == name.rstrip() and len(name.encode()) <= LONGEST_NAME
    )
)
TABLES = tuple(dict.fromkeys((*EVIL_NAMES[::4], *NAMES[-60::20])))
FILES = (
    *("*.csv", "[a].csv", "a'b;--.csv", "-rf", "a\nb.csv", "%s{}.csv", "\u202egpj.csv", "~", "é", "COM4", '"\\"'),
    "n" * 251 + ".csv",
)
Record = dict[str, str | None]


@dataclass(frozen=True)
class Ground:
    case: EngineCase
    place: Place
    folder: Path
    entrepot: Entrepot

    def bring(self, path: Path, request: ImportRequest) -> dict[str, int]:
        counts = self.entrepot.bring_in(path, request).counts
        return {name: count for name, count in counts.items() if count}


@pytest.fixture(params=CASES)
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Ground(case, place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def as_csv(names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> bytes:
    """NULL is nothing at all; everything else is quoted."""
    lines = [names, *rows]
    quoted = (",".join("" if v is None else '"' + v.replace('"', '""') + '"' for v in line) for line in lines)
    return ("\r\n".join(quoted) + "\r\n").encode()


def as_lines(names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> bytes:
    return "".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows).encode()


def as_list(names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> bytes:
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False, indent=1).encode()


FORMS = {"a.csv": as_csv, "a.ndjson": as_lines, "a.json": as_list}


def test_every_text_is_stored_as_it_stands_and_comes_out_again(ground: Ground) -> None:
    rows = [(str(number), text) for number, text in enumerate(TEXTS)]
    for at, (name, form) in enumerate(FORMS.items()):
        ground.place.execute(f"CREATE TABLE texts{at} (id integer PRIMARY KEY, v {ground.case.types[Kind.TEXT]})")
        given = ground.folder / name
        given.write_bytes(form(("id", "v"), rows))
        assert ground.bring(given, ImportRequest(entity=f"texts{at}")) == {"created": len(TEXTS)}
        stored = ground.place.rows(f"SELECT id, v FROM texts{at} ORDER BY id")
        assert [tuple(row) for row in stored] == list(enumerate(TEXTS)), name
    for out in ("out.csv", "out.ndjson", "out.json"):
        path = ground.entrepot.export("texts0", to=ground.folder / out).path
        again = ground.entrepot.preview(path, ImportRequest(entity="texts0", mode=Mode.UPSERT))
        assert again.counts["unchanged"] == len(TEXTS), out
    lines = (ground.folder / "out.ndjson").read_bytes()
    assert [json.loads(line)["v"] for line in lines.splitlines()] == list(TEXTS)


def fitting(case: EngineCase, place: Place, names: Sequence[str]) -> list[str]:
    """The names that the engine takes for columns of one table."""
    text = case.types[Kind.INTEGER]
    found: list[str] = []
    lower: set[str] = set()
    for name in names:
        if name in case.refused_names or name.casefold() in lower or len(found) == MOST_NAMES:
            continue
        found.append(name)
        lower.add(name.casefold())
    columns = ", ".join(f"{case.quote(name)} {text}" for name in found)
    place.execute(f"CREATE TABLE probe ({columns})", "DROP TABLE probe")
    return found


def test_every_text_can_be_the_name_of_a_column_and_of_a_header(ground: Ground) -> None:
    names = fitting(ground.case, ground.place, NAMES)
    columns = ", ".join(f"{ground.case.quote(name)} {ground.case.types[Kind.INTEGER]}" for name in names)
    ground.place.execute(f"CREATE TABLE wide (k integer PRIMARY KEY, {columns})")
    rows = [[str(key), *(str(key * 1000 + at) for at in range(len(names)))] for key in (1, 2)]
    given = ground.folder / "wide.csv"
    given.write_bytes(as_csv(["k", *names], rows))
    exactly = MappingRequest(guess=False)
    assert ground.bring(given, ImportRequest(entity="wide", mapping=exactly)) == {"created": 2}
    assert [list(map(str, row)) for row in ground.place.rows("SELECT * FROM wide ORDER BY k")] == rows
    for out in ("out.ndjson", "out.json"):
        path = ground.entrepot.export("wide", to=ground.folder / out).path
        again = ground.entrepot.preview(path, ImportRequest(entity="wide", mode=Mode.UPSERT, mapping=exactly))
        assert (again.counts["unchanged"], len(again.fields)) == (2, len(names) + 1), out
    out = ground.entrepot.export("wide", to=ground.folder / "out.csv").path.read_bytes()
    header = next(csv.reader(io.StringIO(out.decode(), newline="")))
    assert header == ["k", *names]


def test_tables_and_files_can_have_any_name(ground: Ground) -> None:
    """Each file lies beside those that it would match if its name were a pattern."""
    (ground.folder / "other.csv").write_bytes(b"id,v\n7,wrong\n")
    tables = [name for name in TABLES if name not in ground.case.refused_names]
    for number, (table, name) in enumerate(zip(cycle(tables), FILES, strict=False)):
        if number < len(tables):
            ground.place.execute(f"CREATE TABLE {ground.case.quote(table)} (id integer PRIMARY KEY, v varchar(9))")
        given = ground.folder / name
        given.write_bytes(b"id,v\n%d,a\nx,b\n" % number)
        receipt = ground.entrepot.bring_in(given, ImportRequest(entity=table, errors=Errors.SKIP))
        assert (receipt.file.name, receipt.entity) == (name, table)
        assert (receipt.counts["created"], receipt.counts["failed"]) == (1, 1)
        stored = ground.place.rows(f"SELECT id, v FROM {ground.case.quote(table)}")
        assert (number, "a") in [tuple(row) for row in stored]
        path = ground.entrepot.export(table, to=ground.folder / f"out {number}.csv").path
        assert f"{number},a" in path.read_text(encoding="utf-8").splitlines()


def test_any_header_can_be_mapped_to_a_field(ground: Ground) -> None:
    ground.place.execute("CREATE TABLE plain (id integer PRIMARY KEY, v integer)")
    headers = list(dict.fromkeys(text for text in TEXTS[::3] if text and text.strip()))
    for (name, form), at in zip(FORMS.items(), (0, len(headers) // 2, len(headers) - 1), strict=True):
        given = ground.folder / name
        given.write_bytes(form(["id", *headers], [["1", *map(str, range(len(headers)))]]))
        mapping = MappingRequest(
            guess=False,
            fields={"v": FieldMapping(columns=(headers[at],))},
            ignored=tuple(header for header in headers if header != headers[at]),
        )
        ground.bring(given, ImportRequest(entity="plain", mode=Mode.UPSERT, mapping=mapping))
        assert [tuple(row) for row in ground.place.rows("SELECT id, v FROM plain")] == [(1, at)], name


def test_a_file_can_have_any_name(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    with open_workbench(work) as child:
        bench = ImportBench(child)
        for name in dict.fromkeys(text for text in (*EVIL_NAMES, *OTHERS[::4]) if text):
            path = tmp_path / name
            if "/" in name or "\0" in name or len(name.encode()) > 255 or path.is_dir():
                continue
            path.write_bytes(b"id,v\n1,a\n2\n")
            staged = bench.stage(path, Reading(format="csv"))
            assert (staged.records, staged.rejected) == (2, 1), name
            assert bench.places(path, staged.reading, [2])[2].line == 3, name
            assert {problem.place.file for problem in staged.problems} <= {name}


LONGEST = {"sqlite": "x" * 200, "postgres": "é" * 31 + "x", "mysql": "é" * 64}
"""As PostgreSQL counts bytes and MariaDB characters."""


def test_names_may_be_as_long_as_the_engine_lets_them_be(ground: Ground) -> None:
    name, quote = LONGEST[ground.case.name], ground.case.quote
    given = ground.folder / "given.csv"
    given.write_bytes(f"{name},id\n7,1\n".encode())
    ground.place.execute(f"CREATE TABLE {quote(name)} (id integer PRIMARY KEY, {quote(name)} integer)")
    assert ground.bring(given, ImportRequest(entity=name)) == {"created": 1}
    assert ground.bring(given, ImportRequest(entity=name, mode=Mode.UPSERT)) == {"unchanged": 1}
    assert [tuple(row) for row in ground.place.rows(f"SELECT * FROM {quote(name)}")] == [(1, 7)]


def test_names_that_differ_in_case_alone_are_different_where_the_engine_says_so(ground: Ground) -> None:
    if ground.case.name == "sqlite":
        pytest.skip("there they are one name")
    columns = ("Ab", "ab") if ground.case.name == "postgres" else ("Ab", "cd")
    for table, value in (("Ab", 1), ("ab", 2)):
        quoted = ", ".join(f"{ground.case.quote(name)} integer" for name in columns)
        ground.place.execute(f"CREATE TABLE {ground.case.quote(table)} (id integer PRIMARY KEY, {quoted})")
        given = ground.folder / f"{value}.csv"
        given.write_bytes(f"id,{columns[1]},{columns[0]}\n{value},20,10\n".encode())
        assert ground.bring(given, ImportRequest(entity=table)) == {"created": 1}
        assert ground.bring(given, ImportRequest(entity=table, mode=Mode.UPSERT)) == {"unchanged": 1}
    for table, value in (("Ab", 1), ("ab", 2)):
        rows = ground.place.rows(f"SELECT * FROM {ground.case.quote(table)}")
        assert [tuple(row) for row in rows] == [(value, 10, 20)]


def test_a_name_that_no_file_can_have_is_that_of_none(tmp_path: Path) -> None:
    place = sqlite_case.SqlitePlace(tmp_path / "a.db")
    place.execute("CREATE TABLE t (id integer PRIMARY KEY, v text)")
    entrepot = Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")})
    with pytest.raises(EntrepotError) as caught:
        entrepot.bring_in(tmp_path / ("n" * 300), ImportRequest(entity="t"))
    assert caught.value.code == "no_such_file"
