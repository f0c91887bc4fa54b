"""What an import writes, in its order: rows that change, new ones, and rows that change because of these."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from entrepot.importing.changes import (
    Look,
    changed_besides,
    create,
    has_what_was_sent,
    identity,
    read_again,
    same,
)
from entrepot.importing.journal import JournalWriter
from entrepot.importing.request import Work
from entrepot.importing.versions.writing import add_versions
from entrepot.model.changes import Target
from entrepot.model.drafts import Decision
from entrepot.model.how_many import how_many
from entrepot.model.journals import BEFORE, Part
from entrepot.model.matching import What
from entrepot.model.plans import ImportPlan
from entrepot.model.triggers import Event


def change(work: Work, plan: ImportPlan, target: Target, journal: JournalWriter, *, look: bool = True) -> None:
    """Without a look at rows that changed, if they go on to change."""
    entity, updated, created = work.prepared.entity, plan.counts[Decision.UPDATED], plan.counts[Decision.CREATED]
    updates = Updates(work=work, plan=plan, target=target, journal=journal)
    early, late = plan.turns.early, plan.turns.late
    changed = 0
    if updated:
        work.run.reporter.phase(f"Keeping {how_many(updated, 'row')} of {entity.title} for an undo")
        updates.keep()
        work.run.reporter.begin(f"{entity.title}, changed", updated)
        changed = sum(updates.take_turn(turn) for turn in range(early))
    if created:
        work.run.reporter.begin(f"{entity.title}, new", created)
        create(work, plan, target, journal)
    if plan.counts.get(Decision.VERSIONED):
        same(add_versions(work, target, journal), plan.counts[Decision.VERSIONED], "added as new versions")
    if updated:
        changed += sum(updates.take_turn(turn) for turn in range(early, early + late))
        if at_once(work, plan):
            same(changed, updated, "updated")
        if look and not work.prepared.held:
            updates.look()
    if created:
        target.settle_counters(entity)


def look_again(work: Work, plan: ImportPlan, target: Target, journal: JournalWriter) -> None:
    """At rows that changed, when they do so no more."""
    if plan.counts[Decision.UPDATED]:
        Updates(work=work, plan=plan, target=target, journal=journal).look()


def fill(work: Work, plan: ImportPlan, target: Target, journal: JournalWriter, *, look: bool = True) -> None:
    """The second step, when all other tables were written: what was held back, and the journal of what came of it."""
    entity, held = work.prepared.entity, work.prepared.held
    updated, created = plan.counts[Decision.UPDATED], plan.counts[Decision.CREATED]
    if not held:
        return
    if created:
        work.run.reporter.begin(f"{entity.title}, references", created)
        key = identity(entity)
        numbers = tuple(work.prepared.names.index(name) for name in (*key, *held))
        filled = target.update(entity, key, held, work.emit(What.CREATED, target, columns=numbers))
        same(filled, created, "filled")
        read_again(work, target, journal, work.emit(What.CREATED, target, columns=numbers[: len(key)]), created)
    if updated:
        updates = Updates(work=work, plan=plan, target=target, journal=journal)
        updates.fill()
        if look:
            updates.look()


def at_once(work: Work, plan: ImportPlan) -> bool:
    """Whether rows that change get anything before the second step."""
    return not set(plan.compared) <= set(work.prepared.held)


def updating(work: Work, plan: ImportPlan, target: Target, number: int) -> tuple[Sequence[str], Generator[bytes]]:
    """The fields that rows get at once, and key and new values of the rows; what is held back, they keep until then."""
    places = [at for at, name in enumerate(plan.compared) if name not in work.prepared.held]
    if len(places) == len(plan.compared):
        return plan.compared, work.emit(What.UPDATED, target, number)
    fields = [plan.compared[at] for at in places]
    return fields, work.emit(What.UPDATED, target, number, tuple(places))


@dataclass(frozen=True, kw_only=True)
class Updates:
    """Rows that change. Where the database may make something else of them, or of more than it is told, it is asked for
    them."""

    work: Work
    plan: ImportPlan
    target: Target
    journal: JournalWriter

    def keep(self) -> None:
        """As they are."""
        self.journal.found_by(Part.UPDATED, self.plan.key)
        if self._plainly:
            rows = self.work.emit(What.BEFORE, self.target)
            self.journal.keep(BEFORE, self._given, self.target.null, rows)
        else:
            self._look.at(BEFORE, self._keys())

    def take_turn(self, turn: int) -> int:
        turns = self.plan.turns
        number = turn + 1 if turns.early + turns.late > 1 else 0
        if not at_once(self.work, self.plan):
            return 0
        fields, rows = updating(self.work, self.plan, self.target, number)
        if self._plainly:
            rows = self.journal.kept(Part.UPDATED, self._given, self.target.null, rows)
        return self.target.update(self.work.prepared.entity, self.plan.key, fields, rows)

    def fill(self) -> None:
        places = [at for at, name in enumerate(self.plan.compared) if name in self.work.prepared.held]
        if places:
            fields = [self.plan.compared[at] for at in places]
            rows = self.work.emit(What.UPDATED, self.target, columns=tuple(places))
            self.target.update(self.work.prepared.entity, self.plan.key, fields, rows)

    def look(self) -> None:
        """As they have become."""
        if not self._plainly:
            self._look.at(Part.UPDATED, self._keys())

    @property
    def _given(self) -> tuple[str, ...]:
        return (*self.plan.key, *self.plan.compared)

    @cached_property
    def _besides(self) -> tuple[str, ...]:
        return tuple(name for name in changed_besides(self.work.prepared.entity) if name not in self._given)

    @cached_property
    def _plainly(self) -> bool:
        return (
            not self.work.prepared.held
            and not self._besides
            and has_what_was_sent(self.work, self._given, Event.UPDATE)
        )

    @property
    def _look(self) -> Look:
        entity = self.work.prepared.entity
        return Look(
            entity=entity,
            key=self.plan.key,
            names=(*self._given, *self._besides),
            target=self.target,
            journal=self.journal,
            where=self.work.prepared.inside(entity),
        )

    def _keys(self) -> Iterator[bytes]:
        return self.work.emit(What.BEFORE, self.target, columns=())
