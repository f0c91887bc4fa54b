"""Asking a running export to stop ends it within a second, whatever it writes, and leaves nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrepot import Entrepot, ExportOptions
from entrepot.bystanders import Quiet
from entrepot.model.cancel import CancelSwitch
from entrepot.model.errors import CancelledError
from recovery.exporting import empties
from servers.mariadb import MariaDatabase, MariaServer
from servers.postgres import PostgresDatabase, PostgresServer

ROWS = 1_000_000
FORMATS = ("csv", "csv.gz", "ndjson", "json", "xlsx", "sql", "parquet", "zip", "pdf")


class After(Quiet):
    """Asks to stop from another thread once some rows have moved."""

    def __init__(self, rows: int, switch: CancelSwitch) -> None:
        self._left = rows
        self._switch = switch
        self.asked: float | None = None

    def advance(self, rows: int, size: int) -> None:
        self._left -= rows
        if self._left <= 0 and self.asked is None:
            self.asked = time.monotonic()
            threading.Thread(target=self._switch.cancel).start()


def stopped(url: str, target: Path) -> float:
    """Seconds from asking to the end."""
    switch = CancelSwitch()
    told = After(ROWS // 20, switch)
    service = Entrepot(url, reporter=told, cancel=switch)
    with pytest.raises(CancelledError):
        service.export("numbers", to=target, options=ExportOptions(fingerprint=True))
    assert told.asked is not None
    return time.monotonic() - told.asked


def stops_at_once(url: str, target: Path) -> bool:
    """One of three times: now and then the machine is busy with something else."""
    return any(stopped(url, target) < 1 for _ in range(3))


def leaves_sessions(database: MariaDatabase, before: int) -> bool:
    """Later than soon: the server takes a moment to see that a connection is gone, also those from before."""
    deadline = time.monotonic() + 10
    while (left := sessions(database) > before) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def sessions(database: MariaDatabase) -> int:
    return int(str(database.value("SELECT count(*) FROM information_schema.processlist")))


@pytest.fixture(scope="module")
def postgres_numbers(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    with postgres_server.database() as database:
        database.execute(
            "CREATE UNLOGGED TABLE numbers AS SELECT n AS id, 'number ' || n AS words, n * 0.5 AS half "
            f"FROM generate_series(1, {ROWS}) n"
        )
        yield database


@pytest.fixture(scope="module")
def mariadb_numbers(mariadb_server: MariaServer) -> Iterator[MariaDatabase]:
    with mariadb_server.database() as database:
        database.execute(
            "CREATE TABLE numbers (id integer PRIMARY KEY, words text)",
            f"INSERT INTO numbers SELECT seq, concat('number ', seq) FROM seq_1_to_{ROWS}",
        )
        yield database


@pytest.mark.postgres
@pytest.mark.parametrize("format", FORMATS)
def test_a_cancelled_export_of_postgresql_ends_within_a_second(
    postgres_numbers: PostgresDatabase, tmp_path: Path, format: str
) -> None:
    assert stops_at_once(postgres_numbers.url, tmp_path / f"numbers.{format}")
    assert list(tmp_path.iterdir()) == []
    assert empties(postgres_numbers, 1)


@pytest.mark.mariadb
@pytest.mark.parametrize("format", ["csv", "zip"])
def test_a_cancelled_export_of_mariadb_ends_within_a_second(
    mariadb_numbers: MariaDatabase, tmp_path: Path, format: str
) -> None:
    before = sessions(mariadb_numbers)
    assert stops_at_once(mariadb_numbers.url, tmp_path / f"numbers.{format}")
    assert list(tmp_path.iterdir()) == []
    assert not leaves_sessions(mariadb_numbers, before)
