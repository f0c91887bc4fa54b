"""Every type of an engine, with its strangest values, in one of two twin databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
FIRST: Mapping[str, tuple[str, ...]] = {
    "postgres": (
        "CREATE TYPE mood AS ENUM ('', 'so, so', 'it''s \"\"', 'Ok')",
        "CREATE DOMAIN small AS integer CHECK (value < 10)",
        "CREATE TYPE pair AS (a integer, b text)",
    )
}
MORE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "postgres": {
        "mood": ("''", "'so, so'", "'it''s \"\"'"),
        "mood[]": ("ARRAY['', 'so, so', NULL]::mood[]",),
        "small": ("9", "-2147483648"),
        "pair": ("(1, 'a,b\"')::pair", "(NULL, '')::pair"),
        "pair[]": ("ARRAY[(1, 'x')::pair]",),
        "numeric(1000,500)": (f"{'9' * 500}.{'1' * 500}",),
        'varchar(20) COLLATE "C"': ("'ÄÖ'",),
        "name": ("'n'",),
        '"char"': ("'c'",),
        "oid": ("4294967295",),
        "daterange": ("'[2024-01-01,)'", "'empty'", "'(-infinity,infinity)'"),
        "tstzrange": ("'[2024-01-01 10:00+02,2024-01-02)'",),
        "int4multirange": ("'{[1,3),[5,7)}'", "'{}'"),
        "timetz": ("'10:00:00.5+05:30'",),
        "interval[]": ("ARRAY[interval '1 mon -1 day', '-00:00:01']",),
        "bytea[]": (r"ARRAY['\x00ff'::bytea, NULL]",),
        "timestamptz[]": ("ARRAY['infinity', '0044-03-15 12:00+00 BC']::timestamptz[]",),
        "jsonb[]": ("""ARRAY['{"a": "\\"x\\""}'::jsonb, NULL]""",),
        "text[][]": ("""'{{a,"b\\"c"},{NULL,"NULL"}}'""",),
        "jsonpath": ("'$.a[*]'",),
        "tsquery": ("'fat & !rat'",),
        "macaddr": ("'08:00:2b:01:02:03'",),
        "box": ("'(1,2),(0.1,0)'",),
        "polygon": ("'((0,0),(1,1),(2,0))'",),
        "bit(3)": ("B'101'",),
        "pg_lsn": ("'16/B374D848'",),
    },
    "mysql": {"set('a','b') NOT NULL": ("''", "'b,a'"), "longtext character set utf8mb3": ("'ä€'",)},
    "sqlite": {},
}
STRANGE: Mapping[str, frozenset[str]] = {
    "postgres": frozenset(),
    "mysql": frozenset({"2", "-128", "2024-02-31 10:00:00"}),
    "sqlite": frozenset({"1.5", "abc", r"\x00ff", 'a,"b', "2", "a\0b", "1704189600"}),
}
"""What a table may hold although it means nothing in a column of that type: as a value of a file it is an error."""


@dataclass(frozen=True)
class Twins:
    case: EngineCase
    first: Place
    second: Place
    folder: Path

    def entrepot(self, place: Place) -> Entrepot:
        (self.folder / "entrepot.toml").write_text("", encoding="utf-8")
        return Entrepot(place.url, config=self.folder / "entrepot.toml", environment={})

    def as_the_server_says(self, place: Place) -> list[object]:
        whole = "zoo::text" if self.case.name == "postgres" else "*"
        return list(place.rows(f"SELECT {whole} FROM zoo ORDER BY id"))


@contextmanager
def twins_of(case: EngineCase, request: pytest.FixtureRequest, folder: Path) -> Iterator[Twins]:
    folders = [folder / "first", folder / "second"]
    with ExitStack() as stack:
        for one in folders:
            one.mkdir()
        first, second = (stack.enter_context(case.place(request, one)) for one in folders)
        yield Twins(case, first, second, folder)


def specimens(case: EngineCase, *, importable: bool) -> list[tuple[str, list[str]]]:
    """Native type, and values as SQL."""
    found = [
        (each.native, [sql for sql, text in each.values if strange(case, each.native, text) != importable])
        for each in case.specimens
    ]
    more = MORE[case.name] if importable else {}
    return [*found, *((native, list(values)) for native, values in more.items())]


def strange(case: EngineCase, native: str, text: str | None) -> bool:
    """Nothing is strange in a column of texts, but for a NUL, which no file can bring."""
    if native in ("", "BLOB") or native.startswith(("TEXT", "VARCHAR")):
        return text == "a\0b"
    return text in STRANGE[case.name] and (case.name == "sqlite" or native.startswith(("boolean", "datetime ")))


def filled(twins: Twins, columns: list[tuple[str, list[str]]]) -> None:
    definitions = ", ".join(f"c{at} {native}" for at, (native, _) in enumerate(columns))
    for place in (twins.first, twins.second):
        place.execute(*FIRST.get(twins.case.name, ()), f"CREATE TABLE zoo (id integer PRIMARY KEY, {definitions})")
    rows = []
    for row in range(max(len(values) for _, values in columns)):
        given = [values[row % len(values)] if "NOT NULL" in native else pick(values, row) for native, values in columns]
        rows.append(f"({row}, {', '.join(given)})")
    twins.first.execute(f"INSERT INTO zoo VALUES {', '.join(rows)}")


def pick(values: list[str], row: int) -> str:
    return values[row] if row < len(values) else "NULL"
