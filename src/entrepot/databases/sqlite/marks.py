"""The mark that lets a transaction happen once only."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from entrepot.databases.complaints import already_applied
from entrepot.databases.marks import TABLE
from entrepot.model.changes import Mark

NAME = f"main.{TABLE}"
COLUMNS = "job TEXT, unit INTEGER, epoch INTEGER, at TEXT DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (job, unit)"


def set_mark(connection: sqlite3.Connection, mark: Mark) -> None:
    connection.execute(f"CREATE TABLE IF NOT EXISTS {NAME} ({COLUMNS})")
    if is_set(connection, mark):
        raise already_applied(mark)
    statement = f"INSERT INTO {NAME} (job, unit, epoch) VALUES (?, ?, ?)"
    connection.execute(statement, (mark.job, mark.unit, mark.epoch))


def first_mark(connection: sqlite3.Connection) -> str | None:
    if not is_there(connection):
        return None
    row = connection.execute(f"SELECT job FROM {NAME} ORDER BY at, job LIMIT 1").fetchone()
    return row[0] if row else None


def marked(connection: sqlite3.Connection, jobs: Collection[str]) -> frozenset[str]:
    if not is_there(connection):
        return frozenset()
    asked = f"SELECT DISTINCT job FROM {NAME} WHERE job IN (SELECT value FROM json_each(?))"
    return frozenset(job for (job,) in connection.execute(asked, (json.dumps([*jobs]),)))


def is_there(connection: sqlite3.Connection) -> bool:
    there = connection.execute("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?", (TABLE,))
    return there.fetchone() is not None


def is_set(connection: sqlite3.Connection, mark: Mark) -> bool:
    if not is_there(connection):
        return False
    asked = f"SELECT 1 FROM {NAME} WHERE job = ? AND unit = ?"
    return connection.execute(asked, (mark.job, mark.unit)).fetchone() is not None
