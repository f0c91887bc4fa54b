"""A copy that is made while the database is asked what it looks like: the one waits for the disk, the other for the
server."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from pathlib import Path
from threading import Event

from entrepot.model.records import StoredArtifact
from entrepot.state import State
from entrepot.storage.there import is_file, not_there


class NotWantedError(Exception):
    """Never leaves the thread that copies."""


class Coming:
    """A file on its way into the store."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.copy: Future[StoredArtifact] | None = None
        self.is_taken = False
        self._left = Event()

    def check(self, _size: int) -> None:
        if self._left.is_set():
            raise NotWantedError

    def take(self) -> StoredArtifact:
        """All of it; whoever takes it has to keep it, or to delete it."""
        if self.copy is None:
            raise not_there(self.file)
        stored = self.copy.result()
        self.is_taken = True
        return stored

    def leave(self, state: State) -> None:
        """Of what nobody took nothing stays. What was wrong with it does not matter any more."""
        if self.copy is not None and not self.is_taken:
            self._left.set()
            with suppress(Exception):
                state.artifacts.delete(self.copy.result().id)


@contextmanager
def coming(state: State, file: Path, kind: str) -> Iterator[Coming]:
    """One that is not there is not asked for before somebody takes it."""
    arriving = Coming(file)
    with ThreadPoolExecutor(1) as beside:
        if is_file(file):
            arriving.copy = beside.submit(
                copy_context().run, state.artifacts.put, file, kind, file.name, arriving.check
            )
        try:
            yield arriving
        finally:
            arriving.leave(state)
