"""Shares of a large table, read by sessions that stand elsewhere: together the bytes of one read, or an error."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from entrepot.databases.postgres import pages, shares
from entrepot.databases.postgres import snapshot as freezing
from entrepot.databases.postgres.engine import PostgresEngine
from entrepot.databases.postgres.session import PostgresSession
from entrepot.model.errors import CancelledError, ChangedError, EntrepotError
from entrepot.model.fabric import Share
from entrepot.model.predicates import IsNull
from entrepot.model.selection import Order, Query
from entrepot.model.templates import RowTemplate
from integration.postgres.reading import everything_of, forwarded, json_lines, read, rendered, snapshot
from servers.postgres import PostgresDatabase

pytestmark = pytest.mark.postgres
ROWS = 3000
NUMBERS = (
    f"CREATE TABLE numbers AS SELECT i AS id, repeat('x', 200) AS text FROM generate_series(1, {ROWS}) AS i",
    "DELETE FROM numbers WHERE id % 7 = 0",
    "UPDATE numbers SET text = 'moved' WHERE id % 11 = 0",
    "ANALYZE numbers",
)


@pytest.fixture
def numbers(postgres_database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> PostgresDatabase:
    monkeypatch.setattr(freezing, "LARGE_PAGES", 1)
    for module in (pages, shares):
        monkeypatch.setattr(module, "RANGE_PAGES", 2)
    postgres_database.execute(*NUMBERS)
    return postgres_database


@contextmanager
def shared(database: PostgresDatabase, work: Path) -> Iterator[tuple[PostgresSession, Query]]:
    with snapshot(database.url, work, "numbers") as (session, catalog):
        yield session, everything_of(catalog.entity("numbers"))


def elsewhere(database: PostgresDatabase, share: Share) -> bytes:
    with PostgresEngine(database.url).share(share.spec) as reading:
        return b"".join(chunk.data for chunk in reading.chunks())


def dealt(session: PostgresSession, query: Query, template: RowTemplate, rows: int = 500) -> Sequence[Share]:
    return session.shares(query, template, 100, rows)


def test_shares_read_anywhere_are_together_what_one_read_gives(numbers: PostgresDatabase, tmp_path: Path) -> None:
    with shared(numbers, tmp_path) as (session, query):
        for template in (forwarded(query), rendered(query), json_lines(query)):
            wanted = read(session, query, template)
            found = dealt(session, query, template)
            assert 4 <= len(found) <= 8
            assert b"".join(elsewhere(numbers, share) for share in found) == wanted
            assert b"".join(chunk.data for share in found for chunk in share.read()) == wanted


def test_all_see_the_moment_of_the_snapshot(numbers: PostgresDatabase, tmp_path: Path) -> None:
    with shared(numbers, tmp_path) as (session, query):
        wanted = read(session, query, forwarded(query))
        numbers.execute("DELETE FROM numbers WHERE id % 2 = 0", "INSERT INTO numbers SELECT 9999, 'late'")
        assert b"".join(elsewhere(numbers, share) for share in dealt(session, query, forwarded(query))) == wanted


def test_what_cannot_be_shared_is_not(numbers: PostgresDatabase, tmp_path: Path) -> None:
    numbers.execute("CREATE TABLE uncounted AS SELECT * FROM numbers")
    with snapshot(numbers.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        uncounted = everything_of(catalog.entity("uncounted"))
        some = Query(entity=query.entity, columns=query.columns, where=IsNull("text"))
        by_key = Query(entity=query.entity, columns=query.columns, order=Order.KEY)
        for each in (uncounted, some, by_key):
            assert dealt(session, each, forwarded(each)) == ()


def test_without_the_session_that_shares_it_nothing_is_read(numbers: PostgresDatabase, tmp_path: Path) -> None:
    with shared(numbers, tmp_path) as (session, query):
        (share, *_) = dealt(session, query, forwarded(query))
    with pytest.raises(EntrepotError):
        elsewhere(numbers, share)


def test_another_user_or_server_is_refused(numbers: PostgresDatabase, tmp_path: Path) -> None:
    """Their snapshots may have the same name, and what one user sees another may not."""
    with shared(numbers, tmp_path) as (session, query):
        (share, *_) = dealt(session, query, forwarded(query))
        name = f"other_{numbers.name}"
        numbers.execute(f"CREATE ROLE {name} LOGIN SUPERUSER PASSWORD 'other'")
        try:
            url = f"postgresql://{name}:other@{numbers.url.rpartition('@')[2]}"
            with pytest.raises(ChangedError, match="as another user") as caught, PostgresEngine(url).share(share.spec):
                pass
            assert caught.value.code == "other_database"
        finally:
            numbers.execute(f"DROP ROLE {name}")


def test_a_migration_that_waits_is_not_waited_for(numbers: PostgresDatabase, tmp_path: Path) -> None:
    """It waits for the session that shares the table, which would wait for us."""
    with shared(numbers, tmp_path) as (session, query):
        (share, *_) = dealt(session, query, forwarded(query))
        waiting = threading.Thread(target=lambda: numbers.execute("ALTER TABLE numbers ADD COLUMN late int"))
        waiting.start()
        while not numbers.value("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            assert waiting.is_alive()
        with pytest.raises(EntrepotError) as caught:
            elsewhere(numbers, share)
        assert caught.value.code == "locked"
    waiting.join(20)


def test_a_share_can_be_stopped(numbers: PostgresDatabase, tmp_path: Path) -> None:
    with shared(numbers, tmp_path) as (session, query):
        (share, *_) = dealt(session, query, forwarded(query))
        with PostgresEngine(numbers.url).share(share.spec) as reading:
            chunks = reading.chunks()
            next(chunks)
            reading.cancel()
            with pytest.raises(CancelledError):
                list(chunks)
