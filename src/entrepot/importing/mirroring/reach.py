"""Which entities may lose rows, or see them changed, when rows of some are deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from entrepot.importing.changes import identity, stored
from entrepot.importing.mirroring.relations import reached
from entrepot.model.catalog import Catalog, Entity, Relation
from entrepot.model.graph import load_order


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of an entity in the workbench."""

    number: int
    entity: Entity

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Empty: its rows could not be put back."""
        return identity(self.entity)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """All that the database keeps of a row, the key first."""
        return (*self.key, *(name for name in stored(self.entity) if name not in self.key))

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(f"c{at}" for at in range(len(self.fields)))

    @cached_property
    def backwards(self) -> tuple[str, ...]:
        """The same in another order than a row has that an import changes. An undo takes rows of which the same is
        known together, and one that changes and loses a reference as well is in two sections of the journal."""
        return (*self.key, *reversed(self.fields[len(self.key) :]))

    @property
    def key_names(self) -> tuple[str, ...]:
        return self.names[: len(self.key)]

    def named(self, fields: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.names[self.fields.index(name)] for name in fields)

    @property
    def going(self) -> str:
        return f"going_{self.number:d}"

    @property
    def emptied(self) -> str:
        return f"emptied_{self.number:d}"

    @property
    def held(self) -> str:
        return f"held_{self.number:d}"

    @property
    def known(self) -> str:
        """The keys of those that records name."""
        return f"known_{self.number:d}"


@dataclass(frozen=True, kw_only=True)
class Reach:
    tables: dict[str, Table]
    """Parents first."""
    relations: tuple[Relation, ...]
    """All that lead to an entity whose rows may go."""

    def to(self, parent: Entity) -> Iterator[Relation]:
        return (relation for relation in self.relations if relation.parent == parent.name)

    def beside(self, entity: Entity, catalog: Catalog) -> list[Table]:
        """Those that rows of one of the mirrored entities can take along, or change."""
        names = {relation.entity for relation in reached(catalog, [entity])}
        return [table for name, table in self.tables.items() if name in names]


def reach_of(catalog: Catalog, mirrored: Sequence[Entity]) -> Reach:
    relations = reached(catalog, mirrored)
    names = {*(entity.name for entity in mirrored), *(relation.entity for relation in relations)}
    ordered = [name for together in load_order(catalog) for name in together if name in names]
    return Reach(
        tables={name: Table(number=number, entity=catalog.entity(name)) for number, name in enumerate(ordered)},
        relations=relations,
    )
