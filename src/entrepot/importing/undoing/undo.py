"""Taking a job back: its journal beside the rows as they are now, and what can become what it was, becomes it.

Rows that somebody changed since stay as they are, and so do those that something is in the way of. It happens in one
transaction, also where the job changed several entities, and has journals of its own, so that it can be taken back as
well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from itertools import count

from entrepot.importing.attempts import carry_out
from entrepot.importing.lanes import alone
from entrepot.importing.request import Run
from entrepot.importing.undoing.compare import compared
from entrepot.importing.undoing.job import Undoing
from entrepot.importing.undoing.journaled import Journaled, loaded
from entrepot.importing.undoing.plan import planned, receipt
from entrepot.importing.undoing.referring import standing
from entrepot.importing.undoing.refused import taken_back
from entrepot.importing.undoing.rings import movable, must_wait
from entrepot.importing.wanted import Keep
from entrepot.model.changes import Mark, Target
from entrepot.model.errors import ChangedError
from entrepot.model.undo_plans import UndoPlan, UndoReceipt


def look_back(journaled: Journaled, run: Run) -> UndoPlan:
    """Nothing is written and nobody is locked out."""
    with _undoing(journaled, run) as undoing:
        with run.engine.change(run.catalog, undoing.entities, run.work, write=False) as target:
            fates = compared(undoing, target)
        return planned(undoing, fates)


def take_back(
    journaled: Journaled,
    run: Run,
    *,
    job: str,
    keep: Keep,
    agreed: str | None = None,
    ready: Callable[[UndoReceipt], object],
) -> UndoReceipt:
    """All that can be taken back, at once. `agreed` is the digest of the plan that somebody saw; `ready` hears the
    receipt just before the commit that makes it true."""
    with _undoing(journaled, run) as undoing:

        def attempt(mark: Mark, say: Callable[[UndoReceipt], object]) -> None:
            with _begun(undoing) as target:
                for name in (job, journaled.once):
                    target.mark(replace(mark, job=name))
                done = _changed(undoing, target, mark.job, keep, agreed)
                ready(done)
                say(done)
                run.reporter.phase("Committing")
                target.commit()

        return carry_out(attempt, run, Mark(job=job), count())


def _begun(undoing: Undoing) -> AbstractContextManager[Target]:
    run, keys = undoing.run, undoing.movable.keys
    if keys:
        return alone(run).change_alone(run.catalog, undoing.entities, run.work, keys=keys)
    return run.engine.change(run.catalog, undoing.entities, run.work, write=True)


def _changed(undoing: Undoing, target: Target, job: str, keep: Keep, agreed: str | None) -> UndoReceipt:
    """Everything but the commit."""
    fates = compared(undoing, target)
    plan = planned(undoing, fates)
    if agreed is not None and plan.digest != agreed:
        raise _drifted(plan)
    done = taken_back(undoing, fates, plan, target)
    for journal in done.journals.written:
        keep(journal.path, journal.facts)
    return receipt(undoing, done.plan, target, job)


@contextmanager
def _undoing(journaled: Journaled, run: Run) -> Iterator[Undoing]:
    started = run.clock.monotonic()
    run.reporter.phase(f"Reading the journal of {journaled.job.id}")
    with run.bench() as bench:
        found = loaded(journaled.journals, run.catalog, bench)
        waiting = must_wait(run.catalog, found.parts)
        yield Undoing(
            run=run,
            bench=bench,
            journaled=journaled,
            changed=found.entities,
            parts=found.parts,
            standing=standing(run.catalog, found.parts),
            waits=bool(waiting),
            movable=movable(waiting, run),
            started=started,
        )


def _drifted(plan: UndoPlan) -> ChangedError:
    return ChangedError(
        "plan_drifted",
        f"Since the preview, rows of {plan.entity} have changed: by now {plan.changes:,} can be taken back and "
        f"{plan.left:,} stay. Nothing was written.",
        remedy=f"Look at it again, and decide anew: entrepot undo {plan.job}",
    )
