"""One snapshot: consistent, complete or an error, stoppable, nothing left open. FAULTS 28-32."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pymysql
import pytest

from contract.databases.mariadb_case import MariaPlace
from entrepot.databases.mysql.engine import MySqlEngine
from entrepot.model.errors import AccessError, CancelledError, ChangedError, UnavailableError
from integration.mariadb.reading import csv_rows, everything_of, lines_of, read, snapshot
from servers.mariadb import PASSWORD, MariaDatabase

pytestmark = pytest.mark.mariadb

ACCOUNTS, START = 50, 1000
NUMBERS = "CREATE TABLE numbers (id int PRIMARY KEY) AS SELECT seq AS id, repeat('x', 200) AS text FROM seq_1_to_{rows}"
SLOW = "CREATE VIEW slow AS SELECT id, sleep(0.05) AS nap FROM numbers"


def transfer(database: MariaDatabase, stop: threading.Event, done: list[int]) -> None:
    """Moves money between accounts in transactions that keep the sum."""
    draw = random.Random(3)
    with database.connect() as connection, connection.cursor() as cursor:
        connection.autocommit(False)
        while not stop.is_set():
            giver, taker = draw.sample(range(1, ACCOUNTS + 1), 2)
            cursor.execute(f"UPDATE accounts SET amount = amount - 7 WHERE id = {giver}")
            cursor.execute(f"UPDATE balances SET amount = amount + 7 WHERE id = {taker}")
            connection.commit()
            done.append(1)


def test_the_sum_of_all_accounts_is_constant_while_money_moves(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    """Two tables, read one after the other: without one snapshot the sum would drift between the reads."""
    for table in ("accounts", "balances"):
        mariadb_database.execute(
            f"CREATE TABLE {table} (id int PRIMARY KEY, amount int) AS SELECT seq AS id, {START} AS amount "
            f"FROM seq_1_to_{ACCOUNTS}"
        )
    stop, done = threading.Event(), list[int]()
    writer = threading.Thread(target=transfer, args=(mariadb_database, stop, done))
    writer.start()
    try:
        sums = []
        for _ in range(10):
            with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
                total = 0
                for name in ("accounts", "balances"):
                    query = everything_of(catalog.entity(name))
                    total += sum(int(row[1]) for row in csv_rows(read(session, query, lines_of(query))))
                    time.sleep(0.02)
                sums.append(total)
    finally:
        stop.set()
        writer.join()
    assert sums == [2 * ACCOUNTS * START] * 10
    assert len(done) > 20


def test_ddl_waits_until_the_read_is_over(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    mariadb_database.execute(NUMBERS.format(rows=2000))
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        with pytest.raises(pymysql.OperationalError, match="Lock wait timeout"):
            mariadb_database.execute("SET lock_wait_timeout = 1", "TRUNCATE numbers")
        assert len(csv_rows(read(session, query, lines_of(query)))) == 2000
        session.check_unchanged()


def test_a_schema_that_changed_since_it_was_read_is_refused(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    mariadb_database.execute(NUMBERS.format(rows=2))
    engine = MySqlEngine(mariadb_database.url)
    catalog = engine.introspect()
    mariadb_database.execute("ALTER TABLE numbers ADD COLUMN more int")
    with pytest.raises(ChangedError, match="other fields"), engine.snapshot(catalog, catalog.entities, tmp_path):
        pass
    mariadb_database.execute("DROP TABLE numbers")
    with pytest.raises(ChangedError), engine.snapshot(catalog, catalog.entities, tmp_path):
        pass


def test_a_table_under_ddl_is_an_error_with_a_remedy(
    mariadb_database: MariaDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrepot.databases.mysql.connect.PINNED", ("SET SESSION lock_wait_timeout = 1",))
    mariadb_database.execute(NUMBERS.format(rows=2))
    engine = MySqlEngine(mariadb_database.url)
    catalog = engine.introspect()
    with mariadb_database.connect() as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLES numbers WRITE")
        with pytest.raises(UnavailableError) as error, engine.snapshot(catalog, catalog.entities, tmp_path):
            pass
    assert error.value.code == "locked"
    assert error.value.remedy


def test_tables_without_transactions_are_named_in_a_warning(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    mariadb_database.execute("CREATE TABLE a (id int) ENGINE=MyISAM", "CREATE TABLE b (id int)")
    with snapshot(mariadb_database.url, tmp_path) as (session, _):
        assert [(w.code, w.place.entity) for w in session.warnings] == [("not_transactional", "a")]


def test_a_table_that_may_not_be_read_in_full_is_an_error(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    mariadb_database.execute(
        "CREATE TABLE open (id int)", "CREATE TABLE closed (id int)", "CREATE TABLE half (a int, b int)"
    )
    user = f"u_{mariadb_database.name}"
    mariadb_database.execute(
        f"CREATE USER {user}@'%' IDENTIFIED BY 'p@ss'",
        f"GRANT SELECT ON open TO {user}@'%'",
        f"GRANT INSERT ON closed TO {user}@'%'",
        f"GRANT SELECT (a) ON half TO {user}@'%'",
    )
    try:
        url = mariadb_database.server.url(mariadb_database.name, user, "p%40ss")
        with snapshot(url, tmp_path, "open") as (session, catalog):
            assert session.count(everything_of(catalog.entity("open"))) == 0
        assert any("hides them" in words for words in catalog.not_carried)
        for name in ("closed", "half"):
            with pytest.raises(AccessError, match=f"'{name}'"), snapshot(url, tmp_path, name):
                pass
    finally:
        mariadb_database.execute(f"DROP USER {user}@'%'")


@pytest.mark.parametrize("what", ["CONNECTION", "QUERY"])
def test_a_read_that_is_killed_is_an_error_and_never_short(
    mariadb_database: MariaDatabase, tmp_path: Path, what: str
) -> None:
    mariadb_database.execute(NUMBERS.format(rows=300_000))
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        chunks = session.render(query, lines_of(query))
        next(chunks)
        mariadb_database.execute(f"KILL {what} {session._running.connection.thread_id()}")
        with pytest.raises(UnavailableError) as error:
            list(chunks)
    assert error.value.code in ("connection_lost", "query_killed")


def test_cancelling_ends_a_running_read_within_a_second(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    mariadb_database.execute(NUMBERS.format(rows=1000), SLOW)
    with snapshot(mariadb_database.url, tmp_path, "slow") as (session, catalog):
        query = everything_of(catalog.entity("slow"))
        timer = threading.Timer(0.5, session.cancel)
        timer.start()
        began = time.monotonic()
        with pytest.raises(CancelledError):
            read(session, query, lines_of(query))
        assert time.monotonic() - began < 1.5
        timer.join()
        with pytest.raises(CancelledError):
            session.count(query)


def test_a_reader_that_leaves_early_leaves_the_snapshot_usable(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    mariadb_database.execute(NUMBERS.format(rows=200_000))
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        mariadb_database.execute("DELETE FROM numbers WHERE id > 10")
        query = everything_of(catalog.entity("numbers"))
        for _ in range(3):
            chunks = session.render(query, lines_of(query))
            assert next(chunks).rows == 1000
            assert isinstance(chunks, Generator)
            chunks.close()
            assert session.count(query) == 200_000
        batches = session.batches(replace(query, limit=5))
        assert next(batches).num_rows == 5
    assert MariaPlace(mariadb_database).connections() == 0


def test_nothing_is_left_open(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    mariadb_database.execute(NUMBERS.format(rows=2))
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        read(session, everything_of(catalog.entity("numbers")), lines_of(everything_of(catalog.entity("numbers"))))
    assert MariaPlace(mariadb_database).connections() == 0
    assert PASSWORD in mariadb_database.url
