"""What taking a job back would do, and what it did."""

from __future__ import annotations

import hashlib
from datetime import UTC

from entrepot.importing.undoing.compare import Fates
from entrepot.importing.undoing.job import Undoing
from entrepot.model.changes import Target
from entrepot.model.journals import Part
from entrepot.model.matching import Difference
from entrepot.model.undoing import Fate, KeptRow, UndoPlan, UndoReceipt

SHOWN = 100


def planned(undoing: Undoing, compared: Fates) -> UndoPlan:
    kept, differences = _shown(undoing)
    key, others = _named(undoing)
    fates = {part: found.fates for part, (found, _) in compared.items()}

    def total(fate: Fate) -> int:
        return sum(counts.get(fate, 0) for counts in fates.values())

    def back(part: Part) -> int:
        return fates.get(part, {}).get(Fate.BACK, 0)

    return UndoPlan(
        job=undoing.job.id,
        kind=undoing.job.kind,
        done_at=undoing.job.created_at.astimezone(UTC).isoformat(timespec="seconds"),
        engine=undoing.run.catalog.engine,
        database=undoing.run.catalog.database,
        entity=undoing.entity.title,
        deleted=back(Part.CREATED),
        restored=back(Part.UPDATED),
        reinserted=back(Part.REMOVED),
        already=total(Fate.ALREADY),
        edited=total(Fate.EDITED),
        gone=total(Fate.GONE),
        blocked=total(Fate.BLOCKED),
        blocked_by={name: count for _, by in compared.values() for name, count in by.items()},
        forgotten=undoing.forgotten,
        kept=kept,
        key=key,
        compared=others,
        differences=differences,
        digest=_digest(undoing, compared),
        undone_by=undoing.undone_by,
    )


def _shown(undoing: Undoing) -> tuple[tuple[KeptRow, ...], tuple[Difference, ...]]:
    found = [undoing.bench.staying(part, SHOWN) for part in undoing.parts]
    kept = [row for rows, _ in found for row in rows]
    return tuple(kept[:SHOWN]), tuple(one for _, differences in found for one in differences)[:SHOWN]


def _named(undoing: Undoing) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the values of a difference belong to."""
    part = next((part for part in undoing.parts if part.part is Part.UPDATED), None)
    if part is None:
        return (), ()
    others = (name for at, name in enumerate(part.columns) if at not in part.key)
    return tuple(part.columns[at] for at in part.key), tuple(others)


def _digest(undoing: Undoing, compared: Fates) -> str:
    parts = [f"{part} {found.digest}" for part, (found, _) in sorted(compared.items())]
    return hashlib.sha256("\n".join([undoing.job.id, undoing.run.catalog.database, *parts]).encode()).hexdigest()


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
        deleted=plan.deleted,
        restored=plan.restored,
        reinserted=plan.reinserted,
        already=plan.already,
        edited=plan.edited,
        gone=plan.gone,
        blocked=plan.blocked,
        forgotten=plan.forgotten,
        kept=plan.kept,
        digest=plan.digest,
        warnings=(*plan.warnings, *target.warnings),
    )
