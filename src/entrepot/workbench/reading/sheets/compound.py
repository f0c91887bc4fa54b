"""The streams of a compound file, in which `xls` keeps what it has."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER, ENTRY, SMALL, LISTED = 512, 128, 64, 109
LAST = 0xFFFFFFFA
"""From here on, a number of a sector means something else."""
STREAM, ROOT = 2, 5


@dataclass(frozen=True)
class Compound:
    data: bytes

    def stream(self, *names: str) -> bytes | None:
        """The first that there is, whatever case its name is in."""
        known = {name.casefold(): (start, size) for name, kind, start, size in self._entries() if kind == STREAM}
        found = next((known[name] for name in names if name in known), None)
        return None if found is None else self._bytes(*found)

    def _bytes(self, start: int, size: int) -> bytes:
        if size >= self._number(56):
            return b"".join(map(self._sector, chain(start, self._table)))[:size]
        pieces = (self._small[at * SMALL : (at + 1) * SMALL] for at in chain(start, self._small_table))
        return b"".join(pieces)[:size]

    def _entries(self) -> Iterator[tuple[str, int, int, int]]:
        folder = b"".join(map(self._sector, chain(self._number(48), self._table)))
        for at in range(0, len(folder) - ENTRY + 1, ENTRY):
            length, kind = struct.unpack_from("<HB", folder, at + 64)
            start, size = struct.unpack_from("<II", folder, at + 116)
            name = folder[at : at + max(0, length - 2)].decode("utf-16-le", "replace")
            yield name.casefold(), kind, start, size

    @cached_property
    def _table(self) -> tuple[int, ...]:
        """Which sector goes on in which."""
        sectors = [at for at in struct.unpack_from(f"<{LISTED}I", self.data, 76) if at < LAST]
        following, seen = self._number(68), 0
        while following < LAST and seen <= len(self.data) // self._size:
            *more, following = self._numbers(self._sector(following))
            sectors += [at for at in more if at < LAST]
            seen += 1
        return tuple(number for at in sectors for number in self._numbers(self._sector(at)))

    @cached_property
    def _small_table(self) -> tuple[int, ...]:
        return tuple(n for at in chain(self._number(60), self._table) for n in self._numbers(self._sector(at)))

    @cached_property
    def _small(self) -> bytes:
        """What is too small for sectors of its own."""
        start = next(start for _, kind, start, _ in self._entries() if kind == ROOT)
        return b"".join(map(self._sector, chain(start, self._table)))

    @property
    def _size(self) -> int:
        return int(1 << struct.unpack_from("<H", self.data, 30)[0])

    def _sector(self, at: int) -> bytes:
        start = max(HEADER, self._size) + at * self._size
        return self.data[start : start + self._size]

    def _number(self, at: int) -> int:
        return int(struct.unpack_from("<I", self.data, at)[0])

    def _numbers(self, sector: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])


def chain(start: int, table: tuple[int, ...]) -> Iterator[int]:
    """A circle ends where there are no more sectors."""
    at = start
    for _ in range(len(table)):
        if at >= LAST:
            return
        yield at
        at = table[at]
