"""Rows of one database on their way into another: those of one snapshot become the drafts of an import.

There is no file that anybody gave, but all that follows (plan, transaction, receipt, undo, going on after a crash) is
as if there were: each entity is kept as CSV of its text forms, in the private state, as other drafts are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from entrepot.exporting.flow import losses, snapshot_of
from entrepot.exporting.relatives import complete
from entrepot.exporting.request import Run as Giving
from entrepot.exporting.select import Selected, select
from entrepot.exporting.source import MeteredSource
from entrepot.formats.csv import CsvOptions
from entrepot.formats.csv.write import write_entity
from entrepot.importing.request import Run
from entrepot.jobs.copied_fields import Fitted, fitted
from entrepot.jobs.copied_files import Packing, moved, unpacked
from entrepot.jobs.copied_mirrors import check_mirror
from entrepot.jobs.copied_tenants import Here, There, coming_tenant
from entrepot.jobs.drafting import DRAFT
from entrepot.jobs.tables import Going, Source, Table
from entrepot.jobs.way_in import WayIn
from entrepot.model.bench import Bench
from entrepot.model.bundles import BundleRequest
from entrepot.model.catalog import Catalog, Entity, EntityKind
from entrepot.model.drafts import Reading
from entrepot.model.errors import EntrepotError
from entrepot.model.names import entity_names
from entrepot.model.ports import Engine, RowSource, Session
from entrepot.model.problems import Category, Problem, Severity
from entrepot.model.records import ArtifactRecord, StoredArtifact
from entrepot.model.selection import Query, Selection
from entrepot.protection import must_differ
from entrepot.state import State

MEDIA_TYPE = "text/csv"
READING = Reading(format="csv", encoding="utf-8", delimiter=",", quote='"', header=True, skip_lines=0)
"""As `write_entity` writes it: nothing is left to guess."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What is to be copied, and how it is to come in."""

    called: str
    """What the settings call the database that the rows come from; empty: as it calls itself."""
    giving: Callable[[], AbstractContextManager[Giving]]
    """Everything an export works with."""
    into: Engine
    """The database that they go into."""
    selection: Selection
    asked: BundleRequest
    way: WayIn
    bound: bool = False
    """Whether whoever asks is bound to a tenant, and may not touch the row of the tenant itself."""

    def tables(self, run: Run, _bench: Bench) -> list[Going]:
        """All that go somewhere, taken; of what cannot be taken whole nothing stays."""
        with self.giving() as giving:
            must_differ(giving.engine, self.into)
            check_mirror(self.asked, self.selection)
            selected = select(self.selection, giving.catalog)
            with snapshot_of(self.selection, selected, giving) as session:
                selected = complete(session, selected, self.selection, giving.catalog)
                fits = self._fits(session, selected, giving, run)
                with closing(_rows(session, giving)) as rows, _all_or_none(self.way.state) as taken:
                    found = [self._going(fit, rows, taken, giving, run) for fit in fits]
                    session.check_unchanged()
                return _with_words(found, tuple(_told(selected, session, fits)))

    def _fits(self, session: Session, selected: Selected, giving: Giving, run: Run) -> list[Fitted]:
        source = self.called or giving.catalog.database
        here = Here(rows=session, catalog=giving.catalog)
        there = There(look=partial(self._looking, run), catalog=run.catalog)
        tenant = coming_tenant(here, self.selection, selected, there)
        return fitted(self._queries(selected, giving.catalog), self.asked, source, run.catalog, tenant)

    def _looking(self, run: Run, entity: Entity) -> AbstractContextManager[RowSource]:
        """At rows of the database that they go into."""
        return self.into.snapshot(run.catalog, [entity], run.work)

    def _queries(self, selected: Selected, catalog: Catalog) -> list[Query]:
        """A view is copied by what it is made of, unless somebody names it."""
        names = entity_names(catalog)
        named = {entity.name for word in self.selection.entities if (entity := names.get(word))}
        hidden = {catalog.tenant_root} if self.bound else set()
        return [
            query
            for query in selected.queries
            if (query.entity.kind is not EntityKind.VIEW or query.entity.name in named)
            and query.entity.name not in hidden
        ]

    def _going(self, fit: Fitted, rows: MeteredSource, taken: list[ArtifactRecord], giving: Giving, run: Run) -> Going:
        fields = moved(fit, giving.file_stores, run.file_stores, run.catalog)
        if fields:
            return self._with_files(Packing(fit=fit, fields=fields, rows=rows, giving=giving), taken, run)
        with self.way.state.artifacts.receive(DRAFT, fit.query.title) as incoming:
            count, _ = write_entity(fit.query, rows, incoming, CsvOptions())
        source = self._source(fit, incoming.stored, taken)
        request = replace(fit.request, reading=READING, declared=count)
        return Going(table=Table(source=source, name=fit.name), request=request)

    def _with_files(self, packing: Packing, taken: list[ArtifactRecord], run: Run) -> Going:
        fit = packing.fit
        with self.way.state.artifacts.receive(DRAFT, fit.query.title) as incoming:
            result = packing.write(incoming)
        source = unpacked(self._source(fit, incoming.stored, taken), run.work)
        source = replace(source, problems=result.problems)
        request = replace(fit.request, reading=Reading(), declared=sum(it.rows for it in result.written))
        return Going(table=Table(source=source, name=fit.name), request=request)

    def _source(self, fit: Fitted, artifact: StoredArtifact, taken: list[ArtifactRecord]) -> Source:
        state = self.way.state
        stored = state.record(artifact, MEDIA_TYPE, lasting=self.way.drafts_kept)
        taken.append(stored)
        plain = state.artifacts.path(stored.id)
        return Source(file=Path(fit.query.title), stored=stored, plain=plain, database=fit.name.file)


def _rows(session: Session, giving: Giving) -> MeteredSource:
    return MeteredSource(session=session, reporter=giving.reporter, cancel=giving.cancel)


@contextmanager
def _all_or_none(state: State) -> Iterator[list[ArtifactRecord]]:
    """The half of a copy is of no use to anybody."""
    taken: list[ArtifactRecord] = []
    try:
        yield taken
    except BaseException:
        for stored in taken:
            with suppress(EntrepotError):
                state.artifacts.delete(stored.id)
                state.ledger.artifacts.forget(stored.id)
        raise


def _with_words(found: Sequence[Going], problems: tuple[Problem, ...]) -> list[Going]:
    """What concerns the rows of all is told with the first."""
    table = found[0].table
    source = replace(table.source, problems=(*problems, *table.source.problems))
    first = replace(found[0], table=replace(table, source=source))
    return [first, *found[1:]]


def _told(selected: Selected, session: Session, fits: Sequence[Fitted]) -> Iterator[Problem]:
    yield from selected.problems
    yield from session.warnings
    if lossy := [words for fit in fits for words in losses(fit.query)]:
        yield Problem(
            code="not_lossless",
            message=f"Not promised to compare equal in another database: {', '.join(lossy)}.",
            severity=Severity.INFO,
            category=Category.FIDELITY,
        )
