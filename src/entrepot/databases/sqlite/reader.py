"""A process that renders slices: SQLite shares one lock among the threads of a process, so only processes are faster.

Runs as `python -m entrepot.databases.sqlite.reader`. The first line of its input says what to do, each further one
asks for a slice. It answers with frames, the first of them empty once its transaction sees the file. Whatever goes
wrong ends it: the other side then reads by itself and says what is wrong.
"""

from __future__ import annotations

import json
import sqlite3
import struct
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from entrepot.databases.sqlite.connect import connect

FRAME = struct.Struct("<qq")
"""Rows and bytes of the data that follows."""
UNFIT = -1
"""Rows of a frame that says: this statement is not made for these rows."""
MOST_BYTES = 32 << 20
"""The longest slice; longer rows are rendered one by one."""
NUL = b"\0"


def main() -> None:
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    task = json.loads(asked.readline())
    with closing(connect(Path(task["path"]))) as connection:
        begin(connection)
        answer(answers, 0, b"")
        breaks = [(text.encode(), count) for text, count in task["breaks"]]
        for line in asked:
            first, last = map(int, line.split())
            answer(answers, *rendered(connection, task["statement"], first, last, breaks))


def begin(connection: sqlite3.Connection) -> None:
    """A transaction sees what its first read saw."""
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM main.sqlite_schema").fetchone()


def answer(answers: BinaryIO, rows: int, data: bytes) -> None:
    answers.write(FRAME.pack(rows, len(data)))
    answers.write(data)
    answers.flush()


def rendered(
    connection: sqlite3.Connection, statement: str, first: int, last: int, breaks: Sequence[tuple[bytes, int]]
) -> tuple[int, bytes]:
    """The number of rows and their bytes; `UNFIT` where the statement overlooks something in them."""
    usual = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
    try:
        data, rows = connection.execute(statement, (first, last)).fetchone()
    except sqlite3.DataError:
        return UNFIT, b""
    finally:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, usual)
    return (rows, data) if is_clean(data, rows, breaks) else (UNFIT, b"")


def is_clean(data: bytes, rows: int, breaks: Sequence[tuple[bytes, int]]) -> bool:
    """Whether there is nothing that a quick statement overlooks: a NUL, a line break that is not the template's own
    (`breaks`: how many of each are in a row), bytes that are no UTF-8."""
    if NUL in data or any(data.count(text) != count * rows for text, count in breaks):
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


if __name__ == "__main__":
    main()
