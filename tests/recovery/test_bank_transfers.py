"""Money moves between two tables while exports run: every export holds exactly the money that there is."""

from __future__ import annotations

import csv
import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from entrepot import Entrepot, ExportOptions
from servers.mariadb import MariaDatabase
from servers.postgres import PostgresDatabase

ACCOUNTS = 2_000
START = 100
TOTAL = 2 * ACCOUNTS * START
EXPORTS = 20
TABLES = ("checking", "savings")
Execute = Callable[[str], object]


def fill(execute: Execute, suffix: str = "") -> None:
    numbers = ", ".join(f"({number}, {START})" for number in range(1, ACCOUNTS + 1))
    for table in TABLES:
        execute(f"CREATE TABLE {table} (id integer PRIMARY KEY, amount integer NOT NULL){suffix}")
        execute(f"INSERT INTO {table} VALUES {numbers}")


class Transfers(threading.Thread):
    """Moves amounts from one table to the other, each move a transaction, until it is told to end."""

    def __init__(self, connect: Callable[[], Execute], begin: str, seed: int) -> None:
        super().__init__()
        self._connect = connect
        self._begin = begin
        self._dice = random.Random(seed)
        self.ended = threading.Event()
        self.moved = 0
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            execute = self._connect()
            while not self.ended.is_set():
                self._move(execute)
                self.moved += 1
        except Exception as error:  # told by the test
            self.error = error

    def _move(self, execute: Execute) -> None:
        amount = self._dice.randrange(1, 10)
        giving, taking = self._dice.sample(TABLES, 2)
        execute(self._begin)
        execute(f"UPDATE {giving} SET amount = amount - {amount} WHERE id = {self._dice.randrange(1, ACCOUNTS)}")
        execute(f"UPDATE {taking} SET amount = amount + {amount} WHERE id = {self._dice.randrange(1, ACCOUNTS)}")
        execute("COMMIT")


@contextmanager
def moving(connect: Callable[[], Execute], begin: str, threads: int) -> Iterator[list[Transfers]]:
    running = [Transfers(connect, begin, seed) for seed in range(threads)]
    for thread in running:
        thread.start()
    try:
        yield running
    finally:
        for thread in running:
            thread.ended.set()
        for thread in running:
            thread.join()


def export_often(url: str, folder: Path, running: list[Transfers]) -> list[dict[str, str]]:
    """Exports with the money of each checked; what each account held in each of them."""
    seen = []
    for number in range(EXPORTS):
        before = sum(thread.moved for thread in running)
        target = folder / str(number)
        outcome = Entrepot(url).export(*TABLES, to=f"{target}/", options=ExportOptions(format="csv"))
        assert outcome.receipt.totals["rows"] == 2 * ACCOUNTS
        amounts = {f"{table} {key}": amount for table in TABLES for key, amount in read(target / f"{table}.csv")}
        assert sum(map(Decimal, amounts.values())) == TOTAL
        assert [thread.error for thread in running] == [None] * len(running)
        seen.append(amounts)
        while sum(thread.moved for thread in running) == before:
            threading.Event().wait(0.001)
    return seen


def read(file: Path) -> list[tuple[str, str]]:
    with file.open(newline="", encoding="utf-8") as opened:
        return [(row["id"], row["amount"]) for row in csv.DictReader(opened)]


def differ(seen: list[dict[str, str]]) -> bool:
    """The load was real: the exports do not all hold the same."""
    return len({tuple(amounts.values()) for amounts in seen}) > EXPORTS // 2


@pytest.mark.postgres
def test_the_money_is_constant_on_postgresql(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    opened: list[psycopg.Connection] = []

    def connect() -> Execute:
        connection = psycopg.connect(postgres_database.url, autocommit=True)
        opened.append(connection)
        return lambda statement: connection.execute(statement.encode())

    fill(postgres_database.execute)
    try:
        with moving(connect, "BEGIN", threads=1) as running:
            assert differ(export_often(postgres_database.url, tmp_path, running))
    finally:
        for connection in opened:
            connection.close()


@pytest.mark.mariadb
def test_the_money_is_constant_on_mariadb(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    opened = []

    def connect() -> Execute:
        connection = mariadb_database.connect()
        opened.append(connection)
        return connection.query

    fill(mariadb_database.execute, " ENGINE = InnoDB")
    try:
        with moving(connect, "START TRANSACTION", threads=1) as running:
            assert differ(export_often(mariadb_database.url, tmp_path, running))
    finally:
        for connection in opened:
            connection.close()


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_the_money_is_constant_on_sqlite(tmp_path: Path, mode: str) -> None:
    """In WAL mode readers and the writer do not meet; in the other a copy is taken between two transactions."""
    file = tmp_path / "bank.db"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=30)) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
        connection.execute("PRAGMA synchronous = OFF")
        fill(connection.execute)
        with moving(lambda: connection.execute, "BEGIN IMMEDIATE", threads=1) as running:
            assert differ(export_often(f"sqlite:///{file}", tmp_path, running))
