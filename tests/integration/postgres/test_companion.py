"""A large table read over two connections: the same bytes, the same moment, and alone where there cannot be two."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from entrepot.databases.postgres import pages
from entrepot.databases.postgres import snapshot as freezing
from entrepot.databases.postgres.session import PostgresSession
from entrepot.model.errors import CancelledError, UnavailableError
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk
from integration.postgres.reading import everything_of, forwarded, json_lines, read, rendered, snapshot
from servers.postgres import PostgresDatabase

pytestmark = pytest.mark.postgres

ROWS = 3000
NUMBERS = f"CREATE TABLE numbers AS SELECT i AS id, repeat('x', 200) AS text FROM generate_series(1, {ROWS}) AS i"
OURS = "application_name = 'entrepot' AND datname = current_database()"
CONNECTIONS = f"SELECT count(*) FROM pg_stat_activity WHERE {OURS}"
PATIENCE = 20.0


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freezing, "LARGE_PAGES", 1)
    monkeypatch.setattr(pages, "RANGE_PAGES", 2)


@pytest.fixture
def numbers(postgres_database: PostgresDatabase) -> PostgresDatabase:
    postgres_database.execute(NUMBERS)
    return postgres_database


def alone(database: PostgresDatabase, work: Path) -> dict[str, bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(freezing, "LARGE_PAGES", 1 << 40)
        with snapshot(database.url, work) as (session, catalog):
            return all_ways(session, everything_of(catalog.entity("numbers")))


def all_ways(session: PostgresSession, query: Query) -> dict[str, bytes]:
    templates = {"forwarded": forwarded(query), "rendered": rendered(query), "lines": json_lines(query)}
    return {name: read(session, query, template) for name, template in templates.items()}


@contextmanager
def begun(session: PostgresSession, query: Query) -> Iterator[Generator[Chunk]]:
    """A read that has given its first chunk."""
    chunks = cast("Generator[Chunk]", session.render(query, forwarded(query), 10))
    next(chunks)
    try:
        yield chunks
    finally:
        chunks.close()


def test_two_connections_give_the_bytes_of_one(numbers: PostgresDatabase, tmp_path: Path) -> None:
    numbers.execute("DELETE FROM numbers WHERE id % 7 = 0")
    numbers.execute("UPDATE numbers SET text = 'moved' WHERE id % 11 = 0")
    with snapshot(numbers.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        assert all_ways(session, query) == alone(numbers, tmp_path)
        assert numbers.value(CONNECTIONS) == 2
    assert numbers.value(CONNECTIONS) == 0


def test_both_see_the_moment_of_the_snapshot(numbers: PostgresDatabase, tmp_path: Path) -> None:
    with snapshot(numbers.url, tmp_path) as (session, catalog):
        numbers.execute("UPDATE numbers SET text = 'late'")
        numbers.execute("DELETE FROM numbers WHERE id % 2 = 0")
        numbers.execute("INSERT INTO numbers SELECT i, 'late' FROM generate_series(10001, 20000) AS i")
        query = everything_of(catalog.entity("numbers"))
        data = read(session, query, forwarded(query))
    assert b"late" not in data
    assert [int(line.split(b",")[0]) for line in data.splitlines()] == list(range(1, ROWS + 1))


def test_a_parent_of_inherited_tables_gives_its_own_rows_alone(numbers: PostgresDatabase, tmp_path: Path) -> None:
    numbers.execute("CREATE TABLE child () INHERITS (numbers)")
    numbers.execute("INSERT INTO child SELECT i, 'child' FROM generate_series(1, 1000) AS i")
    with snapshot(numbers.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        assert read(session, query, forwarded(query)).count(b"\n") == ROWS


def test_a_migration_that_waits_does_not_make_us_wait_for_it(numbers: PostgresDatabase, tmp_path: Path) -> None:
    with snapshot(numbers.url, tmp_path) as (session, catalog):
        waiting = threading.Thread(target=lambda: numbers.execute("ALTER TABLE numbers ADD COLUMN late int"))
        waiting.start()
        while not numbers.value("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            assert waiting.is_alive()
        query = everything_of(catalog.entity("numbers"))
        assert read(session, query, forwarded(query)).count(b"\n") == ROWS
        assert numbers.value(CONNECTIONS) == 1
    waiting.join(PATIENCE)
    assert not waiting.is_alive()


def test_without_a_second_connection_the_first_reads_alone(numbers: PostgresDatabase, tmp_path: Path) -> None:
    name = f"single_{numbers.name}"
    numbers.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'single' CONNECTION LIMIT 1")
    numbers.execute(f"GRANT SELECT ON numbers TO {name}")
    try:
        wanted = alone(numbers, tmp_path)
        url = f"postgresql://{name}:single@{numbers.url.rpartition('@')[2]}"
        with snapshot(url, tmp_path, "numbers") as (session, catalog):
            assert all_ways(session, everything_of(catalog.entity("numbers"))) == wanted
            assert numbers.value(CONNECTIONS) == 1
    finally:
        numbers.execute(f"DROP OWNED BY {name}")
        numbers.execute(f"DROP ROLE {name}")


def test_a_read_that_is_left_early_leaves_the_snapshot_usable(numbers: PostgresDatabase, tmp_path: Path) -> None:
    with snapshot(numbers.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        with begun(session, query):
            pass
        assert all_ways(session, query) == alone(numbers, tmp_path)
    assert numbers.value(CONNECTIONS) == 0


def test_a_cancelled_read_ends_on_both_connections(numbers: PostgresDatabase, tmp_path: Path) -> None:
    with snapshot(numbers.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        with begun(session, query) as chunks:
            session.cancel()
            with pytest.raises(CancelledError):
                list(chunks)
    assert numbers.value(CONNECTIONS) == 0


def test_a_lost_second_connection_is_an_error_and_no_short_table(numbers: PostgresDatabase, tmp_path: Path) -> None:
    numbers.execute("INSERT INTO numbers SELECT i, repeat('y', 2000) FROM generate_series(1, 20000) AS i")
    with snapshot(numbers.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        with begun(session, query) as chunks:
            second = session._companion._connection  # nothing outside says which of the two is which
            assert second is not None
            numbers.execute(f"SELECT pg_terminate_backend({second.info.backend_pid})")
            with pytest.raises(UnavailableError):
                list(chunks)
    assert numbers.value(CONNECTIONS) == 0
