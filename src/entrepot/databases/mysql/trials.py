"""Trials as MariaDB and MySQL make them, and what a transaction may still do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from entrepot.databases.complaints import only_looking, transaction_over
from entrepot.databases.mysql.late_keys import LateKeys
from entrepot.databases.mysql.running import Running
from entrepot.databases.trials import Trying


class MySqlTrying(Trying):
    _running: Running
    _late: LateKeys
    _usable: bool
    _write: bool

    def _say(self, statement: str) -> None:
        self._running.execute(statement)

    def _go_back(self, savepoint: str) -> None:
        """Settings of the session do not go back by themselves."""
        self._say(f"ROLLBACK TO SAVEPOINT {savepoint}")
        self._say("SET SESSION time_zone = '+00:00'")
        self._late.forget(self._running)
        self._usable = True

    def _check_late(self) -> None:
        self._late.check(self._running)

    def let_keys_wait(self) -> None:
        with self._changing("letting foreign keys wait"):
            self._late.begin(self._running)

    @contextmanager
    def _changing(self, doing: str) -> Iterator[None]:
        """What broke off in the middle must never be committed, not even by mistake."""
        if not self._write:
            raise only_looking(doing)
        with self._working(doing):
            try:
                yield
            except BaseException:
                self._usable = False
                raise

    @contextmanager
    def _working(self, doing: str) -> Iterator[None]:
        if not self._usable:
            raise transaction_over(doing)
        with self._running.working(doing):
            yield
