"""A SQLite table whose values have nothing to do with what its columns declare."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

Stored = str | bytes | int | float | None

COLUMNS = {
    "whole": "INTEGER",
    "real": "REAL",
    "amount": "NUMERIC(10,2)",
    "exact": "DECIMAL TEXT(30,10)",
    "flag": "BOOLEAN",
    "day": "DATE",
    "clock": "TIME",
    "moment": "TIMESTAMP",
    "zoned": "TIMESTAMPTZ",
    "span": "INTERVAL TEXT",
    "uid": "UUID TEXT",
    "document": "JSON TEXT",
    "loose_document": "JSON",
    "list": "ARRAY TEXT",
    "bytes": "BLOB",
    "words": "TEXT",
    "shape": "GEOMETRY",
    "anything": "",
}
TEXTS = (
    '1,"admin":true',
    '1","admin":"true',
    '2024-01-02 10:00:00","admin":"true',
    "2024-01-02 10:00:00 and more",
    '2024-01-02 10:00:00\0","admin":"true',
    "2024-01-02 10:00:00\0",
    '{"admin": 1',
    '{"a":1}\0,"admin":true',
    '1\0,"admin":true',
    "1), (2); DROP TABLE odd; --",
    "1'), ('2'); DROP TABLE odd; --",
    "\\'); DROP TABLE odd; --",
    "<v>1</v></c><c>\x01\x0b",
    "=cmd|' /C calc'!A0",
    "NaN",
    "Infinity",
    "+5.",
    "-12.50",
    "2024-01-02 10:00:00",
    "2024-01-02 10:00:00.5+02",
    '[1, {"a": "\\u00e9"}]',
    "\f7 ",
    " 007",
    "0x1F",
    "a\r\nb\u2028",
    "",
    "\0",
)
BLOBS = (b"\x00\xff'\"", b"", b"1")
NUMBERS = (float("inf"), float("-inf"), 0.1 + 0.2, 1e300, 5, -(2**63))
VALUES: tuple[Stored, ...] = (*TEXTS, *BLOBS, *NUMBERS, None)
"""Each of them stands in every column of a row of its own."""


def mistyped(path: Path, values: Sequence[Stored] = VALUES, *, filler: int = 0) -> str:
    """The URL of a database with the table `odd`; `filler` rows of harmless values come first, so that several ways
    of reading meet what is odd."""
    columns = ", ".join(f'"{name}" {native}' for name, native in COLUMNS.items())
    marks = ", ".join("?" * (1 + len(COLUMNS)))
    rows = [(number, *[value] * len(COLUMNS)) for number, value in enumerate([*[1] * filler, *values])]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE odd (id INTEGER PRIMARY KEY, {columns})")
        connection.executemany(f"INSERT INTO odd VALUES ({marks})", rows)
        connection.commit()
    return f"sqlite:///{path}"


def stored(path: Path) -> list[tuple[Stored, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM odd ORDER BY id").fetchall()
