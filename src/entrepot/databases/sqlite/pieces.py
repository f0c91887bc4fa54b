"""The values of a column as the pieces of rows: one way to have them, and how rows are put together of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

NUL = "\0"
SEPARATOR = "\x1f"
"""Between values. One inside a value is noticed: there are more pieces than rows."""
ABSENT = "\x1e"
"""In the place of a NULL, while the others get their brackets."""
STRANGE = "\x1d"
"""What a way writes instead of a value that it is not made for."""
BETWEEN = SEPARATOR.encode()

Piece = bytes | list[bytes]
"""What stands in every row, or what stands in each."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to make the text of a column, and what must be true of the values for it to be right."""

    sql: str
    """Never NULL; `STRANGE` for values that it is not made for."""
    before: str = ""
    after: str = ""
    """Around every value."""
    replace: Sequence[tuple[str, str]] = ()
    without: Sequence[str] = ()
    """What no value may contain."""
    longest: int | None = None
    """Most bytes of a value."""
    null: str | None = None
    """What an empty text stands for, where it is not itself and gets no brackets."""
    filled: bool = False
    """Whether no value may be empty."""

    def pieces(self, values: bytes, rows: int, *, inside: bool) -> list[Piece] | None:
        """The column's part of every row; None where this way is not made for these values. `inside`: with the
        brackets in every value, even if they stand around all."""
        if any(text.encode() in values for text in (NUL, *self.without)) or not is_utf8(values):
            return None
        for old, new in self.replace:
            values = values.replace(old.encode(), new.encode())
        pieces = values.split(BETWEEN)
        if len(pieces) != rows or (self.longest is not None and max(map(len, pieces)) > self.longest):
            return None
        if (self.filled or self.null is not None) and b"" in pieces:
            return None if self.filled else [self._bracketed(with_marks(values)).split(BETWEEN)]
        if inside and (self.before or self.after):
            return [self._bracketed(values).split(BETWEEN)]
        return [self.before.encode(), pieces, self.after.encode()]

    def _bracketed(self, values: bytes) -> bytes:
        """Brackets around all but the marks, which `without` has seen to that no value holds."""
        values = values.replace(BETWEEN, (self.after + SEPARATOR + self.before).encode())
        values = b"".join((self.before.encode(), values, self.after.encode()))
        if self.null is None:
            return values
        return values.replace((self.before + ABSENT + self.after).encode(), self.null.encode())


def rows_of(parts: Sequence[Piece]) -> bytes:
    """Values that are all parted by the same, as in CSV, are joined row by row, which is quickest."""
    values = [part for part in parts[::2] if not isinstance(part, bytes)]
    marks = [part for part in parts[1::2] if isinstance(part, bytes)]
    if len(parts) == 2 * len(values) == 2 * len(marks) and len(set(marks[:-1])) == 1:
        return marks[-1].join([*map(marks[0].join, zip(*values, strict=True)), b""])
    return b"".join(chain.from_iterable(zip(*map(every_row, parts), strict=False)))


def with_marks(values: bytes) -> bytes:
    """A mark in the place of every empty value."""
    empty, marked = BETWEEN * 2, (SEPARATOR + ABSENT + SEPARATOR).encode()
    return (BETWEEN + values + BETWEEN).replace(empty, marked).replace(empty, marked)[1:-1]


def merged(parts: Iterable[Piece]) -> list[Piece]:
    """Neighbours that are the same in every row as one; without what is empty in every row."""
    result: list[Piece] = []
    for part in filter(None, parts):
        before = result[-1] if result else None
        if isinstance(part, bytes) and isinstance(before, bytes):
            result[-1] = before + part
        else:
            result.append(part)
    return result


def every_row(part: Piece) -> Iterable[bytes]:
    return repeat(part) if isinstance(part, bytes) else part


def literal(text: str) -> str:
    """As it is, control characters included: what SQL has to make of other words, it copies for every row."""
    return f"'{text}'"


def is_utf8(values: bytes) -> bool:
    if values.isascii():
        return True
    try:
        values.decode()
    except UnicodeDecodeError:
        return False
    return True
