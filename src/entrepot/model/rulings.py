"""What somebody decides about single records, as people write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from entrepot.model.drafts import OnConflict
from entrepot.model.errors import InputError
from entrepot.model.matching import Ruling

RANGE = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,18}))?")


def rulings_of(decisions: Mapping[str, OnConflict], records: int) -> tuple[Ruling, ...]:
    """In the order of the records; a file has so many.

    >>> rulings_of({"9-12, 5": OnConflict.SKIP}, 12)[1]
    Ruling(first=9, last=12, does=<OnConflict.SKIP: 'skip'>)
    """
    found = sorted(
        (Ruling(first=first, last=last, does=does) for text, does in decisions.items() for first, last in ranges(text)),
        key=lambda ruling: (ruling.first, ruling.last),
    )
    if found and max(ruling.last for ruling in found) > records:
        raise InputError(
            "no_such_record",
            f"There is no record {max(ruling.last for ruling in found):,}; the file has {records:,}.",
            remedy="Records are numbered from 1, without the header; a preview names those that need a decision.",
        )
    for one, other in pairwise(found):
        if other.first <= one.last:
            raise InputError(
                "decided_twice",
                f"Record {other.first:,} is decided about twice.",
                remedy="Name each record once.",
            )
    return merged(found)


def merged(rulings: Sequence[Ruling]) -> tuple[Ruling, ...]:
    """`5, 6` is the same as `5-6`, also for a digest."""
    whole: list[Ruling] = []
    for ruling in rulings:
        if whole and whole[-1].does is ruling.does and whole[-1].last + 1 == ruling.first:
            whole[-1] = Ruling(first=whole[-1].first, last=ruling.last, does=ruling.does)
        else:
            whole.append(ruling)
    return tuple(whole)


def ranges(text: str) -> Iterator[tuple[int, int]]:
    """
    >>> list(ranges("5, 9-12"))
    [(5, 5), (9, 12)]
    """
    for word in text.split(","):
        found = RANGE.fullmatch(word.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last:
            raise InputError(
                "bad_records", f"'{word.strip()}' names no records.", remedy="Write their numbers as in 5,9-12."
            )
        yield first, last
