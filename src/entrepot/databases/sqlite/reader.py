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
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from entrepot.databases.sqlite.blocks import heard
from entrepot.databases.sqlite.connect import connect

FRAME = struct.Struct("<qq")
"""Rows and bytes of the data that follows."""
UNFIT = -1
"""Rows of a frame that says: the renderer is not made for these rows."""


def main() -> None:
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    task = json.loads(asked.readline())
    with closing(connect(Path(task["path"]))) as connection:
        begin(connection)
        answer(answers, 0, b"")
        renderer = heard(task["renderer"])
        for line in asked:
            first, last = map(int, line.split())
            answer(answers, *(renderer.rendered(connection, first, last) or (UNFIT, b"")))


def begin(connection: sqlite3.Connection) -> None:
    """A transaction sees what its first read saw."""
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM main.sqlite_schema").fetchone()


def answer(answers: BinaryIO, rows: int, data: bytes) -> None:
    answers.write(FRAME.pack(rows, len(data)))
    answers.write(data)
    answers.flush()


if __name__ == "__main__":
    main()
