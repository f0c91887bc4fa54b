"""The export in one page: one snapshot, one format, one set of files, one receipt.

Nothing is visible under a final name before everything is complete, read back where the format promises it,
and the schema was seen to be the same before and after.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC

from entrepot.exporting.attachments import attachments_for
from entrepot.exporting.measure import measure_missing
from entrepot.exporting.receipt import entity_receipts
from entrepot.exporting.relatives import complete
from entrepot.exporting.request import ExportRequest, Run
from entrepot.exporting.select import Selected, possible_entities, select
from entrepot.exporting.source import MeteredSource
from entrepot.formats.fingerprints import fingerprint_query
from entrepot.formats.port import Document, Result, Tools
from entrepot.model.ports import Outlet, Session, Workbench
from entrepot.model.problems import Problem
from entrepot.model.receipts import EntityReceipt, Fingerprint
from entrepot.model.selection import Query, Selection
from entrepot.model.whole import tell_expected


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What went out, before it is sealed and receipted."""

    entities: tuple[EntityReceipt, ...]
    problems: tuple[Problem, ...]
    lossy: tuple[str, ...]
    snapshot: str
    scope: str
    filters: dict[str, str]


def export(request: ExportRequest, run: Run, outlet: Outlet) -> Exported:
    """Writes everything into `outlet`; raises, and has published nothing, if anything is not whole."""
    at_once = request.format.staged or request.fingerprint
    with (
        _workbench(run, at_once=at_once) as workbench,
        snapshot_of(request.selection, request.selected, run) as session,
    ):
        selected = complete(session, request.selected, request.selection, run.catalog)
        source = MeteredSource(session=session, reporter=run.reporter, cancel=run.cancel, fan=run.fan)
        with closing(source):
            tell_expected(run.reporter, {query.title: source.expected(query) for query in selected.queries})
            document = _document(request, run, selected, session)
            tools = _tools(request, run, selected, source, workbench)
            result = request.format.write(document, source, outlet, request.options, tools)
            result = measure_missing(result, document, source, tools, request.format)
        session.check_unchanged()
        return _exported(result, selected, session)


def fingerprints(selection: Selection, run: Run) -> dict[str, Fingerprint]:
    """Fingerprints of what a selection comes to, all of one snapshot; nothing is written."""
    selected = select(selection, run.catalog)
    with snapshot_of(selection, selected, run) as session:
        selected = complete(session, selected, selection, run.catalog)
        source = MeteredSource(session=session, reporter=run.reporter, cancel=run.cancel)
        with closing(source), run.workbench() as workbench:
            found = {query.title: fingerprint_query(query, source, workbench) for query in selected.queries}
        session.check_unchanged()
        for problem in (*selected.problems, *session.warnings):
            run.reporter.warn(problem)
    return found


@contextmanager
def snapshot_of(selection: Selection, selected: Selected, run: Run) -> Iterator[Session]:
    """Of all that may go out."""
    run.reporter.phase("Opening a snapshot")
    entities = possible_entities(selection, selected, run.catalog)
    with run.engine.snapshot(run.catalog, entities, run.work) as session:
        run.cancel.check()
        yield session


@contextmanager
def _workbench(run: Run, *, at_once: bool) -> Iterator[LazyWorkbench]:
    """One that is certainly needed gets ready while the snapshot is opened."""
    with ExitStack() as stack:
        workbench = LazyWorkbench(run, stack)
        if at_once:
            workbench()
        yield workbench


class LazyWorkbench:
    """Started at the first use, so that an export that never measures pays nothing for it."""

    def __init__(self, run: Run, stack: ExitStack) -> None:
        self._run = run
        self._stack = stack
        self._opened: Workbench | None = None

    def __call__(self) -> Workbench:
        if self._opened is None:
            self._opened = self._stack.enter_context(self._run.workbench())
        return self._opened


def _document(request: ExportRequest, run: Run, selected: Selected, session: Session) -> Document:
    return Document(
        title=request.title,
        stem=request.stem,
        created_at=run.clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        tool=run.tool,
        database=run.catalog.database,
        engine=run.catalog.engine,
        snapshot=session.identity,
        scope=selected.scope,
        filters=selected.filters,
        queries=selected.queries,
        catalog=run.catalog,
        metadata=request.metadata,
    )


def _tools(
    request: ExportRequest, run: Run, selected: Selected, source: MeteredSource, workbench: LazyWorkbench
) -> Tools:
    return Tools(
        reporter=run.reporter,
        work=run.work,
        workbench=workbench,
        dialect=request.dialect or run.engine.script,
        attachments=attachments_for(selected.queries, source, run.file_stores),
        measure=request.fingerprint,
        secret=run.secret,
    )


def _exported(result: Result, selected: Selected, session: Session) -> Exported:
    lossy = tuple(note for query in selected.queries for note in losses(query))
    return Exported(
        entities=entity_receipts(selected.queries, result),
        problems=(*selected.problems, *session.warnings, *result.problems),
        lossy=lossy,
        snapshot=session.identity,
        scope=selected.scope,
        filters=dict(selected.filters),
    )


def losses(query: Query) -> Iterator[str]:
    """Fields that may not compare equal after a journey, as the catalog says."""
    for column in query.columns:
        if not column.field.lossless:
            yield f"{query.title}.{column.field.name} ({column.field.native})"
