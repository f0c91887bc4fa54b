"""Rows that refer to a version which is no longer the newest: they refer to the newest then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from entrepot.importing.asking import KEYS, take
from entrepot.importing.changes import Look, changed_besides, identity, same
from entrepot.importing.journal import JournalWriter
from entrepot.importing.request import Work
from entrepot.model.catalog import Entity, Relation
from entrepot.model.changes import Target
from entrepot.model.journals import BEFORE, Part
from entrepot.model.selection import Column
from entrepot.model.versions import Versions

NEW, LINEAGE, FORMER, CHILDREN = "versioned", "lineage", "former", "children"


@dataclass(frozen=True, kw_only=True)
class Following:
    work: Work
    target: Target
    journal: JournalWriter
    versions: Versions

    def follow(self) -> None:
        """Two references of one row may change: what it was is kept before the first does, what it became after the
        last."""
        by_child = sorted(self.work.prepared.followers, key=lambda relation: relation.entity)
        for name, relations in groupby(by_child, key=lambda relation: relation.entity):
            self._child(self.work.run.catalog.entity(name), list(relations))

    def _child(self, child: Entity, relations: Sequence[Relation]) -> None:
        self.work.run.reporter.phase(f"Leading {child.title} to the new versions")
        found_by = identity(child)
        numbers = [f"i{at}" for at in range(len(found_by))]
        counts = [self._gathered(child, relation, number) for number, relation in enumerate(relations)]
        if not any(counts):
            return
        journal = self.journal.of(child.name)
        journal.found_by(Part.UPDATED, found_by)
        look = self._look(child, relations, journal)
        look.at(BEFORE, chain.from_iterable(self._given(moved(number), numbers) for number in range(len(counts))))
        for number, relation in enumerate(relations):
            values = [f"p{at}" for at in range(len(relation.fields))]
            rows = self._given(moved(number), [*numbers, *values])
            same(self.target.update(child, found_by, relation.fields, rows), counts[number], "led to new versions")
        look.again(Part.UPDATED)

    def _gathered(self, child: Entity, relation: Relation, number: int) -> int:
        """How many rows refer to a version that is not the newest any more."""
        found_by, bench = identity(child), self.work.bench
        self._take_lineage(relation)
        bench.part_former(len(relation.parent_fields))
        self._take_children(child, relation, found_by)
        return bench.move_children(number, len(relation.fields), len(found_by))

    def _look(self, child: Entity, relations: Sequence[Relation], journal: JournalWriter) -> Look:
        fields = (name for relation in relations for name in relation.fields)
        names = tuple(dict.fromkeys((*identity(child), *fields, *changed_besides(child))))
        inside = self.work.prepared.inside(child)
        return Look(entity=child, key=identity(child), names=names, target=self.target, journal=journal, where=inside)

    def _take_lineage(self, relation: Relation) -> None:
        """Of all versions."""
        entity, versions = self.work.prepared.entity, self.versions
        keys = self._given(NEW, ["n", *(f"k{at}" for at in range(len(versions.of)))])
        self.target.keep_keys(KEYS, entity, versions.of, keys, numbered=True)
        wanted = (Column(field=entity.field(versions.field), name="v"), *_places("p", entity, relation.parent_fields))
        inside = self.work.prepared.inside(entity)
        found = self.target.matching(KEYS, entity, versions.of, wanted, numbered=True, where=inside)
        take(LINEAGE, ["of", *(column.name for column in wanted)], found, self.work)

    def _take_children(self, child: Entity, relation: Relation, found_by: Sequence[str]) -> None:
        """By the types of the parent: a child may be too narrow for what it has."""
        places = [f"p{at}" for at in range(len(relation.parent_fields))]
        keys = self._given(FORMER, ["n", *places])
        self.target.keep_keys(KEYS, self.work.prepared.entity, relation.parent_fields, keys, numbered=True)
        wanted, inside = _places("i", child, found_by), self.work.prepared.inside(child)
        found = self.target.matching(KEYS, child, relation.fields, wanted, numbered=True, where=inside)
        take(CHILDREN, ["of", *(column.name for column in wanted)], found, self.work)

    def _given(self, table: str, names: Sequence[str]) -> Iterator[bytes]:
        return self.work.bench.give(table, names, null=self.target.null)


def _places(prefix: str, entity: Entity, names: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(field=entity.field(name), name=f"{prefix}{at}") for at, name in enumerate(names))


def moved(number: int) -> str:
    return f"moved_{number:d}"
