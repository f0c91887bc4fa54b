"""The mark that lets a transaction happen once only."""

from __future__ import annotations

import sqlite3

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


def is_set(connection: sqlite3.Connection, mark: Mark) -> bool:
    there = connection.execute("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?", (TABLE,))
    if there.fetchone() is None:
        return False
    asked = f"SELECT 1 FROM {NAME} WHERE job = ? AND unit = ?"
    return connection.execute(asked, (mark.job, mark.unit)).fetchone() is not None
