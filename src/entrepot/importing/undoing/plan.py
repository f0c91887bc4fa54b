"""What taking a job back would do, and what it did."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from datetime import UTC

from entrepot.importing.undoing.job import Undoing
from entrepot.model.changes import Target
from entrepot.model.journals import Part
from entrepot.model.matching import Difference
from entrepot.model.undo_plans import UndoCounts, UndoPlan, UndoReceipt
from entrepot.model.undoing import Fate, KeptRow, Settled

SHOWN = 100


def planned(undoing: Undoing, settled: Settled) -> UndoPlan:
    kept, differences = _shown(undoing)
    key, others = _named(undoing)
    job, until = undoing.journaled.job, undoing.journaled.until
    return UndoPlan(
        job=job.id,
        kind=job.kind,
        done_at=job.created_at.astimezone(UTC).isoformat(timespec="seconds"),
        engine=undoing.run.catalog.engine,
        database=undoing.run.catalog.database,
        entity=undoing.entity.title,
        **vars(_counts(undoing, settled)),
        blocked_by=settled.blocked_by,
        kept=kept,
        key=key,
        compared=others,
        differences=differences,
        digest=_digest(undoing, settled),
        undone_by=undoing.journaled.undone_by,
        unfinished=not job.status.final,
        until=until.astimezone(UTC).isoformat(timespec="seconds") if until else None,
    )


def _counts(undoing: Undoing, settled: Settled) -> UndoCounts:
    fates = {part: compared.fates for part, compared in settled.parts.items()}

    def total(fate: Fate) -> int:
        return sum(counts.get(fate, 0) for counts in fates.values())

    def back(part: Part) -> int:
        return fates.get(part, {}).get(Fate.BACK, 0)

    return UndoCounts(
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
        forgotten=undoing.journaled.forgotten,
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


def _digest(undoing: Undoing, settled: Settled) -> str:
    parts = [f"{part} {compared.digest}" for part, compared in sorted(settled.parts.items())]
    return hashlib.sha256(
        "\n".join([undoing.journaled.job.id, undoing.run.catalog.database, *parts]).encode()
    ).hexdigest()


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
        **{field.name: getattr(plan, field.name) for field in fields(UndoCounts)},
        kept=plan.kept,
        digest=plan.digest,
        undone_by=plan.undone_by,
        warnings=(*plan.warnings, *target.warnings),
    )
