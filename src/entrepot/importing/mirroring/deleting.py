"""The rows that a mirror deletes, children first, and the journals of all that changes with them.

What the database would delete with them goes before, by itself, so that it is in a journal. Rows that lose a reference
are left to the database; the journal has them as they were and as they have become. What goes is in the journal as it
was before its references were emptied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from entrepot.importing.asking import KEYS, columns
from entrepot.importing.changes import same
from entrepot.importing.journal import JournalWriter
from entrepot.importing.mirroring.reach import Reach, Table, reach_of
from entrepot.importing.mirroring.untying import in_circles, loose
from entrepot.importing.request import Work
from entrepot.importing.writing import change
from entrepot.model.changes import Target
from entrepot.model.drafts import Mode
from entrepot.model.journals import BEFORE, Part
from entrepot.model.mirrors import Leaving, Radius
from entrepot.model.plans import ImportPlan
from entrepot.model.templates import Chunk

AGAIN = f"{KEYS}_again"


def change_and_delete(work: Work, plan: ImportPlan, target: Target, journal: JournalWriter) -> list[JournalWriter]:
    """What else was written to than the journal that is given."""
    radius = plan.radius
    if work.prepared.request.mode is not Mode.MIRROR or radius is None:
        change(work, plan, target, journal)
        return []
    reach = reach_of(work.run.catalog, work.prepared.entity)
    deleting = Deleting(work=work, target=target, reach=reach, radius=radius, main=journal)
    if reach.is_round(work.prepared.entity):
        change(work, plan, target, journal)  # rows that stay may refer to some that go, until they are changed
        deleting.carry_out()
    else:
        deleting.carry_out()  # so that what must be unique is free for others
        change(work, plan, target, journal)
    return list(deleting.others.values())


@dataclass(frozen=True, kw_only=True)
class Deleting:
    work: Work
    target: Target
    reach: Reach
    radius: Radius
    main: JournalWriter
    """Of the entity whose rows the file names."""
    others: dict[str, JournalWriter] = field(default_factory=dict)
    """By entity: each has one."""

    def carry_out(self) -> None:
        """Of rows that lose a reference, the journal has all values, and finds them by their own key."""
        losing = [table for table, told in self._tables() if told.emptied]
        for table in losing:
            rows = self._rows(table.emptied, table.names)
            self._journal(table).keep(BEFORE, table.fields, self.target.null, rows, table.key)
        going = {table.entity.name: (table, told.deleted) for table, told in self._tables() if told.deleted}
        for table, _ in going.values():
            self._untie(table, going)
        for table, rows in reversed(list(going.values())):
            self._delete(table, rows)
        for table in losing:
            found = self._there(table, table.emptied, table.fields)
            self._journal(table).keep(Part.UPDATED, table.fields, "", (chunk.data for chunk in found), table.key)

    def _tables(self) -> Iterator[tuple[Table, Leaving]]:
        """Parents first."""
        by_title = {told.entity: told for told in self.radius.tables}
        for table in self.reach.tables.values():
            if table.entity.title in by_title:
                yield table, by_title[table.entity.title]

    def _untie(self, table: Table, going: Collection[str]) -> None:
        catalog = self.work.run.catalog
        found = [loose(catalog, table, relation) for relation in in_circles(catalog, table, going)]
        if not all(found):
            self.target.let_keys_wait()
        if fields := list(dict.fromkeys(name for names in found for name in names)):
            keys = self._rows(table.going, [*table.key_names, *("" for _ in fields)])
            self.target.update(table.entity, table.key, fields, keys)

    def _delete(self, table: Table, rows: int) -> None:
        entity, run = table.entity, self.work.run
        run.reporter.begin(f"{entity.title}, deleted", rows)
        journal = self._journal(table)
        journal.found_by(Part.REMOVED, table.key)
        journal.keep(Part.REMOVED, table.fields, self.target.null, self._rows(table.going, table.names))
        keys = self._rows(table.going, table.key_names)
        if self.target.delete(entity, table.key, keys) != rows:
            same(rows - self._left(table), rows, f"deleted from {entity.title}")
        run.reporter.advance(rows, 0)

    def _left(self, table: Table) -> int:
        """In a circle the database may have deleted some with others."""
        return sum(chunk.rows for chunk in self._there(table, table.going, table.key))

    def _there(self, table: Table, rows: str, fields: Sequence[str]) -> Iterator[Chunk]:
        """As the database has them now."""
        self.target.keep_keys(AGAIN, table.entity, table.key, self._rows(rows, table.key_names))
        return self.target.matching(AGAIN, table.entity, table.key, columns(table.entity, fields))

    def _rows(self, name: str, names: Sequence[str]) -> Iterator[bytes]:
        for block in self.work.bench.give(name, names, null=self.target.null):
            self.work.run.cancel.check()
            yield block

    def _journal(self, table: Table) -> JournalWriter:
        name = table.entity.name
        if name == self.work.prepared.entity.name:
            return self.main
        if name not in self.others:
            path = self.work.run.work / f"journal of {len(self.others):d} others"
            self.others[name] = JournalWriter(path, name)
        return self.others[name]
