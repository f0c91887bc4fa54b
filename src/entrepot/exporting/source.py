"""Rows on their way from the snapshot to a format: counted, reported, stoppable."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from entrepot.exporting.fanned import rendered
from entrepot.model.ahead import ReadAhead
from entrepot.model.errors import EntrepotError
from entrepot.model.fabric import Fan
from entrepot.model.ports import Batch, Cancel, Reporter, Session
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk, RowTemplate

Part = TypeVar("Part", Chunk, Batch)


@dataclass(kw_only=True)
class MeteredSource:
    """A RowSource that tells the reporter about every chunk and stops when asked to.

    Close it before its session: a format that failed may have left a read half way, and the error that is on its
    way up keeps that alive until nobody could end it properly any more.
    """

    session: Session
    reporter: Reporter
    cancel: Cancel
    fan: Fan | None = None
    """Others that may read, too."""
    counts: dict[str, int] = field(default_factory=dict)
    reads: list[Iterator[object]] = field(default_factory=list)
    """Those that have begun and not ended."""

    def close(self) -> None:
        """Whatever that brings up, why it was left half way matters more."""
        with suppress(EntrepotError):
            while self.reads:
                self._end(self.reads[-1])

    def count(self, query: Query) -> int:
        """Counted once per entity: the snapshot cannot change under us."""
        name = query.entity.name
        if name not in self.counts:
            self.cancel.check()
            self.counts[name] = self.session.count(query)
        return self.counts[name]

    def lane(self, query: Query, template: RowTemplate) -> str:
        return self.session.lane(query, template)

    def render(self, query: Query, template: RowTemplate, rows_per_chunk: int = 1000) -> Iterator[Chunk]:
        self.reporter.begin(query.title, self.expected(query))
        read = rendered(self.session, query, template, rows_per_chunk, self.fan)
        with self._read(ReadAhead(read)) as chunks:
            for chunk in chunks:
                self.cancel.check()
                self.reporter.advance(chunk.rows, len(chunk.data))
                yield chunk

    def batches(self, query: Query, rows: int = 10_000) -> Iterator[Batch]:
        self.reporter.begin(query.title, self.expected(query))
        with self._read(self.session.batches(query, rows)) as batches:
            for batch in batches:
                self.cancel.check()
                self.reporter.advance(batch.num_rows, 0)
                yield batch

    @contextmanager
    def _read(self, parts: Iterator[Part]) -> Iterator[Iterator[Part]]:
        self.reads.append(parts)
        try:
            yield parts
        finally:
            self._end(parts)

    def _end(self, parts: Iterator[object]) -> None:
        if parts in self.reads:
            self.reads.remove(parts)
            if isinstance(parts, (Generator, ReadAhead)):
                parts.close()

    def expected(self, query: Query) -> int | None:
        """The count if somebody asked for it, else the database's own estimate where it means the same rows."""
        whole = query.where is None and query.limit is None
        return self.counts.get(query.entity.name, query.entity.rows_estimate if whole else None)
