"""How many records may fail, as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from entrepot.model.errors import InputError

THRESHOLD = re.compile(r"(?P<count>[0-9]{1,18})|(?P<share>[0-9]{1,3}(?:\.[0-9]{1,6})?) ?%")


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
