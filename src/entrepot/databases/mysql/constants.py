"""CSV rows as the tuples of INSERT statements, for servers that let nobody send files (`local_infile=OFF`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from entrepot.databases.mysql.failures import broken_rows, row_too_large

MOST = 1 << 20
"""Bytes of a statement; one row may be longer, up to what the server takes."""
VALUE = re.compile(rb'(?:"([^"]*(?:""[^"]*)*)"|([^",\n]*))(,|\n|\Z)')
NULL = b"NULL"


def statements(opening: bytes, blocks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """INSERT statements of at most `most` bytes (what the server takes), usually of one megabyte."""
    waiting: list[bytes] = []
    size = 0
    for row in _tuples(blocks):
        if len(opening) + len(row) > most:
            raise row_too_large()
        if waiting and len(opening) + size + len(row) > min(MOST, most):
            yield opening + b",".join(waiting)
            waiting.clear()
            size = 0
        waiting.append(row)
        size += len(row) + 1
    if waiting:
        yield opening + b",".join(waiting)


def _tuples(blocks: Iterable[bytes]) -> Iterator[bytes]:
    for block in filter(None, blocks):
        values: list[bytes] = []
        end = 0
        for found in VALUE.finditer(block):
            if found.start() != end:
                break
            end = found.end()
            values.append(_constant(found[1], found[2]))
            if found[3] != b",":
                yield b"(%b)" % b",".join(values)
                values = []
            if end == len(block) and found[3] != b",":
                break
        if end != len(block):
            raise broken_rows(f"one cannot be read at byte {end} of its block")


def _constant(quoted: bytes | None, bare: bytes | None) -> bytes:
    """Under NO_BACKSLASH_ESCAPES, a quote is the only character of UTF-8 that a constant must double."""
    if quoted is not None:
        return b"'%b'" % quoted.replace(b'""', b'"').replace(b"'", b"''")
    value = bare or b""
    return NULL if value == NULL else b"'%b'" % value.replace(b"'", b"''")
