"""A database may hold the 30th of February. A spreadsheet cannot, so it gets the text, and never another day."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from entrepot import Entrepot
from servers.mariadb import MariaServer

REAL = ("2024-02-29 10:00:00", "2024-01-02 23:59:59.25", "9999-12-31 00:00:00", "1900-03-01 00:00:00")
UNREAL = ("2024-02-30 10:00:00", "2023-02-29 00:00:00", "2024-04-31 00:00:00")
SQLITE_ONLY = (
    "2024-01-02 25:00:00",
    "2024-01-02 24:00:00",
    "2024-01-02 23:59:60",
    "2024-13-01 00:00:00",
    "2024-00-10 00:00:00",
)


def cells(url: str, folder: Path) -> list[object]:
    """Texts as texts; of a day or a moment, that it is one, and which."""
    path = Entrepot(url, environment={}).export("t", to=folder / "t.xlsx").path
    rows = openpyxl.load_workbook(path)["t"].iter_rows(min_row=2, values_only=True)
    return [day(str(row[1])) if isinstance(row[1], datetime) else row[1] for row in rows]


def day(text: str) -> tuple[str, str]:
    return "day", text.rstrip("0") if "." in text else text


def test_sqlite_gives_days_as_days_and_all_else_as_text(tmp_path: Path) -> None:
    texts = (*REAL, *UNREAL, *SQLITE_ONLY)
    with closing(sqlite3.connect(tmp_path / "t.db")) as made, made:
        made.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME)")
        made.executemany("INSERT INTO t (at) VALUES (?)", [(text,) for text in texts])
    assert cells(f"sqlite:///{tmp_path}/t.db", tmp_path) == [*map(day, REAL), *UNREAL, *SQLITE_ONLY]


def test_a_day_that_its_offset_moves_to_where_spreadsheets_count_wrongly_is_a_text(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "t.db")) as made, made:
        made.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, at TIMESTAMPTZ)")
        made.execute("INSERT INTO t (at) VALUES ('1900-03-01 00:00:00+05'), ('1900-03-02 00:00:00+05')")
    assert cells(f"sqlite:///{tmp_path}/t.db", tmp_path) == ["1900-03-01 00:00:00+05", day("1900-03-01 19:00:00")]


def test_sqlite_gives_dates_as_days_and_all_else_as_text(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "t.db")) as made, made:
        made.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, day DATE)")
        made.executemany(
            "INSERT INTO t (day) VALUES (?)", [(day,) for day in ("2024-02-29", "2023-02-29", "2024-02-31")]
        )
    assert cells(f"sqlite:///{tmp_path}/t.db", tmp_path) == [day("2024-02-29 00:00:00"), "2023-02-29", "2024-02-31"]


@pytest.mark.mariadb
def test_mariadb_gives_days_as_days_and_all_else_as_text(mariadb_server: MariaServer, tmp_path: Path) -> None:
    texts = (*REAL, *UNREAL)
    rows = ", ".join(f"({number}, '{text}')" for number, text in enumerate(texts))
    with mariadb_server.database() as database:
        database.execute("CREATE TABLE t (id int PRIMARY KEY, at datetime(2))")
        database.execute("SET sql_mode = 'ALLOW_INVALID_DATES'", f"INSERT INTO t VALUES {rows}")
        assert cells(database.url, tmp_path) == [*map(day, REAL), *UNREAL]
