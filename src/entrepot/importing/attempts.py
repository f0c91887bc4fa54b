"""One transaction, carried out for sure: it is tried again when others got in its way, and where nobody knows whether
it was committed, its mark does."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from entrepot.importing.request import Run
from entrepot.model.changes import Mark
from entrepot.model.errors import ChangedError, EntrepotError, UnavailableError
from entrepot.model.problems import Problem, Severity

Result = TypeVar("Result")
Attempt = Callable[[Mark, Callable[[Result], object]], object]
"""Does everything, commit included; says just before the commit what will have come of it."""
PASSING = frozenset({"serialization_failure", "deadlock", "locked", "sqlite_busy"})
"""What the server rolled back only because somebody else was at the same rows."""
UNKNOWN = "outcome_unknown"
ATTEMPTS = 5
PATIENCE = 30.0
"""Seconds from which on nothing is begun again."""
FIRST_PAUSE = 0.1


def carry_out(attempt: Attempt[Result], run: Run, wanted: Mark, epochs: Iterator[int]) -> Result:
    """What the attempt that succeeded said. `epochs` counts all attempts at what the mark names."""
    said: list[Result] = []
    began = run.clock.monotonic()
    for tries in range(ATTEMPTS):
        mark = replace(wanted, epoch=next(epochs))
        said.clear()
        try:
            attempt(mark, said.append)
        except (UnavailableError, ChangedError) as error:
            if error.code == UNKNOWN:
                find_out(run, mark, error)
            else:
                again_or_raise(error, tries, run, began)
                let_go(error)
                continue
        break
    return said[-1]


def again_or_raise(error: EntrepotError, tries: int, run: Run, began: float) -> None:
    """A pause that grows, so that the others get done meanwhile."""
    if error.code not in PASSING:
        raise error
    if tries + 1 == ATTEMPTS or run.clock.monotonic() - began > PATIENCE:
        raise type(error)(
            error.code,
            f"{error.message} It was tried {tries + 1} times." if tries else error.message,
            remedy=error.remedy,
        ) from error
    run.reporter.phase("Somebody else was at the same rows: trying again")
    pause(run, FIRST_PAUSE * 3**tries)


def let_go(error: BaseException | None) -> None:
    """Its frames hold rows on their way out of the workbench, which does one thing after the other."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def find_out(run: Run, mark: Mark, error: EntrepotError) -> None:
    """Returns if it was committed after all."""
    run.reporter.phase("Finding out whether it was committed")
    if not was_applied(run, mark, error):
        raise UnavailableError(
            "connection_lost", f"{error.message} It was not applied; nothing was written.", remedy="Run it again."
        ) from error
    run.reporter.warn(
        Problem(
            code="answer_lost",
            message="The connection broke off at the end; the database says that everything was committed.",
            severity=Severity.WARNING,
        )
    )


def was_applied(run: Run, mark: Mark, error: EntrepotError) -> bool:
    """A server that just went away may come back."""
    began, seconds = run.clock.monotonic(), FIRST_PAUSE
    while True:
        try:
            return run.engine.was_applied(mark)
        except UnavailableError as unreachable:
            if run.clock.monotonic() - began > PATIENCE:
                raise UnavailableError(UNKNOWN, error.message, remedy=error.remedy) from unreachable
        pause(run, seconds)
        seconds = min(2.0, seconds * 2)


def pause(run: Run, seconds: float) -> None:
    """In small steps, so that somebody who asks to stop is heard."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        run.cancel.check()
        time.sleep(min(left, 0.1))
