"""Keys for new rows as MariaDB and MySQL give them out."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.databases.minted import beyond
from entrepot.databases.mysql.counters import last_given
from entrepot.databases.mysql.trials import MySqlTrying
from entrepot.model.catalog import Entity, Field
from entrepot.model.templates import Chunk


class MySqlMinting(MySqlTrying):
    def new_keys(self, entity: Entity, field: Field, count: int) -> Iterator[Chunk]:
        """A row that comes from elsewhere before ours may have taken the same number; the database then refuses ours,
        and nothing is written."""
        with self._running.working(f"drawing keys of {entity.title}"):
            yield from beyond(entity, field, last_given(self._running, entity, field.name), count)
