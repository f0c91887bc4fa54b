"""Trials as SQLite makes them."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from entrepot.databases.trials import Trying

if TYPE_CHECKING:
    from entrepot.databases.sqlite.change import Opened


class SqliteTrying(Trying):
    _opened: Opened
    _connection: sqlite3.Connection
    _over: bool

    def _say(self, statement: str) -> None:
        self._connection.execute(statement)

    def _go_back(self, savepoint: str) -> None:
        """A trigger may have ended the whole transaction; then there is nothing to go back to."""
        if self._connection.in_transaction:
            self._say(f"ROLLBACK TO {savepoint}")
            self._say(f"RELEASE {savepoint}")
            self._opened.refusals.forget()
            self._over = False

    def _check_late(self) -> None:
        """What it defers, it tells at the end of the transaction only."""
