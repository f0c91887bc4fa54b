"""SQLite in the contract suite: declared types, and values that do not care about them (FAULTS 38)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote as url_quote

import pytest

from contract.databases.case import EngineCase, Place, Specimen
from entrepot.databases.registry import open_engine
from entrepot.databases.sqlite.dialect import SqliteDialect
from entrepot.model.types import Kind

DIALECT = SqliteDialect()


@dataclass(frozen=True)
class SqlitePlace:
    path: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{url_quote(str(self.path))}"

    def execute(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    def rows(self, sql: str) -> Sequence[Sequence[object]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(sql).fetchall()

    def connections(self) -> int:
        """Descriptors of this process on the file and what belongs to it."""
        opened = [descriptor.resolve() for descriptor in Path("/proc/self/fd").iterdir()]
        return sum(str(file).startswith(str(self.path)) for file in opened)


@contextmanager
def place(request: pytest.FixtureRequest, work: Path) -> Iterator[Place]:
    """In WAL mode, as most applications have it; integration tests look at the others."""
    made = SqlitePlace(work / "place ü.db")
    made.execute("PRAGMA journal_mode = WAL")
    yield made


def specimen(native: str, kind: Kind, *values: tuple[str, str | None]) -> Specimen:
    return Specimen(native=native, kind=kind, values=(*values, ("NULL", None)))


STRANGERS = (("'abc'", "abc"), ("x'00ff'", "\\x00ff"), ("'a,\"b'", 'a,"b'))
"""What any column that is not STRICT may hold."""

SPECIMENS = (
    specimen("INTEGER", Kind.INTEGER, ("42", "42"), ("-9223372036854775808", "-9223372036854775808"), ("1.5", "1.5")),
    specimen("INT", Kind.INTEGER, ("9223372036854775807", "9223372036854775807"), *STRANGERS),
    specimen("BIGINT UNSIGNED", Kind.INTEGER, ("9223372036854775807", "9223372036854775807")),
    specimen(
        "REAL",
        Kind.FLOAT,
        ("0.1", "0.1"),
        ("5", "5"),
        ("1e300", "1e+300"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("1.0 / 3", "0.3333333333333333"),
        ("5e-324", "5e-324"),
        ("9e999", "Infinity"),
        ("-9e999", "-Infinity"),
        *STRANGERS,
    ),
    specimen("DECIMAL(14,2)", Kind.DECIMAL, ("12.50", "12.5"), ("-0.01", "-0.01"), ("'12.50'", "12.5"), *STRANGERS),
    specimen("DECIMAL TEXT(30,10)", Kind.DECIMAL, ("'12345678901234567890.5000'", "12345678901234567890.5000")),
    specimen("TEXT", Kind.TEXT, ("''", ""), ("'NULL'", "NULL"), ("5", "5"), ("x'00ff'", "\\x00ff")),
    specimen("TEXT COLLATE NOCASE", Kind.TEXT, ("'A'", "A"), ("char(97, 0, 98)", "a\0b")),
    specimen("VARCHAR(40)", Kind.TEXT, ("'ä,\"'''", "ä,\"'")),
    specimen("BLOB", Kind.BYTES, ("x'DEADBEEF'", "\\xdeadbeef"), ("x''", "\\x"), ("'abc'", "\\x616263")),
    specimen("BOOLEAN", Kind.BOOLEAN, ("1", "true"), ("0", "false"), ("'true'", "true"), ("2", "2"), *STRANGERS),
    specimen("DATE", Kind.DATE, ("'2024-01-02'", "2024-01-02"), ("'0000-00-00'", "0000-00-00")),
    specimen("TIME", Kind.TIME, ("'10:00:00.500'", "10:00:00.500")),
    specimen(
        "DATETIME", Kind.TIMESTAMP, ("'2024-01-02 10:00:00'", "2024-01-02 10:00:00"), ("1704189600", "1704189600")
    ),
    specimen("TIMESTAMPTZ", Kind.TIMESTAMP_TZ, ("'2024-01-02T10:00:00Z'", "2024-01-02T10:00:00Z")),
    specimen("UUID", Kind.UUID, ("'0f8fad5b-d9cb-469f-a165-70867728950e'", "0f8fad5b-d9cb-469f-a165-70867728950e")),
    specimen("JSON", Kind.JSON, ("""'{"b":1,  "a":[]}'""", '{"b":1,  "a":[]}')),
    specimen("", Kind.OTHER, ("1", "1"), ("1.5", "1.5"), ("'1'", "1"), ("x'31'", "\\x31")),
)

CASE = EngineCase(
    name="sqlite",
    marker=None,
    place=place,
    engine=open_engine,
    quote=DIALECT.quote,
    string=DIALECT.string,
    types={
        Kind.INTEGER: "BIGINT",
        Kind.TEXT: "TEXT",
        Kind.DECIMAL: "DECIMAL(14,2)",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.TIMESTAMP: "TIMESTAMP",
        Kind.BYTES: "BLOB",
    },
    key_text="TEXT",
    specimens=SPECIMENS,
    counter="INTEGER PRIMARY KEY AUTOINCREMENT",
    any_case="TEXT COLLATE NOCASE",
    refused_names=frozenset({"a\0b"}),
)
