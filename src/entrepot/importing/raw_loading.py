"""How a file takes the raw lane (`raw`): checked to its end and sent, or looked at only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from entrepot.importing.changes import same
from entrepot.importing.journal import JournalWriter
from entrepot.importing.lanes import MAPPED, RAW
from entrepot.importing.raw import Raw, all_new
from entrepot.importing.raw_sending import send
from entrepot.importing.request import Work
from entrepot.model.changes import Target
from entrepot.model.drafts import Errors
from entrepot.model.matching import Decided
from entrepot.model.stretches import OddError, Stretch


def checked(raw: Raw, target: Target) -> tuple[Work, bool]:
    """All of it, and whether there are no rows yet; nothing is done."""
    was_empty = target.is_empty(raw.work.prepared.entity)
    if not all_new(raw.work.prepared.request, empty=was_empty):
        raise OddError
    raw.work.run.reporter.phase(f"Checking {raw.work.prepared.draft.given}")
    for _ in raw.stretches():
        pass
    return raw.checked(), was_empty


def loaded(raw: Raw, target: Target, journal: JournalWriter) -> tuple[Work, Decided, str]:
    """Into an empty table while the file is being checked; where rows are that could be met, after that. The last one
    of the answer is the way that the rows took."""
    entity, reporter = raw.work.prepared.entity, raw.work.run.reporter
    was_empty = target.is_empty(entity)
    if not all_new(raw.work.prepared.request, empty=was_empty):
        raise OddError
    reporter.phase(f"Checking {raw.work.prepared.draft.given}")
    reporter.begin(f"{entity.title}, new", None)
    stretches: list[Stretch] = []
    if was_empty:
        count = send(raw, target, journal, passing(raw.stretches(mend=mends(raw)), stretches))
        work = raw.checked()
        decided = raw.decided(work, target, was_empty=True, is_loaded=True)
    else:
        stretches += raw.stretches()
        work = raw.checked()
        decided = raw.decided(work, target, was_empty=False)
        count = send(raw, target, journal, stretches)
    same(count, work.prepared.staged.records, "created")
    target.settle_counters(entity)
    return work, decided, MAPPED if any(stretch.mended for stretch in stretches) else RAW


def mends(raw: Raw) -> bool:
    """Whoever expects bad records would have to load twice; and the database must mistake no text."""
    return raw.work.prepared.request.errors is not Errors.SKIP and not raw.wanted.mistaken


def passing(stretches: Iterable[Stretch], passed: list[Stretch]) -> Iterator[Stretch]:
    for stretch in stretches:
        passed.append(stretch)
        yield stretch
