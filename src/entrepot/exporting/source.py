"""Rows on their way from the snapshot to a format: counted, reported, stoppable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from entrepot.model.ports import Batch, Cancel, Reporter, Session
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk, RowTemplate


@dataclass(kw_only=True)
class MeteredSource:
    """A RowSource that tells the reporter about every chunk and stops when asked to."""

    session: Session
    reporter: Reporter
    cancel: Cancel
    counts: dict[str, int] = field(default_factory=dict)

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
        self.reporter.begin(query.title, self._expected(query))
        for chunk in self.session.render(query, template, rows_per_chunk):
            self.cancel.check()
            self.reporter.advance(chunk.rows, len(chunk.data))
            yield chunk

    def batches(self, query: Query, rows: int = 10_000) -> Iterator[Batch]:
        self.reporter.begin(query.title, self._expected(query))
        for batch in self.session.batches(query, rows):
            self.cancel.check()
            self.reporter.advance(batch.num_rows, 0)
            yield batch

    def _expected(self, query: Query) -> int | None:
        """The count if somebody asked for it, else the database's own estimate where it means the same rows."""
        whole = query.where is None and query.limit is None
        return self.counts.get(query.entity.name, query.entity.rows_estimate if whole else None)
