"""Trials within a transaction: savepoints, one in another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from entrepot.model.errors import InputError


class Trying(ABC):
    _trials = 0

    @abstractmethod
    def _changing(self, doing: str) -> AbstractContextManager[None]: ...

    @abstractmethod
    def _say(self, statement: str) -> None: ...

    @abstractmethod
    def _go_back(self, savepoint: str) -> None:
        """Afterwards the transaction goes on as if nothing had gone wrong since."""

    @abstractmethod
    def _check_late(self) -> None:
        """What the database would check at the end of the transaction, where it can be asked to do so before."""

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Each has a name of its own: some servers let a second one of the same name take the place of the first."""
        savepoint = f"trial_{self._trials}"
        with self._changing("beginning a trial"):
            self._say(f"SAVEPOINT {savepoint}")
        self._trials += 1
        try:
            yield
            with self._changing("checking what is deferred"):
                self._check_late()
        except InputError:
            self._go_back(savepoint)
            raise
        finally:
            self._trials -= 1
        with self._changing("ending a trial"):
            self._say(f"RELEASE SAVEPOINT {savepoint}")
