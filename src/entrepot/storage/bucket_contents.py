"""What lies in a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from entrepot.storage.bucket_failures import translated

if TYPE_CHECKING:
    from obstore.store import ObjectStore

ON_ITS_WAY = timedelta(days=2)
"""Longer than any file takes."""


@dataclass(frozen=True, kw_only=True)
class Lying:
    name: str
    bytes: int
    since: datetime

    def is_old(self) -> bool:
        """By the clock here, which may be wrong by hours, but not by days."""
        return datetime.now(UTC) - self.since > ON_ITS_WAY


def listed(store: ObjectStore, place: str, prefix: str | None = None) -> Iterator[Lying]:
    import obstore

    with translated(place):
        for page in obstore.list(store, prefix, chunk_size=1000):
            for one in page:
                yield Lying(name=one["path"], bytes=one["size"], since=one["last_modified"])
