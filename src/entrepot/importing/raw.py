"""The raw lane: a file whose every value is canonical as it stands goes into the database byte by byte, without being
staged and written anew. Into an empty table, stretches with good values that are written otherwise go the same way,
written anew each by itself.

It is admitted by proof, stretch by stretch, and no byte is sent before it was proven; what cannot be known of a single
record (keys that come twice, parents that are missing) is looked for before the commit. Whatever is not as it should be
ends the transaction, and the import goes the long way, which says what is wrong with which record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from entrepot.importing.as_declared import as_declared
from entrepot.importing.changes import identity, is_padded, stored
from entrepot.importing.corrections import name_of
from entrepot.importing.example_rows import mentions_example
from entrepot.importing.match import match
from entrepot.importing.pieces import pieces
from entrepot.importing.plain_meeting import meets_plainly
from entrepot.importing.prepare import prepared_of
from entrepot.importing.reading_files import known_before
from entrepot.importing.request import Draft, Prepared, Run, Work
from entrepot.importing.spelling import is_kept_as_sent
from entrepot.model.bench import Bench
from entrepot.model.changes import Target, Writing
from entrepot.model.drafts import Decision, Judged, Mode, OnConflict, SourceColumn, Staged, TargetField
from entrepot.model.matching import Decided
from entrepot.model.plans import ImportRequest
from entrepot.model.stretches import OddError, Sketch, Stretch, Wanted
from entrepot.model.triggers import Event, firing
from entrepot.storage.faults import storing

NULL = ""
"""How a file says that there is no value."""


@dataclass(frozen=True, kw_only=True)
class Raw:
    """An import that may go this way; nothing is known yet but the beginning of its file."""

    work: Work
    sketch: Sketch
    wanted: Wanted

    @property
    def _path(self) -> Path:
        return self.work.prepared.draft.path

    @property
    def names(self) -> tuple[str, ...]:
        """The fields, in the order of the file."""
        return tuple(field.name for field in sorted(self.work.prepared.fields, key=lambda field: field.sources))

    def stretches(self, *, mend: bool = False) -> Iterator[Stretch]:
        """As they are found good. Raises OddError."""
        wanted = replace(self.wanted, mend=mend)
        for stretch in self.work.bench.vouched(self._path, self.sketch, self.work.prepared.fields, wanted):
            self.work.run.cancel.check()
            yield stretch

    def checked(self) -> Work:
        """After all stretches."""
        prepared = self.work.prepared
        found = self.work.bench.end_vouching(self._path, self.sketch, prepared.fields, self.wanted)
        if prepared.request.declared not in (None, found.records):
            raise OddError
        staged = replace(prepared.staged, records=found.records, columns=found.columns)
        return replace(self.work, prepared=replace(prepared, staged=staged))

    def decided(self, work: Work, target: Target, *, was_empty: bool, is_loaded: bool = False) -> Decided:
        """Raises OddError where a record would become anything but a new row. `is_loaded`: the rows are there, so the
        database found nothing that stands twice."""
        if is_loaded:
            matching = replace(work.prepared.matching, others=())
            work = replace(work, prepared=replace(work.prepared, matching=matching))
        decided = match(work, target, was_empty=was_empty)
        if decided.counts[Decision.CREATED] != work.prepared.staged.records:
            raise OddError
        return decided

    def sent(self, stretches: Iterable[Stretch], *, after: Stretch | None = None) -> Iterator[bytes]:
        """Their bytes, one row to a line. `after`: the one before them."""
        with self._path.open("rb") as file:
            file.seek(after.end if after else self.sketch.start)
            sent = after.records if after else 0
            for stretch in stretches:
                begin = file.tell()
                if stretch.mended is None:
                    yield from pieces(file, stretch.end - begin)
                else:
                    yield from taken_away(self.work.run.work / stretch.mended)
                    file.seek(stretch.end)
                if stretch.end > begin:
                    self.work.run.reporter.advance(stretch.records - sent, stretch.end - begin)
                    sent = stretch.records

    def until(self, last: Stretch) -> Iterator[bytes]:
        """What was sent as it stands, once more."""
        with self._path.open("rb") as file:
            file.seek(self.sketch.start)
            yield from pieces(file, last.end - self.sketch.start)


def taken_away(path: Path) -> Iterator[bytes]:
    with storing(path):
        with path.open("rb") as file:
            yield from pieces(file, path.stat().st_size)
        path.unlink()


def raw_import(draft: Draft, request: ImportRequest, run: Run, bench: Bench) -> Raw | None:
    """None for whatever cannot go this way. What is wrong with a request is for the long way to say."""
    said = request.decisions or request.prove or request.tenant is not None or draft.correction is not None
    said = said or request.own_ids or request.mode is Mode.MIRROR
    started = run.clock.monotonic()
    plain = not (said or request.conflicts is OnConflict.VERSION or mentions_example(draft.path))
    sketch = bench.sketch(draft.path, draft.read_as(request.reading), name_of(draft)) if plain else None
    if sketch is None:
        return None
    columns = tuple(SourceColumn(name=name) for name in sketch.columns)
    problems = (*known_before(draft, request), *sketch.problems)
    staged = Staged(reading=sketch.reading, columns=columns, records=0, problems=problems)
    if as_declared(staged, draft) is not staged:
        return None
    prepared = prepared_of(draft, request, run, staged)
    if not one_to_one(prepared.fields, len(columns)) or prepared.entity.python_rules or files_concern(prepared, run):
        return None
    work = Work(run=run, bench=bench, prepared=prepared, judged=Judged(), started=started)
    raw = Raw(work=work, sketch=sketch, wanted=wanted(prepared, run.engine.writing))
    return raw if meets(raw) or all_new(request, empty=not prepared.entity.rows_estimate) else None


def files_concern(prepared: Prepared, run: Run) -> bool:
    """Whether its package has files for it."""
    if prepared.draft.files is None:
        return False

    from entrepot.importing.attachments.filing import concerns

    return concerns(prepared, prepared.draft.files, run.catalog)


def one_to_one(fields: Sequence[TargetField], columns: int) -> bool:
    """Every column of the file is a field as it stands, and every field a column."""
    changed = ((f.steps, f.pointers, f.constant is not None, f.default is not None, f.found) for f in fields)
    plain = not any(any(how) for how in changed)
    return plain and sorted(field.sources for field in fields) == [(at,) for at in range(columns)]


def wanted(prepared: Prepared, writing: Writing) -> Wanted:
    matching, entity = prepared.matching, prepared.entity
    kept = {*matching.key, *(at for each in matching.references for at in (*each.fields, *each.own))}
    kept.update(at for unique in matching.others for at in unique.fields)
    return Wanted(
        kept=tuple(sorted(kept)),
        full=tuple(at for at, field in enumerate(prepared.fields) if is_padded(entity, field)),
        rules=prepared.rules,
        mistaken=writing.mistaken,
    )


def all_new(request: ImportRequest, *, empty: bool) -> bool:
    """Whether a record cannot become anything but a new row or a failure."""
    if request.mode is Mode.UPDATE:
        return False
    return empty or (request.mode is Mode.CREATE and request.conflicts in (OnConflict.FAIL, OnConflict.SKIP))


def is_admitted(raw: Raw) -> bool:
    """Whether the database takes the bytes, and stores nothing but what it is given, so that the journal knows."""
    prepared, entity = raw.work.prepared, raw.work.prepared.entity
    brought = {field.name for field in prepared.fields if field.required}
    return (
        keeps_bytes(raw)
        and bool(identity(entity))
        and brought.issuperset(identity(entity))
        and set(prepared.names) == set(stored(entity))
        and not list(firing(entity.triggers, [Event.INSERT]))
    )


def keeps_bytes(raw: Raw) -> bool:
    """Whether the database reads them, and makes nothing else of a value."""
    prepared = raw.work.prepared
    return raw.work.run.engine.writing.takes_files and all(
        is_kept_as_sent(prepared.entity.field(field.name)) or at in raw.wanted.full
        for at, field in enumerate(prepared.fields)
    )


def meets(raw: Raw) -> bool:
    """Whether the database can say what becomes of records whose rows exist; see raw_meeting.py."""
    return raw.work.run.engine.writing.compares and keeps_bytes(raw) and meets_plainly(raw.work.prepared)
