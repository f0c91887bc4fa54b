"""The rows that a mirror deletes, children first, and the journals of all that changes with them.

What the database would delete with them goes before, by itself, so that it is in a journal. Rows that lose a reference
are left to the database; the journal has them as they were and as they have become. What goes is in the journal as it
was before its references were emptied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from entrepot.importing.asking import KEYS, columns
from entrepot.importing.changes import same
from entrepot.importing.isolating import Changed, changed, journal_of
from entrepot.importing.journal import JournalWriter
from entrepot.importing.mirroring.reach import Reach, Table, reach_of
from entrepot.importing.mirroring.untying import in_circles, loose
from entrepot.importing.request import Run, Work
from entrepot.importing.writing import look_again
from entrepot.model.bench import Bench
from entrepot.model.changes import Target
from entrepot.model.journals import BEFORE, Part
from entrepot.model.matching import Decided
from entrepot.model.mirrors import Leaving
from entrepot.model.plans import ImportPlan
from entrepot.model.templates import Chunk

AGAIN = f"{KEYS}_again"


@dataclass(frozen=True, kw_only=True)
class Writing:
    """A table of an import that deletes."""

    work: Work
    plan: ImportPlan
    journal: JournalWriter


def mirrored(work: Work, decided: Decided, plan: ImportPlan, target: Target) -> Changed:
    """One table."""
    journal = journal_of(work, 0)
    with deletions([Writing(work=work, plan=plan, journal=journal)], target):
        return changed(work, decided, plan, target, journal)


@contextmanager
def deletions(writings: Sequence[Writing], target: Target) -> Iterator[None]:
    """What goes before all else is written, and what goes then."""
    deleting = _deleting(writings, target)
    deleting.begin()
    yield
    deleting.finish()
    for one in writings:
        look_again(one.work, one.plan, target, one.journal)


def _deleting(writings: Sequence[Writing], target: Target) -> Deleting:
    first = writings[0]
    mirrors = [one.work.prepared.entity for one in writings if one.plan.radius]
    told = (table for one in writings if one.plan.radius for table in one.plan.radius.tables)
    return Deleting(
        run=first.work.run,
        bench=first.work.bench.part(0),
        target=target,
        reach=reach_of(first.work.run.catalog, mirrors),
        told={table.entity: table for table in told},
        journals={one.work.prepared.entity.name: one.journal for one in writings},
    )


@dataclass(frozen=True, kw_only=True)
class Deleting:
    run: Run
    bench: Bench
    target: Target
    reach: Reach
    told: Mapping[str, Leaving]
    """By what people call their entities."""
    journals: Mapping[str, JournalWriter]
    """Of the tables of the import, by their entities."""

    def begin(self) -> None:
        """Of rows that lose a reference, the journal has all values, and finds them by their own key."""
        for table in self._losing():
            rows = self._rows(table.emptied, table.named(table.backwards))
            self._journal(table).keep(BEFORE, table.backwards, self.target.null, rows, table.key)
        self._delete_some(last=False)

    def finish(self) -> None:
        self._delete_some(last=True)
        for table in self._losing():
            found = self._there(table, table.emptied, table.backwards)
            self._journal(table).keep(Part.UPDATED, table.backwards, "", (chunk.data for chunk in found), table.key)

    def _delete_some(self, *, last: bool) -> None:
        going = {
            table.entity.name: (table, told.deleted)
            for table, told in self._tables()
            if told.deleted and told.last is last
        }
        for table, _ in going.values():
            self._untie(table, going)
        for table, rows in reversed(list(going.values())):
            self._delete(table, rows)

    def _losing(self) -> list[Table]:
        return [table for table, told in self._tables() if told.emptied]

    def _tables(self) -> Iterator[tuple[Table, Leaving]]:
        """Parents first."""
        for table in self.reach.tables.values():
            if table.entity.title in self.told:
                yield table, self.told[table.entity.title]

    def _untie(self, table: Table, going: Collection[str]) -> None:
        catalog = self.run.catalog
        found = [loose(catalog, table, relation) for relation in in_circles(catalog, table, going)]
        if not all(found):
            self.target.let_keys_wait()
        if fields := list(dict.fromkeys(name for names in found for name in names)):
            keys = self._rows(table.going, [*table.key_names, *("" for _ in fields)])
            self.target.update(table.entity, table.key, fields, keys)

    def _delete(self, table: Table, rows: int) -> None:
        entity = table.entity
        self.run.reporter.begin(f"{entity.title}, deleted", rows)
        journal = self._journal(table)
        journal.found_by(Part.REMOVED, table.key)
        journal.keep(Part.REMOVED, table.fields, self.target.null, self._rows(table.going, table.names))
        keys = self._rows(table.going, table.key_names)
        if self.target.delete(entity, table.key, keys) != rows:
            same(rows - self._left(table), rows, f"deleted from {entity.title}")
        self.run.reporter.advance(rows, 0)

    def _left(self, table: Table) -> int:
        """In a circle the database may have deleted some with others."""
        return sum(chunk.rows for chunk in self._there(table, table.going, table.key))

    def _there(self, table: Table, rows: str, fields: Sequence[str]) -> Iterator[Chunk]:
        """As the database has them now."""
        self.target.keep_keys(AGAIN, table.entity, table.key, self._rows(rows, table.key_names))
        return self.target.matching(AGAIN, table.entity, table.key, columns(table.entity, fields))

    def _rows(self, name: str, names: Sequence[str]) -> Iterator[bytes]:
        for block in self.bench.give(name, names, null=self.target.null):
            self.run.cancel.check()
            yield block

    def _journal(self, table: Table) -> JournalWriter:
        """Each entity has one; those that nobody imports into go with the first."""
        name, first = table.entity.name, next(iter(self.journals.values()))
        return self.journals[name] if name in self.journals else first.of(name)
