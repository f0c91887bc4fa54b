"""How the tests of changes set up a file and look into it by themselves."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from entrepot.databases.sqlite.engine import SqliteEngine


def made(path: Path, *statements: str) -> SqliteEngine:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    return SqliteEngine(path)


def native(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()
