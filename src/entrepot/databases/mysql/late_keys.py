"""Foreign keys that are looked at when all is written, which neither MariaDB nor MySQL can do by itself.

The session stops checking them, for this transaction alone, and every key that it may have broken is looked up before
the commit, in the rows as they are now. Rows that it wrote are locked by it until then, so that nobody can take a
parent away from under them: whoever tries waits for the commit, and finds them. What hangs on a key, such as ON DELETE
CASCADE, does not happen meanwhile; if it should have, a row is left without its parent, and nothing is committed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from entrepot.databases import complaints
from entrepot.databases.mysql.names import quote, table_name
from entrepot.databases.mysql.running import Running
from entrepot.databases.remedies import ORPHAN
from entrepot.model.catalog import Catalog, Entity, Relation

FROM_OUTSIDE = """SELECT count(*) FROM information_schema.KEY_COLUMN_USAGE
    WHERE REFERENCED_TABLE_SCHEMA = DATABASE() AND TABLE_SCHEMA <> DATABASE()"""


class LateKeys:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._waiting = False
        self._due: dict[Relation, None] = {}
        """The keys that may be broken by now."""

    def begin(self, running: Running) -> None:
        """Where tables of other databases refer to these, nobody waits: they could not be looked through."""
        if not running.number(FROM_OUTSIDE):
            running.execute("SET SESSION foreign_key_checks = 0")
            self._waiting = True

    def inserted(self, entity: Entity) -> None:
        self._note(entity, entity.relations)

    def updated(self, entity: Entity, fields: Collection[str]) -> None:
        self._note(entity, (it for it in entity.relations if not set(fields).isdisjoint(it.fields)))
        self._note(entity, (it for it in self._to(entity) if not set(fields).isdisjoint(it.parent_fields)))

    def deleted(self, entity: Entity) -> None:
        self._note(entity, self._to(entity))

    def check(self, running: Running) -> None:
        """Raises InputError `database_refused` for a row whose parent is not there."""
        if self._waiting:
            self._look_up(running, self._due)
            self.forget(running)

    @contextmanager
    def unchecked(self, running: Running, entity: Entity) -> Iterator[None]:
        """One statement, by which all rows of the entity go, looks at no keys; those to it are looked up behind it,
        and what hangs on them does not happen."""
        if self._waiting or running.number(FROM_OUTSIDE):
            yield
            return
        running.execute("SET SESSION foreign_key_checks = 0")
        try:
            yield
        finally:
            running.execute("SET SESSION foreign_key_checks = 1")
        due = self._catalog.relations() if entity.triggers else self._to(entity)
        self._look_up(running, (relation for relation in due if not relation.declared))

    def _look_up(self, running: Running, due: Iterable[Relation]) -> None:
        for relation in due:
            child, parent = (self._catalog.entity(name) for name in (relation.entity, relation.parent))
            if running.number(orphans(relation, child, parent)):
                words = f"{', '.join(relation.fields)} of some row refers to a row of {parent.title} that is not there"
                raise complaints.database_refused(child.title, words, constraint=relation.name, remedy=ORPHAN)

    def forget(self, running: Running) -> None:
        if self._waiting:
            running.execute("SET SESSION foreign_key_checks = 1")
        self._waiting = False
        self._due.clear()

    def _to(self, entity: Entity) -> Iterable[Relation]:
        return (relation for relation in self._catalog.relations() if relation.parent == entity.name)

    def _note(self, entity: Entity, relations: Iterable[Relation]) -> None:
        """Triggers may write to any table."""
        if self._waiting:
            due = self._catalog.relations() if entity.triggers else relations
            self._due.update(dict.fromkeys(relation for relation in due if not relation.declared))


def orphans(relation: Relation, child: Entity, parent: Entity) -> str:
    """How many there are. A read that locks sees what is there now, whatever the transaction saw before."""
    pairs = list(zip(relation.fields, relation.parent_fields, strict=True))
    meeting = " AND ".join(f"p.{quote(theirs)} = c.{quote(own)}" for own, theirs in pairs)
    filled = " AND ".join(f"c.{quote(own)} IS NOT NULL" for own, _ in pairs)
    return (
        f"SELECT count(*) FROM {table_name(child)} AS c LEFT JOIN {table_name(parent)} AS p ON {meeting}"
        f" WHERE {filled} AND p.{quote(pairs[0][1])} IS NULL LOCK IN SHARE MODE"
    )
