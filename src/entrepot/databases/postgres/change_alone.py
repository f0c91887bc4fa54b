"""A transaction that has its tables for itself."""

from __future__ import annotations

from entrepot.databases.postgres.change import Opened, PostgresTarget
from entrepot.databases.postgres.moving import put_back
from entrepot.databases.postgres.usual import as_usual


class PostgresTargetAlone(PostgresTarget):
    """Nobody else uses the table and its parents; its foreign keys come back, and check all rows, at the end."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self.moved = tuple(key.name for key in opened.moved.keys) if opened.moved else ()

    def commit(self) -> None:
        """What waits in line for a table keeps its keys from being added, so that happens now."""
        if moved := self._opened.moved:
            with self._changing("checking the foreign keys of all rows of ", moved.entity):
                with as_usual(self._connection, self._opened.usual):
                    self._loader.run("SET CONSTRAINTS ALL IMMEDIATE")
                put_back(self._connection, moved)
        super().commit()
