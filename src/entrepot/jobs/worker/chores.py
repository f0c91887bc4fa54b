"""What a worker does once a second besides its jobs, from one thread for all of it: a chore that takes long, or fails,
keeps no job waiting."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from entrepot.model.errors import EntrepotError
from entrepot.state import State

LOG = logging.getLogger("entrepot.worker")
EACH_SECOND = 1.0
LAST_CHORE = 10.0
"""How long a chore may take to end when the worker goes; each can be left in the middle, and somebody goes on with
it."""

Chore = Callable[[State], object]


@dataclass(kw_only=True)
class Chores:
    state: State
    chores: Sequence[Chore]
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        thread = threading.Thread(target=self._go_on, name="entrepot-chores", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join(LAST_CHORE)

    def _go_on(self) -> None:
        """Once at least."""
        while self.chores:
            for chore in self.chores:
                quietly(chore, self.state)
            if self._over.wait(EACH_SECOND):
                return


def quietly(chore: Chore, state: State) -> None:
    """Whatever it is that fails, the worker goes on, and the next second tries again."""
    try:
        chore(state)
    except Exception as error:
        traceback = None if isinstance(error, EntrepotError) else error
        LOG.warning("what is done once a second could not be done: %s", error, exc_info=traceback)
