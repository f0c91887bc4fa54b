"""MariaDB in the contract suite: what its types look like, by the server's own text (FAULTS 38)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place, Specimen
from entrepot.databases.mysql.engine import MySqlEngine
from entrepot.databases.mysql.names import quote, script_literal
from entrepot.model.types import Kind
from servers.mariadb import MariaDatabase, MariaServer

OTHERS = "SELECT count(*) FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"


@dataclass(frozen=True)
class MariaPlace:
    database: MariaDatabase

    @property
    def url(self) -> str:
        return self.database.url

    def execute(self, *statements: str) -> None:
        self.database.execute("SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'", *statements)

    def rows(self, sql: str) -> Sequence[Sequence[object]]:
        return self.database.rows(sql)

    def connections(self) -> int:
        """The server needs a moment to notice that somebody hung up."""
        deadline = time.monotonic() + 2
        while (count := int(str(self.database.value(OTHERS)))) and time.monotonic() < deadline:
            time.sleep(0.02)
        return count


@contextmanager
def place(request: pytest.FixtureRequest, work: Path) -> Iterator[Place]:
    server: MariaServer = request.getfixturevalue("mariadb_server")
    with server.database() as database:
        yield MariaPlace(database)


def specimen(native: str, kind: Kind, *values: tuple[str, str | None]) -> Specimen:
    """MariaDB gives TIMESTAMP columns a NOT NULL of their own unless they say NULL."""
    return Specimen(native=f"{native} NULL", kind=kind, values=(*values, ("NULL", None)))


SPECIMENS = (
    specimen("boolean", Kind.BOOLEAN, ("true", "true"), ("false", "false"), ("2", "2"), ("-128", "-128")),
    specimen("bit(1)", Kind.BOOLEAN, ("b'1'", "true"), ("b'0'", "false")),
    specimen("bit(12)", Kind.INTEGER, ("b'101'", "5"), ("4095", "4095")),
    specimen("bit(64)", Kind.INTEGER, ("~0", "18446744073709551615")),
    specimen("tinyint", Kind.INTEGER, ("-128", "-128")),
    specimen("mediumint(8) unsigned zerofill", Kind.INTEGER, ("42", "42")),
    specimen("bigint", Kind.INTEGER, ("-9223372036854775808", "-9223372036854775808")),
    specimen("bigint unsigned", Kind.INTEGER, ("18446744073709551615", "18446744073709551615")),
    specimen("year", Kind.INTEGER, ("2024", "2024"), ("0", "0")),
    specimen("decimal(14,2)", Kind.DECIMAL, ("12.5", "12.50"), ("-0.01", "-0.01")),
    specimen("decimal(65,30)", Kind.DECIMAL, (f"{'9' * 35}.{'1' * 30}", f"{'9' * 35}.{'1' * 30}")),
    specimen(
        "float",
        Kind.FLOAT,
        ("0.1", "0.1"),
        ("45.9", "45.9"),
        ("16777215", "16777215"),
        ("0.123456789", "0.12345679"),
        ("0", "0"),
    ),
    specimen("float(7,3)", Kind.FLOAT, ("1.5", "1.5"), ("1234.567", "1234.567")),
    specimen(
        "double",
        Kind.FLOAT,
        ("0.1", "0.1"),
        ("1e300", "1e+300"),
        ("-2.2250738585072014e-308", "-2.2250738585072014e-308"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("0.1e0 + 0.2e0", "0.30000000000000004"),
    ),
    specimen("text", Kind.TEXT, ("''", ""), ("'NULL'", "NULL"), (r"'\\N'", r"\N"), ("'ä,\"'''", "ä,\"'")),
    specimen("varchar(5)", Kind.TEXT, ("'a b '", "a b "), ("'  '", "  "), ("'😀'", "😀")),
    specimen("char(5)", Kind.TEXT, ("'ab  '", "ab")),
    specimen("varchar(5) character set latin1", Kind.TEXT, ("'é€'", "é€")),
    specimen("varchar(5) character set utf16", Kind.TEXT, ("'😀'", "😀")),
    specimen("binary(4)", Kind.BYTES, ("'ab'", r"\x61620000")),
    specimen("varbinary(9)", Kind.BYTES, ("X'00DEadBEef'", r"\x00deadbeef"), ("''", r"\x")),
    specimen("blob", Kind.BYTES, ("X'FF27225c0a'", r"\xff27225c0a")),
    specimen("date", Kind.DATE, ("'2024-01-02'", "2024-01-02"), ("'0000-00-00'", "0000-00-00")),
    specimen("time", Kind.TIME, ("'10:00:00'", "10:00:00"), ("'-838:59:59'", "-838:59:59")),
    specimen("time(6)", Kind.TIME, ("'838:59:58.5'", "838:59:58.5"), ("'10:00'", "10:00:00")),
    specimen(
        "datetime",
        Kind.TIMESTAMP,
        ("'9999-12-31 23:59:50'", "9999-12-31 23:59:50"),
        ("'0000-00-00'", "0000-00-00 00:00:00"),
        ("'2024-02-31 10:00'", "2024-02-31 10:00:00"),
    ),
    specimen(
        "datetime(6)",
        Kind.TIMESTAMP,
        ("'2024-01-02 10:00:00.500'", "2024-01-02 10:00:00.5"),
        ("'2024-01-02 10:00:00'", "2024-01-02 10:00:00"),
    ),
    specimen(
        "timestamp(3)",
        Kind.TIMESTAMP_TZ,
        ("'2024-01-02 10:00:00.5'", "2024-01-02 10:00:00.5+00"),
        ("'0000-00-00'", "0000-00-00 00:00:00+00"),
    ),
    specimen("enum('a','it''s','x,y')", Kind.ENUM, ("'it''s'", "it's"), ("'x,y'", "x,y")),
    specimen("set('p','q','r')", Kind.ENUM, ("'r,p'", "p,r"), ("''", "")),
    specimen("json", Kind.JSON, ("""'{"b":1,  "a":"\\\\u00e4"}'""", '{"b":1,  "a":"\\u00e4"}')),
    specimen("uuid", Kind.UUID, ("'0F8FAD5B-D9CB-169F-A165-70867728950E'", "0f8fad5b-d9cb-169f-a165-70867728950e")),
    specimen("inet6", Kind.OTHER, ("'2001:DB8::1'", "2001:db8::1")),
    specimen("inet4", Kind.OTHER, ("'10.0.0.1'", "10.0.0.1")),
    specimen("point", Kind.OTHER, ("ST_GeomFromText('POINT(1 2.5)')", "POINT(1 2.5)")),
    specimen("geometry", Kind.OTHER, ("ST_GeomFromText('LINESTRING(0 0,1 1)')", "LINESTRING(0 0,1 1)")),
)

CASE = EngineCase(
    name="mysql",
    marker="mariadb",
    place=place,
    engine=MySqlEngine,
    quote=quote,
    string=script_literal,
    types={
        Kind.INTEGER: "bigint",
        Kind.TEXT: "longtext",
        Kind.DECIMAL: "decimal(14,2)",
        Kind.BOOLEAN: "boolean",
        Kind.TIMESTAMP: "datetime(6)",
        Kind.BYTES: "longblob",
    },
    key_text="varchar(80) COLLATE utf8mb4_nopad_bin",
    specimens=SPECIMENS,
    counter="bigint AUTO_INCREMENT PRIMARY KEY",
    any_case="varchar(80) COLLATE utf8mb4_general_ci",
    refused_names=frozenset({"", "a\0b", "x" * 65, "tab\t", "naïve 🚢"}),
)
