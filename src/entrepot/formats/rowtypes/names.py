"""Names for programs, from names that people gave to tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

PARTS = re.compile(r"[^0-9A-Za-z]+")


def type_names(titles: Sequence[str]) -> Iterator[str]:
    """A different one for each, ending with `Row`, so that none is a word of the language.

    >>> list(type_names(["order_lines", "orderLines", "2024", "größe", "日本"]))
    ['OrderLinesRow', 'OrderLinesRow2', 'T2024Row', 'GrERow', 'TRow']
    """
    taken: set[str] = set()
    for title in titles:
        words = [part[0].upper() + part[1:] for part in PARTS.split(title) if part]
        stem = "".join(words)
        name = base = f"{stem if stem[:1].isalpha() else f'T{stem}'}Row"
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{base}{number}"
        taken.add(name.casefold())
        yield name
