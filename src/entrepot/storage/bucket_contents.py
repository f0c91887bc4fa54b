"""What lies in a bucket, and who else may get it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from entrepot.model.errors import InputError
from entrepot.storage.bucket_failures import translated

if TYPE_CHECKING:
    from obstore.store import AzureStore, GCSStore, ObjectStore, S3Store

ON_ITS_WAY = timedelta(days=2)
"""Longer than any file takes."""
LONGEST = timedelta(days=7)
"""Of a link; no cloud signs more."""


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


def signed(store: ObjectStore, place: str, name: str, lasting: timedelta) -> str:
    import obstore

    if lasting > LONGEST:
        raise InputError(
            "wrong_duration",
            f"{place} lets nobody in by a link for longer than {LONGEST.days} days.",
            remedy="Give it less.",
        )
    with translated(place):
        return obstore.sign(cast("S3Store | GCSStore | AzureStore", store), "GET", name, lasting)
