"""Rows taken from the socket itself are those that libpq would hand out, however the server cuts and disturbs them."""

from __future__ import annotations

import socket
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import SupportsIndex

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGconn

from entrepot.databases.postgres.connect import connect
from entrepot.databases.postgres.stream import copy_lines, copy_rendered
from entrepot.databases.postgres.wire import PIECE, Buffer, Wire, wire_of
from servers.postgres import PostgresDatabase

pytestmark = pytest.mark.postgres

SIZES = (0, 1, 250, 251, 252, 508, 8192, 8187, 65_535, 65_536, PIECE - 5, PIECE, PIECE + 1, 3 * PIECE, 1 << 23)
"""Around what lengths are written with, what the server sends at once, and what is looked at together."""
LOUD = """
CREATE FUNCTION loud(number int) RETURNS int LANGUAGE plpgsql AS
$$ BEGIN RAISE NOTICE '% %', number, repeat('so loud ', number % 300); RETURN number; END $$
"""


@pytest.fixture(params=["tcp", "unix"])
def connection(postgres_database: PostgresDatabase, request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    url = postgres_database.url
    if request.param == "unix":
        with psycopg.connect(url) as asked:
            row = asked.execute("SELECT current_setting('unix_socket_directories')").fetchone()
        url += f"?host={row[0] if row else ''}"
    with closing(connect(url)[0]) as opened:
        yield opened


def lines(connection: psycopg.Connection, select: str, rows_per_chunk: int = 100) -> bytes:
    return b"".join(chunk.data for chunk in copy_lines(connection, f"COPY ({select}) TO STDOUT", rows_per_chunk))


def by_libpq(connection: psycopg.Connection, select: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({select}) TO STDOUT".encode()) as copy:
        return b"".join(bytes(block) for block in copy)


def idle(connection: psycopg.Connection) -> bool:
    found = connection.execute("SELECT 1").fetchone()
    return found == (1,) and connection.info.transaction_status is TransactionStatus.IDLE


def test_rows_of_every_length_come_whole(connection: psycopg.Connection) -> None:
    sizes = ", ".join(f"({size})" for size in (*SIZES, *reversed(SIZES), *SIZES))
    select = f"SELECT repeat('d', v.size) FROM (VALUES {sizes}) AS v (size)"
    assert lines(connection, select) == by_libpq(connection, select)
    rendered = copy_rendered(connection, f"COPY ({select} WHERE size > 0) TO STDOUT BINARY", 7)
    assert b"".join(chunk.data for chunk in rendered) == b"d" * (sum(SIZES) * 3)
    assert idle(connection)


def test_many_short_rows_come_whole(connection: psycopg.Connection) -> None:
    select = "SELECT repeat('d', i % 7), i FROM generate_series(1, 100000) AS i"
    assert lines(connection, select, 1000) == by_libpq(connection, select)
    assert idle(connection)


def test_what_the_server_says_besides_is_no_row(connection: psycopg.Connection) -> None:
    connection.execute(LOUD)
    found = lines(connection, "SELECT loud(i) FROM generate_series(1, 3000) AS i")
    assert found == b"".join(b"%d\n" % number for number in range(1, 3001))
    assert idle(connection)


def test_an_error_behind_rows_is_an_error_and_the_connection_lives(connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        lines(connection, "SELECT 1 / (5000 - i) FROM generate_series(1, 6000) AS i")
    with pytest.raises(psycopg.errors.UndefinedTable):
        lines(connection, "SELECT * FROM nowhere")
    assert idle(connection)


def test_a_read_that_is_left_in_a_long_row_leaves_the_connection_in_order(connection: psycopg.Connection) -> None:
    copy = "COPY (SELECT repeat('d', 5000000) FROM generate_series(1, 50)) TO STDOUT"
    chunks = copy_lines(connection, copy, 1)
    assert next(chunks).rows == 1
    assert isinstance(chunks, Generator)
    chunks.close()
    assert idle(connection)


def test_who_is_interrupted_in_a_long_row_hears_that_and_nothing_else(
    connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its text would be taken for messages, and these for longer than what comes."""

    def interrupted(wire: Wire, size: int) -> bytearray:
        raise KeyboardInterrupt

    monkeypatch.setattr(Wire, "_exactly", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lines(connection, "SELECT repeat('d', 5000000) FROM generate_series(1, 50)")
    assert connection.closed


def test_who_is_interrupted_between_rows_hears_that_and_the_connection_lives(
    connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although rows were lost on their way, which is told only where nothing else is the matter."""
    take = Wire.take

    def interrupted(wire: Wire, wanted: int, most: int) -> list[Buffer]:
        monkeypatch.setattr(Wire, "take", take)
        take(wire, wanted, most)
        raise KeyboardInterrupt

    monkeypatch.setattr(Wire, "take", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lines(connection, "SELECT 1 FROM generate_series(1, 2000)")
    assert idle(connection)


class Counted(list[Buffer]):
    """How many rows were looked at or moved, to take others."""

    moved = 0

    def __iter__(self) -> Iterator[Buffer]:
        self.moved += len(self)
        return super().__iter__()

    def __delitem__(self, which: SupportsIndex | slice) -> None:
        self.moved += len(self)
        super().__delitem__(which)


def test_few_rows_at_a_time_cost_no_look_at_all_that_came() -> None:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        theirs.sendall(b"d\0\0\0\x05x" * 10_000 + b"Z\0\0\0\5I")
        wire = Wire(ours)
        rows = Counted()
        wire._rows = rows
        while wire.take(10, 1 << 20):
            pass
        assert wire.over
        assert rows.moved < 20_000


def test_few_long_rows_are_together(connection: psycopg.Connection) -> None:
    chunks = copy_lines(connection, "COPY (SELECT repeat('d', 5000000) FROM generate_series(1, 7)) TO STDOUT", 1000)
    assert [chunk.rows for chunk in chunks] == [2, 2, 2, 1]


def test_nothing_is_no_row(connection: psycopg.Connection) -> None:
    assert lines(connection, "SELECT 1 WHERE false") == b""
    assert list(copy_rendered(connection, "COPY (SELECT 'x' WHERE false) TO STDOUT BINARY", 10)) == []
    assert idle(connection)


@dataclass
class Asked:
    """A connection, as far as is asked whether it is encrypted."""

    pgconn: PGconn
    ssl_in_use: bool

    @property
    def socket(self) -> int:
        return self.pgconn.socket


@pytest.mark.parametrize("encrypted", [False, True])
def test_what_is_encrypted_is_read_by_libpq(connection: psycopg.Connection, *, encrypted: bool) -> None:
    connection.pgconn.send_query(b"COPY (SELECT 1) TO STDOUT")
    with wire_of(Asked(connection.pgconn, encrypted)) as wire:  # type: ignore[arg-type]
        assert (wire is None) == encrypted


def test_an_answer_that_is_no_copy_is_read_by_libpq(connection: psycopg.Connection) -> None:
    connection.pgconn.send_query(b"SELECT 1")
    with wire_of(connection.pgconn) as wire:
        assert wire is None
