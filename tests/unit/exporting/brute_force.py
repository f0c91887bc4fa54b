"""What related rows and left-out references come to, found by walking from row to row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from entrepot.exporting.chosen import excluded_names
from entrepot.model.catalog import Catalog, Relation
from entrepot.model.graph import tenant_paths
from entrepot.model.names import entity_names
from entrepot.model.selection import LeftOut, Relatives, Scope, Selection
from unit.exporting.memory_session import Row, Tables

Place = tuple[str, int]
"""An entity, and the number of one of its rows."""


class RefusedError(Exception):
    """The request must be refused with this code."""


@dataclass(frozen=True, kw_only=True)
class World:
    catalog: Catalog
    tables: Tables
    selection: Selection

    def expected(self, start: set[Place]) -> dict[str, list[dict[str, str | None]]]:
        """By entity, the rows as they must go out."""
        rows = self._related(start)
        self._check_foreign(rows)
        if self.selection.left_out is LeftOut.DROP:
            rows = self._dropped(rows)
        going = {name for name, _ in start | rows}
        return {
            name: [self._outgoing(place, rows) for place in self._places(name) if place in rows]
            for name in self.catalog.by_name
            if name in going
        }

    def _places(self, name: str) -> list[Place]:
        return [(name, number) for number in range(len(self.tables[name]))]

    def row(self, place: Place) -> Row:
        return self.tables[place[0]][place[1]]

    def _parents(self, place: Place, relation: Relation) -> set[Place]:
        key = [self.row(place)[name] for name in relation.fields]
        if None in key:
            return set()
        return {p for p in self._places(relation.parent) if [self.row(p)[n] for n in relation.parent_fields] == key}

    def _references(self, place: Place) -> Iterator[tuple[Relation, set[Place]]]:
        """The references of a row that mean something, each with its parents."""
        for relation in self.catalog.entity(place[0]).relations:
            if all(self.row(place)[name] is not None for name in relation.fields):
                yield relation, self._parents(place, relation)

    def tenant_of(self, place: Place) -> Place | None:
        path = tenant_paths(self.catalog)[place[0]]
        if path is None:
            return None
        for relation in path:
            parents = self._parents(place, relation)
            if not parents:
                return None
            (place,) = parents
        return place

    @property
    def scope(self) -> Scope:
        return self.selection.scope

    def in_scope(self, place: Place) -> bool:
        if self.scope is Scope.TENANT:
            return self._own(self.tenant_of(place))
        return self.scope is Scope.ALL or tenant_paths(self.catalog)[place[0]] is None

    def _own(self, tenant: Place | None) -> bool:
        return tenant is not None and self.row(tenant)["id"] == self.selection.tenant

    def _foreign(self, place: Place) -> bool:
        tenant = self.tenant_of(place)
        return self.scope is Scope.TENANT and tenant is not None and not self._own(tenant)

    @property
    def _excluded(self) -> frozenset[str]:
        return excluded_names(self.selection, self.catalog, entity_names(self.catalog))

    def _may_join(self, place: Place) -> bool:
        if place[0] in self._excluded or self._foreign(place):
            return False
        return self.scope is not Scope.GLOBAL or tenant_paths(self.catalog)[place[0]] is None

    def _related(self, start: set[Place]) -> set[Place]:
        rows = set(start)
        if self.selection.related is Relatives.CLOSURE:
            rows = self._spread(rows, self._children())
        if self.selection.related is not Relatives.NONE:
            everything = [place for name in self.catalog.by_name for place in self._places(name)]
            rows = self._spread(rows, {p: {x for _, f in self._references(p) for x in f} for p in everything})
        return rows

    def _children(self) -> dict[Place, set[Place]]:
        found: dict[Place, set[Place]] = {}
        for place in [place for name in self.catalog.by_name for place in self._places(name)]:
            for _, parents in self._references(place):
                for parent in parents:
                    found.setdefault(parent, set()).add(place)
        return found

    def _spread(self, start: set[Place], ahead: Mapping[Place, set[Place]]) -> set[Place]:
        found, waiting = set(start), list(start)
        while waiting:
            new = {p for p in ahead.get(waiting.pop(), set()) if p not in found and self._may_join(p)}
            found |= new
            waiting.extend(new)
        return found

    def _check_foreign(self, rows: set[Place]) -> None:
        if self.selection.related is Relatives.NONE or self.selection.left_out in (LeftOut.NULL, LeftOut.DROP):
            return
        for place in rows:
            for relation, parents in self._references(place):
                wanted = self._goes_out(relation) and relation.parent not in self._excluded
                if wanted and any(self._foreign(parent) for parent in parents):
                    raise RefusedError("crosses_tenants")

    def _dropped(self, rows: set[Place]) -> set[Place]:
        while True:
            kept = {p for p in rows if all(found & rows for r, found in self._references(p) if self._goes_out(r))}
            if kept == rows:
                return rows
            rows = kept

    def _fields(self, name: str) -> tuple[str, ...]:
        return self.selection.fields.get(name, tuple(self.catalog.entity(name).by_field))

    def _goes_out(self, relation: Relation) -> bool:
        return set(relation.fields) <= set(self._fields(relation.entity))

    def _outgoing(self, place: Place, rows: set[Place]) -> dict[str, str | None]:
        row = self._row(place, rows)
        return {name: row[name] for name in self._fields(place[0])}

    def _row(self, place: Place, rows: set[Place]) -> dict[str, str | None]:
        row = dict(self.row(place))
        for relation, parents in self._references(place):
            if self._goes_out(relation) and not parents & rows:
                self._left_out(place, relation, row)
        return row

    def _left_out(self, place: Place, relation: Relation, row: dict[str, str | None]) -> None:
        if self.selection.left_out is LeftOut.REFUSE:
            raise RefusedError("left_out_references")
        if self.selection.left_out is LeftOut.NULL:
            entity = self.catalog.entity(place[0])
            nullable = [name for name in relation.fields if entity.field(name).nullable]
            if not nullable:
                raise RefusedError("left_out_required")
            row.update(dict.fromkeys(nullable))
