"""The rows of a COPY, taken from the socket itself in large pieces.

libpq hands out one message at a time, and a million of them cost more than all else that is done with their rows. So
we look at what has come, take whole messages with rows, and leave what is not ours in the socket: how a COPY ends, well
or badly, libpq reads as ever. (Rows that it sees none of are none that it misses: it skips those of a COPY that nobody
asks it about.) What is encrypted is no business of ours, and neither is what does not begin as a COPY does.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from os import dup
from struct import Struct
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn

Buffer = bytes | bytearray | memoryview
Received = TypeVar("Received")

HEAD = Struct("!BI")
"""Of each message: its kind, and its length without the kind."""
BEGIN = ord("H")
ROW = ord("d")
ASIDE = frozenset(b"NSA")
"""Notices, settings and notifications come whenever the server likes; nobody here listens to them."""
OURS = ASIDE | {ROW}
PIECE = 256 << 10
"""Looked at together, and small enough to stay in the processor's cache until it is put together again."""
FEW = 32 << 10
MOMENT = 0.0002
"""A server that is slower than we are sends 8 kB at a time: looking at each would cost as much as libpq does."""


class GoneError(Exception):
    """The server is not there any more; libpq finds words for that."""


class Wire:
    """Of a COPY that has begun; what is taken is kept until it is asked for."""

    def __init__(self, plain: socket.socket) -> None:
        self._socket = plain
        self._waiting = select.poll()
        self._waiting.register(plain, select.POLLIN)
        self._scratch = bytearray(PIECE)
        self._rows: list[Buffer] = []
        self._at = 0
        """The first row that nobody has taken; those before it go when more come."""
        self.over = False
        """Whether libpq has the word."""
        self.torn = False
        """Whether somebody stopped us between what is kept and what is out of the socket: nobody knows where the next
        message begins."""

    def take(self, wanted: int, most: int) -> list[Buffer]:
        """So many rows or fewer, and no more bytes than that by much; none only at the end."""
        if len(self._rows) - self._at < wanted:
            self._more(wanted, most)
        taken = self._rows[self._at : self._at + wanted]
        self._at += len(taken)
        return taken

    def _more(self, wanted: int, most: int) -> None:
        del self._rows[: self._at]
        self._at = 0
        size = sum(map(len, self._rows))
        while not self.over and (not self._rows or (len(self._rows) < wanted and size < most)):
            size += self._fill()

    def _fill(self) -> int:
        """How many bytes it was."""
        try:
            piece = self._look()
            self.torn = True
            known = self._cut(piece)
            ours = known == len(piece) or piece[known] in OURS
            self._drop(len(piece) if ours else known)
            more = self._complete(piece[known:]) if known < len(piece) and ours else 0
            self.over, self.torn = not ours, False
        except (GoneError, OSError):
            self.over = True
            return 0
        return known + more

    def _look(self) -> bytes:
        """What has come by now, which stays where it is."""
        look = partial(self._socket.recv, PIECE, socket.MSG_PEEK)
        piece = self._waited(look)
        if len(piece) < FEW and not is_answered(piece):
            time.sleep(MOMENT)
            piece = look()
        if not piece:
            raise GoneError
        return piece

    def _cut(self, piece: bytes) -> int:
        """Keeps the rows of all whole messages; where what is left begins."""
        at, size = 0, len(piece)
        head, keep = HEAD.unpack_from, self._rows.append
        while at + HEAD.size <= size:
            kind, length = head(piece, at)
            behind = at + 1 + length
            if behind > size:
                break
            if kind == ROW:
                keep(piece[at + 5 : behind])
            elif kind not in ASIDE:
                break
            at = behind
        return at

    def _complete(self, begun: bytes) -> int:
        """A message that was cut in the middle; a row may be as long as a gigabyte."""
        head = begun + self._exactly(max(0, HEAD.size - len(begun)))
        kind, length = HEAD.unpack_from(head)
        rest = self._exactly(1 + length - len(head))
        if kind == ROW:
            self._rows.append(b"".join((memoryview(head)[HEAD.size :], rest)))
        return len(head) + len(rest)

    def _exactly(self, size: int) -> bytearray:
        found = bytearray(size)
        room = memoryview(found)
        while room:
            got = self._waited(partial(self._socket.recv_into, room))
            if not got:
                raise GoneError
            room = room[got:]
        return found

    def _waited(self, receive: Callable[[], Received]) -> Received:
        while True:
            self._waiting.poll()
            with suppress(BlockingIOError):  # a socket may seem ready, and is not
                return receive()

    def _drop(self, size: int) -> None:
        """Out of the socket with what was looked at. (Linux need not even copy it, if it is TCP.)"""
        while size:
            size -= self._socket.recv_into(self._scratch, size, socket.MSG_TRUNC)


def is_answered(piece: bytes) -> bool:
    """Whether nothing more will come: the last message of an answer is that the server is ready."""
    return piece[-6:-1] == b"Z\0\0\0\5"


@contextmanager
def wire_of(pgconn: PGconn) -> Iterator[Wire | None]:
    """After a query was sent; None: libpq has to read its answer. The socket stays libpq's, open and as it is."""
    if pgconn.ssl_in_use:
        yield None
        return
    with closing(socket.socket(fileno=dup(pgconn.socket))) as plain:
        yield Wire(plain) if _begun(plain) else None


def _begun(plain: socket.socket) -> bool:
    """Whether the answer is that rows will come. That is taken; anything else is left."""
    waiting = select.poll()
    waiting.register(plain, select.POLLIN)
    waiting.poll()
    try:
        said = plain.recv(PIECE, socket.MSG_PEEK)
        kind, length = HEAD.unpack_from(said) if len(said) > HEAD.size + 2 else (0, 0)
        columns = int.from_bytes(said[6:8], "big")
        good = kind == BEGIN and length == 7 + 2 * columns < len(said) and said[5] in (0, 1)
        return good and len(plain.recv(1 + length)) == 1 + length
    except OSError:
        return False
