"""Rows of a running query as the server packed them, many per read.

The driver spends 1.6 seconds of a million rows on unpacking what the server has finished already. Here whole blocks
are read from its socket and cut at the packet borders: 0.3 seconds. The framing is the protocol's:
three bytes of length, one of sequence, then the row; a short packet that begins with FE ends the rows, FF is an
error. Nothing else than an end packet ends the rows: a connection that breaks off is an error.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from io import BufferedReader
from typing import TYPE_CHECKING, Protocol, cast

from entrepot.databases.mysql.failures import broken_stream, row_too_large

if TYPE_CHECKING:
    from entrepot.databases.mysql.connect import Connection

BLOCK, MOST = 1 << 18, 1 << 23
HEADER = struct.Struct("<I").unpack_from
LONGEST = 0xFFFFFF
"""A packet of this length goes on in the next one."""
END, ERROR = 0xFE, 0xFF
END_LENGTH = 9
"""An end packet is shorter; a row that begins with FE (a text of 16 MB and more) is longer."""
LOST = 2013
NULL = 0xFB
PREFIXES = {**dict.fromkeys(range(NULL), 1), 0xFC: 3, 0xFD: 4, 0xFE: 9}
"""First byte of a text → how many bytes tell its length. NULL is none of them."""


class _Result(Protocol):
    unbuffered_active: bool


class _Inside(Protocol):
    """What the driver keeps to itself and this module needs; nothing else of ours touches it."""

    _result: _Result
    _rfile: BufferedReader
    _next_seq_id: int


class RowPackets:
    """The rows of one statement."""

    def __init__(self, connection: Connection, statement: str) -> None:
        self._connection = connection
        self._buffer, self._position = b"", 0
        self.ended = True
        connection.query(statement, unbuffered=True)
        inside = cast("_Inside", connection)
        inside._result.unbuffered_active = False  # or the driver would read the rows itself before the next statement
        self.ended = False
        self.warnings = 0
        self._file = inside._rfile
        self._sequence = inside._next_seq_id

    def take(self, wanted: int) -> list[bytes]:
        """The next rows, at most `wanted` and not much more than 8 MB; none only at the end."""
        rows: list[bytes] = []
        self._cut(rows, wanted)
        size = 0
        while len(rows) < wanted and size < MOST and not self.ended:
            size += self._fill(rows)
            self._cut(rows, wanted)
        return rows

    def drain(self) -> None:
        """Read to the end and forget."""
        while not self.ended:
            self.take(10_000)

    def _cut(self, rows: list[bytes], wanted: int) -> None:
        """All complete packets of the buffer."""
        buffer, position, sequence, size = self._buffer, self._position, self._sequence, len(self._buffer)
        while len(rows) < wanted and position + 4 <= size:
            word = HEADER(buffer, position)[0]
            start = position + 4
            stop = start + (word & LONGEST)
            if stop > size or word & LONGEST == LONGEST:
                break
            if word >> 24 != sequence:
                raise self._out_of_step(word >> 24)
            sequence = (sequence + 1) & 0xFF
            position = stop
            if buffer[start] >= END and self._is_last(buffer[start:stop]):
                break
            rows.append(buffer[start:stop])
        self._position, self._sequence = position, sequence

    def _fill(self, rows: list[bytes]) -> int:
        """More bytes, how many, behind what is left over; a packet longer than a block is read as a whole."""
        rest = self._buffer[self._position :]
        needed = 4 if len(rest) < 4 else 4 + (HEADER(rest, 0)[0] & LONGEST)
        if needed - 4 == LONGEST:
            rows.append(self._long_row(rest))
            return len(rows[-1])
        missing = needed - len(rest)
        data = self._read(missing) if missing > BLOCK else self._file.read1(BLOCK)
        if not data:
            raise self._lost()
        self._buffer, self._position = rest + data, 0
        return len(data)

    def _long_row(self, rest: bytes) -> bytes:
        """A row of 16 MB and more comes in several packets."""
        parts: list[bytes] = []
        length = LONGEST
        while length == LONGEST:
            header, rest = self._exactly(4, rest)
            word = HEADER(header, 0)[0]
            if word >> 24 != self._sequence:
                raise self._out_of_step(word >> 24)
            self._sequence = (self._sequence + 1) & 0xFF
            length = word & LONGEST
            part, rest = self._exactly(length, rest)
            parts.append(part)
        self._buffer, self._position = rest, 0
        return b"".join(parts)

    def _exactly(self, size: int, rest: bytes) -> tuple[bytes, bytes]:
        if len(rest) < size:
            rest += self._read(size - len(rest))
        return rest[:size], rest[size:]

    def _read(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise self._lost()
        return data

    def _is_last(self, packet: bytes) -> bool:
        if packet[0] == ERROR:
            self.ended = True
            from pymysql.err import raise_mysql_exception

            raise_mysql_exception(packet)
        self.ended = len(packet) < END_LENGTH
        if self.ended:
            self.warnings = int.from_bytes(packet[1:3], "little")
        return self.ended

    def _lost(self) -> Exception:
        from pymysql import OperationalError

        self.ended = True
        return OperationalError(LOST, "it broke off in the middle of the rows")

    def _out_of_step(self, number: int) -> Exception:
        """A server that shuts down says so with number 0."""
        if number == 0:
            return self._lost()
        self.ended = True
        return broken_stream(f"packet {number} came instead of {self._sequence}")


def texts(packet: bytes) -> Iterator[str | None]:
    """The columns of a row."""
    position = 0
    while position < len(packet):
        first = packet[position]
        start = position + (1 if first == NULL else PREFIXES[first])
        size = first if first < NULL else int.from_bytes(packet[position + 1 : start], "little")
        position = start + size
        yield None if first == NULL else packet[start:position].decode()


def only_texts(packets: Sequence[bytes]) -> bytes:
    """Rows of one text column, one behind the other."""
    try:
        return b"".join([packet[PREFIXES[packet[0]] :] for packet in packets])
    except KeyError:
        raise row_too_large() from None
