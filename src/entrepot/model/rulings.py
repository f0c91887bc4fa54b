"""What somebody decides about single records, and how many may fail, as people write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from entrepot.model.drafts import OnConflict
from entrepot.model.errors import InputError
from entrepot.model.matching import Ruling

RANGE = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,18}))?")
THRESHOLD = re.compile(r"(?P<count>[0-9]{1,18})|(?P<share>[0-9]{1,3}(?:\.[0-9]{1,6})?) ?%")


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


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """How many records may fail."""

    count: int | None = None
    share: Decimal | None = None
    """Per cent of all records."""

    def allows(self, failed: int, records: int) -> bool:
        if self.count is not None:
            return failed <= self.count
        return self.share is None or failed * 100 <= self.share * records


def threshold_of(text: str) -> Threshold:
    """
    >>> threshold_of("2.5%").allows(25, 1000), threshold_of("2.5%").allows(26, 1000), threshold_of("100").allows(101, 9)
    (True, False, False)
    """
    found = THRESHOLD.fullmatch(text.strip())
    if found is None or (found["share"] and Decimal(found["share"]) > 100):
        raise InputError(
            "bad_threshold",
            f"'{text}' is no number of records.",
            remedy="Write a count (100) or a part of all records (2%).",
        )
    if found["count"]:
        return Threshold(count=int(found["count"]))
    return Threshold(share=Decimal(found["share"]))
