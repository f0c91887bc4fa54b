"""Rows on their way in: first as texts into a temporary table, in portions, then by the server itself to where they go.

LOAD DATA does its best with what does not fit (cuts, zeros, skips), even in strict mode; texts fit always, and the
statement that takes them from here fails where a value does not. Measured: no slower than LOAD DATA into the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from entrepot.databases.mysql.constants import statements
from entrepot.databases.mysql.failures import broken_rows, number_of, sentence_of
from entrepot.databases.mysql.local_load import FORMAT, Loaded, load_rows
from entrepot.databases.mysql.names import quote
from entrepot.databases.mysql.running import Running

if TYPE_CHECKING:
    from entrepot.databases.mysql.connect import Connection

STAGE = "entrepot_stage"
PORTION = 1 << 24
"""Bytes between two statements: how much of a temporary file the server needs, how long it holds its counter, and how
long it takes to notice that somebody asked to stop."""
UTC = "UTC"
MISSHAPEN = frozenset({1136, 1300, 1366})
"""Not as many values as fields, or no UTF-8."""
NUMBER = "n"
"""The field of a staged row's number, from 1."""


@dataclass(frozen=True, kw_only=True)
class Abilities:
    """What the server lets us do."""

    loads: bool
    """`local_infile` is on."""
    packet: int
    returns: bool
    """INSERT … RETURNING: MariaDB from 10.5."""
    zone: str | None
    """What the application's `now()` goes by, as far as the server knows; None: UTC, as for us."""
    scratch: str
    """The engine of temporary tables: Aria's and its indexes go with the table, InnoDB's make a file grow for good."""


def abilities(connection: Connection, product: str, numbers: tuple[int, int]) -> Abilities:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT @@GLOBAL.local_infile, @@SESSION.max_allowed_packet, @@GLOBAL.time_zone, @@system_time_zone"
        )
        row = cursor.fetchone() or (0, 0, UTC, UTC)
    is_mariadb = product == "MariaDB"
    return Abilities(
        loads=bool(int(row[0])),
        packet=int(row[1]) - 64,
        returns=is_mariadb and numbers >= (10, 5),
        zone=None if UTC in (row[2], row[3] if row[2] == "SYSTEM" else "") else str(row[2]),
        scratch="Aria TRANSACTIONAL=0" if is_mariadb else "InnoDB",
    )


class Staging:
    """One temporary table, made anew for every portion: TRUNCATE would commit."""

    def __init__(self, running: Running, abilities: Abilities) -> None:
        self._running = running
        self.abilities = abilities

    def portions(self, width: int, rows: Iterable[bytes]) -> Iterator[int]:
        """Fill the stage with the next rows; how many. Their texts are v0, v1, …"""
        blocks = iter(rows)
        for first in blocks:
            if first:
                self._renew(width)
                yield self._fill(width, chain([first], _rest(first, blocks)))

    def counted(self, width: int, rows: Iterable[bytes]) -> Iterator[tuple[int, int]]:
        """How many rows came before, and how many are on the stage now."""
        before = 0
        for staged in self.portions(width, rows):
            yield before, staged
            before += staged
        self.drop()

    def drop(self) -> None:
        self._running.execute(f"DROP TEMPORARY TABLE IF EXISTS {quote(STAGE)}")

    def _renew(self, width: int) -> None:
        self._running.check_stopped()
        columns = ", ".join(f"{text} LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" for text in texts(width))
        number = f"{NUMBER} BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY"
        self.drop()
        self._running.execute(
            f"CREATE TEMPORARY TABLE {quote(STAGE)} ({number}, {columns}) ENGINE={self.abilities.scratch}"
        )

    def _fill(self, width: int, blocks: Iterable[bytes]) -> int:
        names = ", ".join(texts(width))
        if not self.abilities.loads:
            opening = f"INSERT INTO {quote(STAGE)} ({names}) VALUES ".encode()
            return self._insert(statements(opening, blocks, self.abilities.packet))
        statement = f"LOAD DATA LOCAL INFILE 'rows' INTO TABLE {quote(STAGE)} {FORMAT} ({names})"
        loaded = load_rows(self._running.connection, statement, self._until_stopped(blocks))
        if loaded.warnings:
            raise broken_rows(self.first_warning())
        return loaded.rows

    def loaded(self, statement: str, rows: Iterable[bytes]) -> Iterator[Loaded]:
        """Run a LOAD DATA LOCAL for each portion, with nothing in between."""
        blocks = iter(rows)
        for first in filter(None, blocks):
            portion = self._until_stopped(chain([first], _rest(first, blocks)))
            yield load_rows(self._running.connection, statement, portion)

    def _insert(self, statements: Iterable[bytes]) -> int:
        import pymysql

        count = 0
        for statement in statements:
            self._running.check_stopped()
            try:
                count += self._running.execute(statement)
            except pymysql.Error as error:
                if number_of(error) in MISSHAPEN:
                    raise broken_rows(sentence_of(error)) from error
                raise
        return count

    def _until_stopped(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._running.check_stopped()
            yield block

    def first_warning(self) -> str:
        warnings = self._running.connection.show_warnings()
        return str(warnings[0][2]) if warnings else "no reason given"


def texts(width: int) -> list[str]:
    return [f"v{number}" for number in range(width)]


def _rest(first: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """What else belongs to a portion."""
    size = len(first)
    while size < PORTION:
        block = next(blocks, None)
        if block is None:
            return
        size += len(block)
        yield block
