"""What an import of several tables writes: one table after the other, parents first.

Tables that refer to each other in a circle are written together: what refers to a later one is filled when all of them
are there. Where single records may be skipped, all of the circle is written anew without those that the database
refused, because they may be parents of records that were written before.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import groupby

from entrepot.importing.bundles.deciding import Settled, again, bring, settle_circle
from entrepot.importing.bundles.unasked import is_made, without_unasked
from entrepot.importing.halving import CODE, UndoneError
from entrepot.importing.isolating import Changed, changed, journal_of
from entrepot.importing.mirroring.deleting import Writing, deletions
from entrepot.importing.thresholds import refuse_too_many
from entrepot.importing.writing import fill
from entrepot.model.bundles import BundlePlan
from entrepot.model.changes import Target
from entrepot.model.drafts import Errors
from entrepot.model.plans import ImportPlan

Due = tuple[Settled, ImportPlan]


def write(settled: Sequence[Settled], plan: BundlePlan, target: Target) -> list[Changed]:
    """Where the database refuses records that may be skipped, rows that were made for these are not written either."""
    due = list(zip(settled, plan.parts, strict=True))
    if any(part.radius for _, part in due):
        return _mirrored(due, target)
    if not any(is_made(one) and part.request.errors is Errors.SKIP for one, part in due):
        return _written(due, target)
    now = list(settled)
    while True:
        try:
            with target.trial():
                done = _written(due, target)
                known = [_settled(one, written) for one, written in zip(settled, done, strict=True)]
                now = without_unasked(known)
                if all(one is before for one, before in zip(now, known, strict=True)):
                    return done
                raise UndoneError(CODE, "To be written anew.", remedy="")
        except UndoneError:
            due = [(one, _planned(one, part)) for one, (_, part) in zip(now, due, strict=True)]


def _mirrored(due: Sequence[Due], target: Target) -> list[Changed]:
    """What goes is in the journals of the tables that it goes from, before and after what is written to them."""
    begun = [(replace(one, journal=journal_of(one.member.work, 0)), part) for one, part in due]
    writings = [
        Writing(work=one.member.work, plan=part, journal=one.journal) for one, part in begun if one.journal is not None
    ]
    with deletions(writings, target):
        return _written(begun, target)


def _settled(then: Settled, now: Changed) -> Settled:
    return replace(then, member=replace(then.member, work=now.work), decided=now.decided)


def _written(due: Sequence[Due], target: Target) -> list[Changed]:
    """Where the database refuses records that may be skipped, those that refer to them are skipped as well."""
    done: list[Changed] = []
    fewer: set[str] = set()
    for _, some in groupby(due, lambda one: one[0].member.circle):
        circle = list(some)
        if any(one.member.parents & fewer for one, _ in circle):
            circle = _again(circle)
        written = _circle(circle, target) if len(circle) > 1 else [_one(*circle[0], target)]
        fewer |= {
            one.work.prepared.entity.name
            for one, (_, then) in zip(written, due[len(done) :], strict=False)
            if one.plan.failed != then.failed
        }
        done += written
    return done


def _one(settled: Settled, part: ImportPlan, target: Target) -> Changed:
    written = changed(settled.member.work, settled.decided, part, target, settled.journal)
    if written.decided is not settled.decided:
        bring(replace(settled.member, work=written.work))
    return written


def _again(circle: Sequence[Due]) -> list[Due]:
    """Records that these refer to failed after all; what was agreed to is still the same."""
    now = [replace(one, decided=again(one)) for one, _ in circle]
    now = settle_circle(now) if len(now) > 1 else now
    return [(one, _planned(one, part)) for one, (_, part) in zip(now, circle, strict=True)]


def _planned(settled: Settled, part: ImportPlan) -> ImportPlan:
    plan = replace(settled.plan(), digest=part.digest)
    refuse_too_many(plan)
    return plan


def _circle(circle: Sequence[Due], target: Target) -> list[Changed]:
    """Each round that is undone finds at least one more record that the database refuses."""
    while True:
        written: list[Changed] = []
        try:
            with _undone_together(circle, target):
                for one, part in circle:
                    written.append(changed(one.member.work, one.decided, part, target, one.journal))
                    if written[-1].decided is not one.decided:
                        raise UndoneError(CODE, "To be written anew.", remedy="")
                for done, (one, _) in zip(written, circle, strict=True):
                    fill(done.work, done.plan, target, done.journal, look=one.journal is None)
        except UndoneError:
            circle = _again(_without(circle, written[-1]))
            continue
        return written


def _undone_together(circle: Sequence[Due], target: Target) -> AbstractContextManager[None]:
    if any(part.request.errors is Errors.SKIP for _, part in circle):
        return target.trial()
    if any(one.member.waits for one, _ in circle):
        target.let_keys_wait()
    return nullcontext()


def _without(circle: Sequence[Due], refused: Changed) -> list[Due]:
    name = refused.work.prepared.entity.name
    return [
        (replace(one, member=replace(one.member, work=refused.work)) if one.member.entity.name == name else one, part)
        for one, part in circle
    ]
