"""What following relations stands on: the snapshot's row sets, the schema, and how far one may go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from entrepot.exporting.scopes import Bounds
from entrepot.model.catalog import Catalog, Entity, Relation
from entrepot.model.errors import InputError
from entrepot.model.predicates import InRowSet, Predicate
from entrepot.model.selection import Column, Query, Relatives, Scope


class KeySets(Protocol):
    """What following relations needs of a session."""

    def count(self, query: Query) -> int: ...

    def create_rowset(self, name: str, entity: Entity) -> None: ...

    def add_to_rowset(self, name: str, where: Query) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Which rows of an entity go out."""

    where: Predicate | None
    """None: every row."""
    full: bool = False
    """True if no row of the scope is missing."""


State = Mapping[str, Rows]
"""By entity; one that is not there sends no row."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    session: KeySets
    catalog: Catalog
    bounds: Bounds
    excluded: frozenset[str]
    related: Relatives
    numbers: Iterable[int] = field(default_factory=count)

    def relations(self, entity: str) -> tuple[Relation, ...]:
        """Where the entity's references lead, as far as the catalog knows the parents."""
        return tuple(r for r in self.catalog.entity(entity).relations if r.parent in self.catalog.by_name)

    def may_follow(self, name: str) -> bool:
        """True if related rows of the entity may come along."""
        return name not in self.excluded and self.bounds.may_join(self.catalog.entity(name))

    def scope_is_all(self, name: str) -> bool:
        """True if an entity whose rows of the scope all go out can gain none: the rest belongs to other tenants.

        Rows of no tenant are the exception: what refers to them, or they to, may bring them along.
        """
        entity = self.catalog.entity(name)
        return self.bounds.scope is not Scope.TENANT or self.bounds.everybody_has_one(entity)

    def new_set(self, name: str) -> str:
        """An empty row set for the keys of `name`."""
        entity = self.catalog.entity(name)
        if not entity.primary_key:
            raise _keyless(entity)
        rowset = f"rows_{next(iter(self.numbers))}"
        self.session.create_rowset(rowset, entity)
        return rowset

    def add(self, rowset: str, name: str, where: Predicate | None) -> int:
        """Add the keys of rows; how many were new."""
        return self.session.add_to_rowset(rowset, self._query(name, where))

    def count(self, name: str, where: Predicate | None) -> int:
        return self.session.count(self._query(name, where))

    def held(self, query: Query) -> Rows:
        """The rows of a query with a limit, which no condition could say, held by their keys."""
        rowset = self.new_set(query.entity.name)
        self.session.add_to_rowset(rowset, query)
        return Rows(where=InRowSet(rowset))

    def _query(self, name: str, where: Predicate | None) -> Query:
        entity = self.catalog.entity(name)
        fields = entity.primary_key or tuple(f.name for f in entity.fields[:1])
        columns = tuple(Column(field=entity.field(name), name=name) for name in fields)
        return Query(entity=entity, columns=columns, where=where)


def _keyless(entity: Entity) -> InputError:
    return InputError(
        "no_primary_key",
        f"'{entity.title}' has no primary key, so single rows of it cannot be told apart and followed.",
        remedy="Leave out the limit on it, or ask for no related rows and keep the references as they are.",
    )
