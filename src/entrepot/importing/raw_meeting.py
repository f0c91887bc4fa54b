"""The raw lane where rows exist: the bytes go beside the table, and the database says what they would do to it. So no
row of the table has to come to us, and none of the file has to be sent again.

It is for records that can become nothing but new, changed or unchanged rows. What is wrong with the file alone, and
which parents are missing, is found by the same code as ever; whatever is odd before rows are changed goes the long way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial

from entrepot.importing.changes import identity, same, stored
from entrepot.importing.journal import JournalWriter
from entrepot.importing.match import look_for_parents, meet
from entrepot.importing.raw import NULL, Raw, all_new, meets
from entrepot.importing.raw_loading import passing
from entrepot.importing.request import Work
from entrepot.model.beside import Beside, KeepsBeside, Met
from entrepot.model.changes import Target
from entrepot.model.drafts import Decision, Mode, none_decided
from entrepot.model.errors import InputError
from entrepot.model.how_many import how_many
from entrepot.model.journals import BEFORE, Part
from entrepot.model.matching import Decided, Difference
from entrepot.model.plans import ImportPlan
from entrepot.model.stretches import OddError, Stretch
from entrepot.model.templates import Chunk


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """All records were found good, and their rows wait beside the table."""

    work: Work
    beside: Beside
    raw: Raw
    last: Stretch

    @property
    def judged(self) -> Work:
        """As if no record had a row yet, which is what the workbench is asked to decide."""
        prepared = self.work.prepared
        matching = replace(prepared.matching, mode=Mode.UPSERT, unfilled=())
        return replace(self.work, prepared=replace(prepared, matching=matching))

    def decided(self, target: Target) -> Decided:
        """Were there no rows yet, every record would be new; the database says which of them are not. Raises OddError
        where one would become anything else."""
        records = self.work.prepared.staged.records
        if not self.beside.is_single():
            raise OddError
        new, found = self._compared(target)
        if new.counts[Decision.CREATED] != records:
            raise OddError
        created = records - found.updated - found.unchanged
        if created and not makes_whole_rows(self.work):
            raise OddError
        return replace(new, counts=counted(found, created), digest=f"{new.digest} {found.digest}")

    def _compared(self, target: Target) -> tuple[Decided, Met]:
        """By workbench and database at once; the one has nothing more to ask the other."""
        judged = self.judged
        meet(judged, target, None, was_empty=True)
        look_for_parents(judged, target, None, was_empty=True)
        with ThreadPoolExecutor(1) as thread:
            found = thread.submit(copy_context().run, self.beside.met)
            new = judged.bench.decide(judged.prepared.fields, judged.prepared.matching)
            return new, found.result()

    def differences(self, most: int) -> tuple[Difference, ...]:
        return tuple(self.beside.differences(most))


def goes_beside(raw: Raw, target: Target) -> bool:
    """Whether there are rows to be met, and this is the way to meet them."""
    request, entity = raw.work.prepared.request, raw.work.prepared.entity
    return meets(raw) and not all_new(request, empty=target.is_empty(entity))


def met(raw: Raw, target: Target) -> Meeting:
    """Raises OddError for a file that is none to be sent as it stands, and where the database cannot compare."""
    prepared, names = raw.work.prepared, raw.names
    key = prepared.named(prepared.matching.key)
    beside = target.beside(prepared.entity, key, names) if isinstance(target, KeepsBeside) else None
    if beside is None:
        raise OddError
    raw.work.run.reporter.phase(f"Checking {prepared.draft.given}")
    raw.work.run.reporter.begin(prepared.entity.title, None)
    passed: list[Stretch] = []
    kept = taken(lambda: beside.keep(raw.sent(passing(raw.stretches(), passed))))
    work = raw.checked()
    same(kept, work.prepared.staged.records, "sent")
    return Meeting(work=work, beside=beside, raw=raw, last=passed[-1])


def taken(change: Callable[[], int]) -> int:
    """What is refused while nothing is decided yet; a change that is refused later ends the import."""
    try:
        return change()
    except InputError as error:
        if error.code != "database_refused":
            raise
        raise OddError from error


def counted(found: Met, created: int) -> dict[str, int]:
    counts = none_decided()
    return counts | {"created": created, "updated": found.updated, "unchanged": found.unchanged}


def makes_whole_rows(work: Work) -> bool:
    """Whether the journal knows what a new row is: it has its key from the file, and nothing that the file lacks."""
    prepared, entity = work.prepared, work.prepared.entity
    if prepared.matching.mode is Mode.UPDATE:
        return False
    return bool(identity(entity)) and set(prepared.names) == set(stored(entity))


def write(meeting: Meeting, plan: ImportPlan, target: Target, journal: JournalWriter) -> None:
    """What is kept of the rows is read first: afterwards the database could not tell them apart."""
    reporter, entity = meeting.work.run.reporter, meeting.work.prepared.entity
    updated, created = plan.counts[Decision.UPDATED], plan.counts[Decision.CREATED]
    keep(meeting, plan, journal)
    if updated:
        reporter.phase(f"Changing {how_many(updated, 'row')} of {entity.title}")
        same(meeting.beside.update(all_differ=all_differ(plan)), updated, "updated")
    if created:
        reporter.phase(f"Adding {how_many(created, 'row')} to {entity.title}")
        same(meeting.beside.insert(), created, "created")
        target.settle_counters(entity)


def keep(meeting: Meeting, plan: ImportPlan, journal: JournalWriter) -> None:
    """Of rows as they will be, the bytes that were sent, if the same becomes of all of them."""
    work, beside = meeting.work, meeting.beside
    updated, created = plan.counts[Decision.UPDATED], plan.counts[Decision.CREATED]
    parts = {
        Part.UPDATED: (updated, plan.key, partial(beside.changed, all_differ=all_differ(plan))),
        Part.CREATED: (created, identity(work.prepared.entity), beside.new),
    }
    names, records = meeting.raw.names, work.prepared.staged.records
    if updated:
        work.run.reporter.phase(f"Keeping {how_many(updated, 'row')} of {work.prepared.entity.title} for an undo")
        journal.keep(BEFORE, names, NULL, bytes_of(beside.before(all_differ=all_differ(plan)), work))
    for part, (count, key, rows) in parts.items():
        if count:
            journal.found_by(part, key)
        if count == records > 0:
            journal.keep_beside(part, names, NULL, meeting.raw.until(meeting.last))
        elif count:
            journal.keep(part, names, NULL, bytes_of(rows(), work))


def all_differ(plan: ImportPlan) -> bool:
    """Whether no row that is met stays as it is."""
    return not plan.counts[Decision.UNCHANGED]


def bytes_of(rows: Iterable[Chunk], work: Work) -> Iterator[bytes]:
    for chunk in rows:
        work.run.cancel.check()
        yield chunk.data
