"""A transaction that has its tables for itself."""

from __future__ import annotations

from entrepot.databases.postgres.change import Opened, PostgresTarget
from entrepot.databases.postgres.moving import put_back
from entrepot.databases.postgres.usual import as_usual


class PostgresTargetAlone(PostgresTarget):
    """Nobody else uses the tables and their parents; their foreign keys come back, and check all rows, at the end."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self.moved = tuple(relation for moved in opened.moved for relation in moved.relations)

    def commit(self) -> None:
        """What waits in line for a table keeps its keys from being added, so that happens now."""
        if self._opened.moved:
            with self._changing("checking what waited until the end"), as_usual(self._connection, self._opened.usual):
                self._loader.run("SET CONSTRAINTS ALL IMMEDIATE")
        for moved in self._opened.moved:
            with self._changing("checking the foreign keys of all rows of ", moved.entity):
                put_back(self._connection, moved)
        super().commit()
