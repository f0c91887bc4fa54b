"""A worker whose server of records is not there yet waits for it: machines start in any order."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from entrepot.model.errors import UnavailableError
from entrepot.state import State

LOG = logging.getLogger("entrepot.worker")
PAUSE = 1.0
MOST_SECONDS = 60.0
"""For those that go when there is nothing to do: whoever waits for a job starts another one."""


@contextmanager
def waited_for(
    opening: Callable[[], AbstractContextManager[State]], going: threading.Event, *, stays: bool
) -> Iterator[State | None]:
    """The records, once they can be reached; None: the worker was asked to go meanwhile."""
    deadline = None if stays else time.monotonic() + MOST_SECONDS
    with ExitStack() as stack:
        yield _entered(stack, opening, going, deadline)


def _entered(
    stack: ExitStack,
    opening: Callable[[], AbstractContextManager[State]],
    going: threading.Event,
    deadline: float | None,
) -> State | None:
    waits = False
    while not going.is_set():
        try:
            return stack.enter_context(opening())
        except UnavailableError as error:
            if error.code != "ledger_unreachable" or (deadline is not None and time.monotonic() > deadline):
                raise
            if not waits:
                LOG.warning("%s This worker waits for them.", error)
        waits = True
        going.wait(PAUSE)
    return None
