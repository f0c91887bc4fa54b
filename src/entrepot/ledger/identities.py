"""Which row became which: a second import from the same source finds what the first one made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import select, text

from entrepot.ledger.records import Records, require_owner
from entrepot.ledger.tables import IDENTITY
from entrepot.model.records import JobRecord

T = TypeVar("T")
AT_ONCE = 10_000
LOOKED_UP_AT_ONCE = 500
"""Databases limit the number of values in a statement."""
REMEMBER = text(
    "INSERT INTO identity (source, entity, source_key, target_key) VALUES (:source, :entity, :source_key, :target_key)"
    " ON CONFLICT (source, entity, source_key) DO UPDATE SET target_key = excluded.target_key"
)


class Identities:
    def __init__(self, records: Records) -> None:
        self._records = records

    def remember(self, job: JobRecord, source: str, entity: str, pairs: Iterable[tuple[str, str]]) -> None:
        """(key in the source, key here); the newest counts. All of them or none."""
        with self._records.writing() as connection:
            require_owner(connection, job)
            for some in _parts(pairs, AT_ONCE):
                rows = [{"source": source, "entity": entity, "source_key": a, "target_key": b} for a, b in some]
                connection.execute(REMEMBER, rows)

    def find(self, source: str, entity: str, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The pairs of those `keys` that are known, in no order."""
        for some in _parts(keys, LOOKED_UP_AT_ONCE):
            query = select(IDENTITY.c.source_key, IDENTITY.c.target_key).where(
                IDENTITY.c.source == source, IDENTITY.c.entity == entity, IDENTITY.c.source_key.in_(some)
            )
            with self._records.reading() as connection:
                yield from [(source_key, target_key) for source_key, target_key in connection.execute(query)]


def _parts(values: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    iterator = iter(values)
    while part := list(islice(iterator, size)):
        yield part
