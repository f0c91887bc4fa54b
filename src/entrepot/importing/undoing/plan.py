"""What taking a job back would do, and what it did."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC

from entrepot.importing.undoing.job import Undoing
from entrepot.importing.undoing.rings import stuck
from entrepot.model.catalog import Entity
from entrepot.model.changes import Target
from entrepot.model.journals import Part
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.undo_plans import Returning, UndoCounts, UndoPart, UndoPlan, UndoReceipt, some_of_each, summed
from entrepot.model.undoing import BackPart, Fate, KeptRow, Settled

SHOWN = 100


def planned(undoing: Undoing, settled: Settled) -> UndoPlan:
    parts = tuple(_part(undoing, entity, settled) for entity in undoing.changed)
    kept, differences = _shown(undoing)
    job, until = undoing.journaled.job, undoing.journaled.until
    return UndoPlan(
        job=job.id,
        kind=job.kind,
        done_at=job.created_at.astimezone(UTC).isoformat(timespec="seconds"),
        engine=undoing.run.catalog.engine,
        database=undoing.run.catalog.database,
        entity=undoing.titles,
        parts=parts,
        **vars(summed(parts)),
        blocked_by=settled.blocked_by,
        kept=kept,
        key=parts[0].key if len(parts) == 1 else (),
        compared=parts[0].compared if len(parts) == 1 else (),
        differences=differences,
        digest=_digest(undoing, settled),
        locks=undoing.movable.locked,
        undone_by=undoing.journaled.undone_by,
        unfinished=not job.status.final,
        until=until.astimezone(UTC).isoformat(timespec="seconds") if until else None,
        warnings=tuple(_may_stay(undoing, settled)),
    )


def _may_stay(undoing: Undoing, settled: Settled) -> Iterator[Problem]:
    """Only the database knows, once it is asked to let them go."""
    for part in undoing.parts:
        for relation in stuck(undoing.run.catalog, part) if settled.back(part) else ():
            entity = undoing.entity(part)
            fields = ", ".join(entity.field(name).title for name in relation.fields)
            yield Problem(
                code="ring_may_stay",
                message=f"Rows of {entity.title} that refer to each other in a ring by {fields} stay where the database"
                " lets go of none of them: the reference cannot be empty, nor the same in two rows.",
                remedy="If they are to go, let the reference be empty first, or delete them with the rule taken away.",
                severity=Severity.WARNING,
                category=Category.REFERENCE,
                place=Place(entity=entity.title),
            )


def _part(undoing: Undoing, entity: Entity, settled: Settled) -> UndoPart:
    mine = [part for part in undoing.parts if part.entity == entity.name]

    def total(fate: Fate) -> int:
        return sum(settled.parts[part.number].fates.get(fate, 0) for part in mine)

    def back(which: Part) -> int:
        return sum(settled.back(part) for part in mine if part.part is which)

    key, compared = _named(mine)
    return UndoPart(
        entity=entity.title,
        key=key,
        compared=compared,
        deleted=back(Part.CREATED),
        restored=back(Part.UPDATED),
        reinserted=back(Part.REMOVED),
        already=total(Fate.ALREADY),
        edited=total(Fate.EDITED),
        gone=total(Fate.GONE),
        blocked=total(Fate.BLOCKED),
        taken=total(Fate.TAKEN),
        parentless=total(Fate.PARENTLESS),
        refused=total(Fate.REFUSED),
        forgotten=undoing.journaled.forgotten(entity.name),
    )


def _named(parts: list[BackPart]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the values of a difference belong to."""
    part = next((part for part in parts if part.part is Part.UPDATED), None)
    if part is None:
        return (), ()
    others = (name for at, name in enumerate(part.columns) if at not in part.key)
    return tuple(part.columns[at] for at in part.key), tuple(others)


def _shown(undoing: Undoing) -> tuple[tuple[KeptRow, ...], tuple[Returning, ...]]:
    found = [(undoing.entity(part).title, *undoing.bench.staying(part, SHOWN)) for part in undoing.parts]
    kept = [replace(row, entity=title) for title, rows, _ in found for row in rows]
    differences = [Returning(**vars(one), entity=title) for title, _, those in found for one in those]
    return some_of_each(kept, SHOWN), some_of_each(differences, SHOWN)


def _digest(undoing: Undoing, settled: Settled) -> str:
    return hashlib.sha256("\n".join(_decided(undoing, settled)).encode()).hexdigest()


def _decided(undoing: Undoing, settled: Settled) -> Iterator[str]:
    yield undoing.journaled.job.id
    yield undoing.run.catalog.database
    for part in undoing.parts:
        yield f"{part.entity} {part.part} {settled.parts[part.number].digest}"


def receipt(undoing: Undoing, plan: UndoPlan, target: Target, job: str) -> UndoReceipt:
    run = undoing.run
    return UndoReceipt(
        job=job,
        undoes=plan.job,
        tool=run.tool,
        created_at=run.clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        seconds=run.clock.monotonic() - undoing.started,
        engine=plan.engine,
        database=plan.database,
        snapshot=target.identity,
        entity=plan.entity,
        parts=plan.parts,
        **{field.name: getattr(plan, field.name) for field in fields(UndoCounts)},
        kept=plan.kept,
        digest=plan.digest,
        undone_by=plan.undone_by,
        warnings=(*plan.warnings, *target.warnings),
    )
