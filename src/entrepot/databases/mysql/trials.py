"""Trials as MariaDB and MySQL make them."""

from __future__ import annotations

from entrepot.databases.mysql.running import Running
from entrepot.databases.trials import Trying


class MySqlTrying(Trying):
    _running: Running
    _usable: bool

    def _say(self, statement: str) -> None:
        self._running.execute(statement)

    def _go_back(self, savepoint: str) -> None:
        """Settings of the session do not go back by themselves."""
        self._say(f"ROLLBACK TO SAVEPOINT {savepoint}")
        self._say("SET SESSION time_zone = '+00:00'")
        self._usable = True

    def _check_late(self) -> None:
        """It defers nothing."""

    def let_keys_wait(self) -> None:
        """None of them can."""
