"""File names for entities: readable, safe on every file system, and different even where case is ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from entrepot.formats.port import Document
from entrepot.model.selection import Query

UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029/\\:*?"<>|\ud800-\udfff]')
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
LONGEST_BYTES = 180
"""File systems take 255 bytes; endings and temporary names need some of them."""


def safe_stem(name: str) -> str:
    """`name` as a file name without its ending.

    >>> safe_stem("a/b"), safe_stem("../.."), safe_stem("NUL"), safe_stem("")
    ('a_b', '_.._', '_NUL', '_')
    """
    stem = UNSAFE.sub("_", name).rstrip(". ").encode()[:LONGEST_BYTES].decode(errors="ignore")
    return f"_{stem}" if not stem or stem[0] in ". -" or DEVICES.match(stem) else stem


def stems(names: Sequence[str]) -> Iterator[str]:
    """A safe and different stem for each name.

    >>> list(stems(["Users", "users", "a/b"]))
    ['Users', 'users-2', 'a_b']
    """
    taken: set[str] = set()
    for name in names:
        stem = free = safe_stem(name)
        number = 1
        while free.casefold() in taken:
            number += 1
            free = f"{stem}-{number}"
        taken.add(free.casefold())
        yield free


def members(document: Document, extension: str) -> Iterator[tuple[Query, str]]:
    """Each query and its file: the document's own name for a single one, else the entity's."""
    if len(document.queries) == 1:
        yield document.queries[0], document.stem + extension
        return
    for query, stem in zip(document.queries, stems([q.title for q in document.queries]), strict=True):
        yield query, stem + extension
