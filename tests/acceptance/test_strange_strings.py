"""Texts that break careless code, as values, headers, names of tables and names of files: in, and out again.

Some are our own; those of others (the big list of naughty strings) join them where they are beside this folder.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from contract.formats.samples import EVIL_NAMES, EVIL_TEXTS, NAUGHTY
from entrepot import Entrepot, ExportOptions
from entrepot.model.drafts import Mode, Reading
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
MOST_NAMES = 40
NAMES = tuple(
    dict.fromkeys(
        name
        for name in (*EVIL_NAMES, *OTHERS)
        if name.strip() and name == name.rstrip() and len(name.encode()) <= LONGEST_NAME
    )
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


@pytest.mark.parametrize("name", FORMS)
def test_every_text_is_stored_as_it_stands_and_comes_out_again(ground: Ground, name: str) -> None:
    ground.place.execute(f"CREATE TABLE texts (id integer PRIMARY KEY, v {ground.case.types[Kind.TEXT]})")
    rows = [(str(number), text) for number, text in enumerate(TEXTS)]
    given = ground.folder / name
    given.write_bytes(FORMS[name](("id", "v"), rows))
    assert ground.bring(given, ImportRequest(entity="texts")) == {"created": len(TEXTS)}
    assert [tuple(row) for row in ground.place.rows("SELECT id, v FROM texts ORDER BY id")] == list(enumerate(TEXTS))
    lines = ground.entrepot.export("texts", to=ground.folder / "out.ndjson").path.read_bytes()
    assert [json.loads(line)["v"] for line in lines.splitlines()] == list(TEXTS)
    for out in ("out.csv", "out.ndjson", "out.json"):
        path = ground.entrepot.export("texts", to=ground.folder / out, options=ExportOptions(overwrite=True)).path
        again = ground.entrepot.preview(path, ImportRequest(entity="texts", mode=Mode.UPSERT))
        assert again.counts["unchanged"] == len(TEXTS), out


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
    for out in ("out.csv", "out.ndjson", "out.json"):
        path = ground.entrepot.export("wide", to=ground.folder / out).path
        again = ground.entrepot.preview(path, ImportRequest(entity="wide", mode=Mode.UPSERT, mapping=exactly))
        assert (again.counts["unchanged"], len(again.fields)) == (2, len(names) + 1), out
    header = next(csv.reader(io.StringIO((ground.folder / "out.csv").read_bytes().decode(), newline="")))
    assert header == ["k", *names]


def test_a_table_can_have_any_name(ground: Ground) -> None:
    given = ground.folder / "given.csv"
    given.write_bytes(b"id,v\n1,a\n")
    for number, name in enumerate(EVIL_NAMES[::3]):
        if name in ground.case.refused_names or not name:
            continue
        ground.place.execute(f"CREATE TABLE {ground.case.quote(name)} (id integer PRIMARY KEY, v varchar(9))")
        assert ground.bring(given, ImportRequest(entity=name)) == {"created": 1}
        path = ground.entrepot.export(name, to=ground.folder / f"{number}.csv").path
        assert path.read_text(encoding="utf-8").split() == ["id,v", "1,a"]


def test_any_header_can_be_mapped_to_a_field(ground: Ground) -> None:
    ground.place.execute("CREATE TABLE plain (id integer PRIMARY KEY, v integer)")
    headers = list(dict.fromkeys(text for text in TEXTS[::3] if text and text.strip()))
    for form, name in ((as_csv, "a.csv"), (as_lines, "a.ndjson")):
        given = ground.folder / name
        given.write_bytes(form(["id", *headers], [["1", *map(str, range(len(headers)))]]))
        for at in (0, len(headers) - 1):
            mapping = MappingRequest(
                guess=False,
                fields={"v": FieldMapping(columns=(headers[at],))},
                ignored=tuple(header for header in headers if header != headers[at]),
            )
            plan = ground.entrepot.preview(given, ImportRequest(entity="plain", mode=Mode.UPSERT, mapping=mapping))
            assert plan.mapping.mapped[1].columns == (headers[at],)
            ground.entrepot.apply(plan.plan_id)
            assert [tuple(row) for row in ground.place.rows("SELECT id, v FROM plain")] == [(1, at)]


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


@pytest.mark.parametrize(
    "name", ["*.csv", "[a].csv", "a'b;--.csv", "-rf", "a\nb.csv", "%s{}.csv", "\u202egpj.csv", "~"]
)
def test_a_file_of_any_name_is_imported_under_it(tmp_path: Path, name: str) -> None:
    place = sqlite_case.SqlitePlace(tmp_path / "a.db")
    place.execute("CREATE TABLE t (id integer PRIMARY KEY, v text)")
    given = tmp_path / name
    given.write_bytes(b"id,v\n1,a\nx,b\n")
    (tmp_path / "other.csv").write_bytes(b"id,v\n7,wrong\n")
    entrepot = Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")})
    plan = entrepot.preview(given, ImportRequest(entity="t"))
    assert plan.file.name == name
    assert [problem.place.file for problem in plan.problems if problem.code == "not_an_integer"] == [name]
    with pytest.raises(EntrepotError):
        entrepot.apply(plan.plan_id)
    assert place.rows("SELECT * FROM t") == []
