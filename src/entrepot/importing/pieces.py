"""The bytes of a stretch, a megabyte at a time: whoever loads them keeps two or three of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

PIECE = 1 << 20
QUOTE, END = b'"', b"\n"
LINES = 1000
"""Among so many there is the end of a row in nearly all files; a piece that does not end is a longer one."""


def pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The next `size` bytes of a plain file, which are whole rows; so is each piece. Only the end of a file may lack
    the end of its line."""
    begun = b""
    while size > 0 and (block := file.read(min(PIECE, size))):
        size -= len(block)
        whole = begun + block
        cut = rows_end(whole) if size else len(whole)
        begun = whole[cut:]
        if cut:
            yield whole[:cut] if size or whole.endswith(END) else whole + END


def rows_end(block: bytes, quote: bytes = QUOTE) -> int:
    """Behind the last row that ends in the block, which begins with one; 0 if none does nearby.

    >>> rows_end(b'1,"a\\nb"\\n2,"c\\n')
    8
    """
    quotes, end = block.count(quote), len(block)
    for _ in range(LINES):
        at = block.rfind(END, 0, end)
        quotes -= block.count(quote, at + 1, end)
        if at < 0 or quotes % 2 == 0:
            return at + 1
        end = at
    return 0
