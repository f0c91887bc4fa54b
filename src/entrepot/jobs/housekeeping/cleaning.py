"""What would go, or goes: by the same rules, in the same order. What is left when somebody dies over it, or a bucket
does not answer, goes the next time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from entrepot.expiry import remove_expired
from entrepot.jobs.housekeeping.orphans import drop_orphans, orphans
from entrepot.jobs.orders.asking import end_unstarted
from entrepot.ledger.owners import FOLDER as OWNERS
from entrepot.model.cleanup import CLAIM, ORPHAN, PART, PLAN, CleanupReceipt, Gone, Sum
from entrepot.model.ports import Cancel
from entrepot.model.records import ArtifactRecord
from entrepot.state import State

SHOWN = 1000
WHY = {
    PLAN: "nobody carried it out while it was good",
    "job": "over for longer than [retention] jobs",
    ORPHAN: "no record knows it",
    PART: "left unfinished by a process that is dead",
    CLAIM: "left in the bucket by a process that is dead",
    "draft": "kept for [retention] drafts, or as long as the journal of its import",
    "given": "kept for [retention] drafts",
    "journal": "kept for [retention] journals; what it undoes stays as it is",
}
BY_DEFAULT = "kept as long as it was told when it was stored"


@dataclass(kw_only=True)
class Tally:
    dry_run: bool
    at: datetime
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    first: list[Gone] = field(default_factory=list)
    left: tuple[int, int] = (0, 0)

    def add(self, gone: Iterable[Gone]) -> None:
        for one in gone:
            count, size = self.counts.get(one.kind, (0, 0))
            self.counts[one.kind] = (count + 1, size + one.bytes)
            if len(self.first) < SHOWN:
                self.first.append(one)

    def receipt(self) -> CleanupReceipt:
        sums = (
            Sum(kind=kind, count=count, bytes=size, why=WHY.get(kind, BY_DEFAULT))
            for kind, (count, size) in sorted(self.counts.items())
        )
        count, size = self.left
        return CleanupReceipt(
            dry_run=self.dry_run,
            at=self.at,
            sums=tuple(sums),
            first=tuple(self.first),
            orphans_left=count,
            orphan_bytes=size,
        )


@dataclass(frozen=True, kw_only=True)
class Cleaning:
    state: State
    jobs_kept: timedelta
    cancel: Cancel
    orphans: bool = False

    def look(self, until: datetime) -> CleanupReceipt:
        """Nothing is changed by it."""
        ledger, tally = self.state.ledger, Tally(dry_run=True, at=until)
        tally.add(map(_stored, ledger.removals.expired(until)))
        tally.add(_plans(ledger.removals.old_plans(until), until))
        tally.add(ledger.history.old(until - self.jobs_kept, until))
        tally.add(_unfinished(self.state))
        self._tell_orphans(tally)
        return tally.receipt()

    def clean(self, until: datetime) -> CleanupReceipt:
        """Records first: jobs whose last file goes now can go themselves."""
        ledger, tally = self.state.ledger, Tally(dry_run=False, at=until)
        for one in remove_expired(ledger, self.state.artifacts, until):
            tally.add([Gone(kind=one.kind, id=one.id, bytes=one.bytes, since=None)])
            self.cancel.check()
        tally.add(_plans(ledger.removals.drop_plans(until), until))
        end_unstarted(self.state, until - self.jobs_kept)
        for each in ledger.history.drop_old(until - self.jobs_kept):
            tally.add([each])
            self.cancel.check()
        tally.add(_unfinished(self.state))
        self.state.artifacts.sweep()
        _drop_dead_owners(self.state)
        ledger.removals.forget()
        self._tell_orphans(tally)
        return tally.receipt()

    def _tell_orphans(self, tally: Tally) -> None:
        """Nobody can say whether the files are rubbish, or the records are what was lost: somebody has to."""
        found = orphans(self.state)
        if not self.orphans:
            tally.left = len(found), sum(one.bytes for one in found)
            return
        tally.add(found if tally.dry_run else drop_orphans(self.state, found, self.cancel))


def _drop_dead_owners(state: State) -> None:
    """The locks of those who died at no work: nobody else would ask for them."""
    for lock in sorted((state.folder / OWNERS).glob("*")):
        state.is_alive(lock.name)


def _stored(one: ArtifactRecord) -> Gone:
    return Gone(kind=one.kind, id=one.id, bytes=one.bytes, since=one.expires_at)


def _plans(count: int, until: datetime) -> Iterator[Gone]:
    return (Gone(kind=PLAN, id="", bytes=0, since=until) for _ in range(count))


def _unfinished(state: State) -> Iterator[Gone]:
    for name, size in state.artifacts.unfinished().items():
        yield Gone(kind=CLAIM if "/" in name else PART, id=name, bytes=size, since=None)
