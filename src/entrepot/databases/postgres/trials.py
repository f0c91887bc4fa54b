"""Trials as PostgreSQL makes them."""

from __future__ import annotations

from entrepot.databases.postgres.loading import Loader
from entrepot.databases.trials import Trying


class PostgresTrying(Trying):
    _loader: Loader
    _over: bool

    def _say(self, statement: str) -> None:
        self._loader.run(statement)

    def _go_back(self, savepoint: str) -> None:
        self._say(f"ROLLBACK TO SAVEPOINT {savepoint}")
        self._over = False

    def _check_late(self) -> None:
        """Under the usual settings, as by a commit."""
        self._loader.change("SET CONSTRAINTS ALL IMMEDIATE")
