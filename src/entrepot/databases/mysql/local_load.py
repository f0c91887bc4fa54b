"""LOAD DATA LOCAL without files: the server is answered with the rows of the load that we began, and with nothing else.

A hostile server may answer any statement with «send me your file X» (the protocol allows it). The driver refuses that
everywhere, because it is never told that files may be sent; only `load_rows` answers, it knows no path, and it does not
look at the name that was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from entrepot.databases.mysql.connect import hang_up
from entrepot.databases.mysql.failures import broken_stream

if TYPE_CHECKING:
    from entrepot.databases.mysql.connect import Connection

QUERY = 3
PIECE = 1 << 18
FORMAT = """CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' ESCAPED BY ''
LINES TERMINATED BY '\n'"""
"""Under `sql_mode = NO_BACKSLASH_ESCAPES`. Without an escape character, NULL is the bare word and "NULL" a text."""
NULL_WORD = "NULL"


@dataclass(frozen=True, kw_only=True)
class Loaded:
    rows: int
    warnings: int


class _Packet(Protocol):
    def is_load_local_packet(self) -> bool: ...


class _Result(Protocol):
    affected_rows: int
    warning_count: int

    def _read_ok_packet(self, packet: _Packet) -> None: ...


class _Inside(Protocol):
    """What the driver keeps to itself and this module needs."""

    def _execute_command(self, command: int, sql: str) -> None: ...
    def _read_packet(self) -> _Packet: ...
    def write_packet(self, payload: bytes) -> None: ...


def load_rows(connection: Connection, statement: str, blocks: Iterable[bytes]) -> Loaded:
    """Run `statement`, which is a LOAD DATA LOCAL of ours. If `blocks` breaks off, so does the connection: the server
    must not take a part for the whole."""
    inside = cast("_Inside", connection)
    inside._execute_command(QUERY, statement)
    if not inside._read_packet().is_load_local_packet():
        hang_up(connection)
        raise broken_stream("the server did not ask for the rows that it was told to load")
    try:
        for block in blocks:
            for start in range(0, len(block), PIECE):
                inside.write_packet(block[start : start + PIECE])
    except BaseException:
        hang_up(connection)
        raise
    inside.write_packet(b"")
    return _answer(connection, inside)


def _answer(connection: Connection, inside: _Inside) -> Loaded:
    from pymysql.connections import MySQLResult

    result = cast("_Result", MySQLResult(connection))
    result._read_ok_packet(inside._read_packet())
    return Loaded(rows=result.affected_rows, warnings=result.warning_count)
