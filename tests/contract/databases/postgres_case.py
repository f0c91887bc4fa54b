"""PostgreSQL in the contract suite: what its types look like, by the server's own text (FAULTS 38)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place, Specimen
from entrepot.databases.postgres.engine import PostgresEngine
from entrepot.databases.postgres.names import literal, quote
from entrepot.model.types import Kind
from servers.postgres import PostgresDatabase, PostgresServer


@dataclass(frozen=True)
class PostgresPlace:
    database: PostgresDatabase

    @property
    def url(self) -> str:
        return self.database.url

    def execute(self, *statements: str) -> None:
        self.database.execute(*statements)

    def rows(self, sql: str) -> Sequence[Sequence[object]]:
        return self.database.rows(sql)

    def connections(self) -> int:
        """A server process ends a moment after its client hung up."""
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        deadline = time.monotonic() + 5
        while (count := int(str(self.database.value(asked)))) and time.monotonic() < deadline:
            time.sleep(0.02)
        return count


@contextmanager
def place(request: pytest.FixtureRequest, work: Path) -> Iterator[Place]:
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database() as database:
        yield PostgresPlace(database)


def specimen(native: str, kind: Kind, *values: tuple[str, str | None]) -> Specimen:
    return Specimen(native=native, kind=kind, values=(*values, ("NULL", None)))


SPECIMENS = (
    specimen("boolean", Kind.BOOLEAN, ("true", "true"), ("false", "false")),
    specimen("smallint", Kind.INTEGER, ("-32768", "-32768")),
    specimen("integer", Kind.INTEGER, ("2147483647", "2147483647")),
    specimen("bigint", Kind.INTEGER, ("-9223372036854775808", "-9223372036854775808")),
    specimen("numeric(14,2)", Kind.DECIMAL, ("12.5", "12.50"), ("'NaN'", "NaN")),
    specimen(
        "numeric",
        Kind.DECIMAL,
        ("1.10", "1.10"),
        ("'Infinity'", "Infinity"),
        ("'-Infinity'", "-Infinity"),
        (f"{'9' * 1000}.{'1' * 500}", f"{'9' * 1000}.{'1' * 500}"),
    ),
    specimen("real", Kind.FLOAT, ("0.1", "0.1"), ("45.9", "45.9"), ("'NaN'", "NaN")),
    specimen(
        "double precision",
        Kind.FLOAT,
        ("0.1", "0.1"),
        ("1e300", "1e+300"),
        ("'Infinity'", "Infinity"),
        ("'-Infinity'", "-Infinity"),
        ("'NaN'", "NaN"),
    ),
    specimen("text", Kind.TEXT, ("''", ""), ("'NULL'", "NULL"), (r"'\N'", r"\N"), ("'ä,\"'''", "ä,\"'")),
    specimen("varchar(5)", Kind.TEXT, ("'a b '", "a b ")),
    specimen("char(5)", Kind.TEXT, ("'ab'", "ab")),
    specimen("bytea", Kind.BYTES, (r"'\x00DEadbeef'", r"\x00deadbeef"), ("''", r"\x")),
    specimen(
        "date",
        Kind.DATE,
        ("'2024-01-02'", "2024-01-02"),
        ("'infinity'", "infinity"),
        ("'-infinity'", "-infinity"),
        ("'0044-03-15 BC'", "0044-03-15 BC"),
    ),
    specimen("time", Kind.TIME, ("'10:00:00.500'", "10:00:00.5"), ("'24:00:00'", "24:00:00")),
    specimen(
        "timestamp",
        Kind.TIMESTAMP,
        ("'2024-01-02 10:00:00.500'", "2024-01-02 10:00:00.5"),
        ("'infinity'", "infinity"),
        ("'0044-03-15 10:00 BC'", "0044-03-15 10:00:00 BC"),
    ),
    specimen(
        "timestamptz",
        Kind.TIMESTAMP_TZ,
        ("'2024-01-02 12:00:00.5+02'", "2024-01-02 10:00:00.5+00"),
        ("'-infinity'", "-infinity"),
    ),
    specimen(
        "interval",
        Kind.INTERVAL,
        ("'1 year 2 mons 3 days 04:05:06.5'", "P1Y2M3DT4H5M6.5S"),
        ("'-1 day'", "P-1D"),
        ("'0'", "PT0S"),
    ),
    specimen("uuid", Kind.UUID, ("'0F8FAD5B-D9CB-469F-A165-70867728950E'", "0f8fad5b-d9cb-469f-a165-70867728950e")),
    specimen("json", Kind.JSON, ("""'{"b":1,  "a":"\\u00e4"}'""", '{"b":1,  "a":"\\u00e4"}')),
    specimen("jsonb", Kind.JSON, ("""'{"b":1, "a":null}'""", '{"a": null, "b": 1}')),
    specimen("text[]", Kind.ARRAY, ("ARRAY['a', NULL, '\"']", r'["a",null,"\""]'), ("'{}'", "[]")),
    specimen("integer[]", Kind.ARRAY, ("'{{1,2},{3,NULL}}'", "[[1,2],[3,null]]")),
    specimen("inet", Kind.OTHER, ("'10.0.0.1/8'", "10.0.0.1/8"), ("'10.0.0.1/32'", "10.0.0.1"), ("'::1'", "::1")),
    specimen("cidr", Kind.OTHER, ("'10.0.0.1/32'", "10.0.0.1/32"), ("'::/0'", "::/0")),
    specimen("inet[]", Kind.ARRAY, ("ARRAY[inet '10.0.0.1', '::1/64']", '["10.0.0.1","::1/64"]')),
    specimen("int4range", Kind.OTHER, ("'[1,5]'", "[1,6)")),
    specimen("money", Kind.OTHER, ("'12.5'", "$12.50")),
    specimen("xml", Kind.OTHER, ("'<a>&amp;</a>'", "<a>&amp;</a>")),
    specimen("tsvector", Kind.OTHER, ("'a fat cat'", "'a' 'cat' 'fat'")),
    specimen("bit varying(5)", Kind.OTHER, ("B'101'", "101")),
    specimen("point", Kind.OTHER, ("'(1,2.5)'", "(1,2.5)")),
)

CASE = EngineCase(
    name="postgres",
    marker="postgres",
    place=place,
    engine=PostgresEngine,
    quote=quote,
    string=literal,
    types={
        Kind.INTEGER: "bigint",
        Kind.TEXT: "text",
        Kind.DECIMAL: "numeric(14,2)",
        Kind.BOOLEAN: "boolean",
        Kind.TIMESTAMP: "timestamp",
        Kind.BYTES: "bytea",
    },
    key_text="text",
    specimens=SPECIMENS,
    counter="bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
    any_case=None,
    refused_names=frozenset({"", "a\0b", "x" * 64, "x" * 65, "é" * 32}),  # it cuts names to 63 bytes
    refused_texts=frozenset({"a\0b"}),
)
