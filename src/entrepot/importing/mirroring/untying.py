"""Rows of several tables that go, and refer to each other in a circle: whichever goes first, another one refers to it
still. What can be empty is empty before; a database that can, asks about the rest when all are gone."""

from __future__ import annotations

from collections.abc import Collection

from entrepot.importing.mirroring.reach import Table
from entrepot.importing.mirroring.relations import referred, takes_along
from entrepot.model.catalog import COMPUTED, Catalog, Relation
from entrepot.model.graph import load_order


def in_circles(catalog: Catalog, table: Table, going: Collection[str]) -> list[Relation]:
    """Of its own rows alone, an engine takes care."""
    name = table.entity.name
    circle = next((set(members) for members in load_order(catalog) if name in members), set[str]())
    others = circle.intersection(going) - {name}
    return [it for it in table.entity.relations if it.parent in others and not (it.declared or takes_along(it))]


def loose(catalog: Catalog, table: Table, relation: Relation) -> list[str]:
    """Not what rows are found by, or referred to by."""
    fixed = {*table.key, *referred(catalog, table.entity.name)}
    fields = [table.entity.field(name) for name in relation.fields if name not in fixed]
    return [field.name for field in fields if field.nullable and field.origin not in COMPUTED]
