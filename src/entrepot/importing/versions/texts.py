"""Rows as the database gives them out, and as journals keep them, apart again: few of them, for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from entrepot.importing.pieces import rows_end

VALUE = re.compile(r'(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n)')
Texts = tuple[str | None, ...]


def rows_of(blocks: Iterable[bytes], null: str = "") -> Iterator[Texts]:
    """
    >>> list(rows_of([b'1,"a""b', b'\\nc",\\n2,"",x\\n']))
    [('1', 'a"b\\nc', None), ('2', '', 'x')]
    """
    begun = b""
    for block in blocks:
        begun += block
        cut = rows_end(begun)
        yield from _whole(begun[:cut].decode(), null)
        begun = begun[cut:]


def _whole(text: str, null: str) -> Iterator[Texts]:
    row: list[str | None] = []
    for found in VALUE.finditer(text):
        quoted, bare, end = found.groups()
        row.append(quoted.replace('""', '"') if quoted is not None else None if bare == null else bare)
        if end == "\n":
            yield tuple(row)
            row = []


def row_of(values: Iterable[str | None]) -> bytes:
    """
    >>> row_of(["a,b", None, ""])
    b'"a,b",,""\\n'
    """
    quoted = ("" if value is None else '"{}"'.format(value.replace('"', '""')) for value in values)
    return f"{','.join(quoted)}\n".encode()
