"""Taking a job back: its journal beside the rows as they are now, and what can become what it was, becomes it.

Rows that somebody changed since stay as they are, and so do created rows to which others refer by now. It happens in
one transaction, and has a journal of its own, so that it can be taken back as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from entrepot.importing.apply import Keep
from entrepot.importing.attempts import carry_out
from entrepot.importing.journal import JournalWriter
from entrepot.importing.request import Run
from entrepot.importing.undoing.change import change
from entrepot.importing.undoing.compare import compared
from entrepot.importing.undoing.job import Undoing
from entrepot.importing.undoing.journaled import Journaled, loaded
from entrepot.importing.undoing.plan import planned, receipt
from entrepot.importing.undoing.referring import children
from entrepot.model.changes import Mark, Target
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.journals import Part
from entrepot.model.undoing import UndoPlan, UndoReceipt


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
            with run.engine.change(run.catalog, undoing.entities, run.work, write=True) as target:
                target.mark(mark)
                done = _changed(undoing, target, mark.job, keep, agreed)
                ready(done)
                say(done)
                run.reporter.phase("Committing")
                target.commit()

        return carry_out(attempt, run, Mark(job=job), count())


def _changed(undoing: Undoing, target: Target, job: str, keep: Keep, agreed: str | None) -> UndoReceipt:
    """Everything but the commit."""
    plan = planned(undoing, compared(undoing, target))
    if agreed is not None and plan.digest != agreed:
        raise _drifted(plan)
    journal = JournalWriter(undoing.run.work / "journal", undoing.entity.name)
    try:
        change(undoing, plan, target, journal)
    except InputError as error:
        if error.code != "database_refused":
            raise
        raise _in_the_way(error) from error
    keep(journal.path, journal.facts)
    return receipt(undoing, plan, target, job)


@contextmanager
def _undoing(journaled: Journaled, run: Run) -> Iterator[Undoing]:
    started = run.clock.monotonic()
    run.reporter.phase(f"Reading the journal of {journaled.job.id}")
    with run.bench() as bench:
        entity, parts = loaded(journaled.journals, run.catalog, bench)
        created = any(part.part is Part.CREATED for part in parts)
        yield Undoing(
            run=run,
            bench=bench,
            job=journaled.job,
            entity=entity,
            parts=parts,
            children=tuple(children(run.catalog, entity)) if created else (),
            forgotten=journaled.forgotten,
            undone_by=journaled.undone_by,
            started=started,
        )


def _in_the_way(error: InputError) -> InputError:
    return InputError(
        error.code,
        error.message,
        remedy="What came or went since is in the way: a value that another row has by now, or a row referred to that "
        "is gone. Change that, and undo again.",
        problems=error.problems,
    )


def _drifted(plan: UndoPlan) -> ChangedError:
    return ChangedError(
        "plan_drifted",
        f"Since the preview, rows of {plan.entity} have changed: by now {plan.changes:,} can be taken back and "
        f"{plan.left:,} stay. Nothing was written.",
        remedy="Look at it again, and decide anew.",
    )
