"""The schema as far as it was chosen: a script must load although fields, entities or names differ from the source.

What speaks of something left behind is left behind itself: a key without all of its fields, a relation without
its parent, a check or an index that may use a field that does not come along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from entrepot.model.catalog import COMPUTED, Catalog, Entity, Field, Origin, Relation
from entrepot.model.selection import Column, Query

Names = Mapping[str, str]
"""Field name → its name in the script; only fields that come along."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One entity of the script."""

    query: Query
    """Reads what is written: computed fields only where the script does not compute them."""
    entity: Entity
    """What is created."""
    source: Entity
    """What came along of the source, as it is there."""

    def columns(self) -> tuple[Column, ...]:
        """What is written, in the script's own names: what a dialect is told."""
        return tuple(replace(column, field=self.entity.field(column.name)) for column in self.query.columns)


def parts(queries: Sequence[Query], catalog: Catalog, target: str) -> tuple[Part, ...]:
    """The entities of a script for the engine `target`."""
    names = {query.entity.name: script_names(query) for query in queries}
    return tuple(part(query, names, foreign=target != catalog.engine) for query in queries)


def script_names(query: Query) -> Names:
    """A field keeps its own name in a database, unless somebody renamed it for this export."""
    return {c.field.name: c.field.name if c.name == c.field.title else c.name for c in query.columns}


def part(query: Query, names: Mapping[str, Names], *, foreign: bool) -> Part:
    source = narrowed(query.entity, names)
    entity = without_formulas(source) if foreign or not untouched(query.entity, names) else source
    own = names[query.entity.name]
    columns = [replace(column, name=own[column.field.name]) for column in query.columns]
    written = tuple(column for column in columns if is_written(column, entity))
    return Part(query=replace(query, columns=written), entity=entity, source=source)


def is_written(column: Column, entity: Entity) -> bool:
    return entity.field(column.name).origin not in COMPUTED


def untouched(entity: Entity, names: Mapping[str, Names]) -> bool:
    """Whether every field comes along under its own name."""
    own = names[entity.name]
    return all(own.get(field.name) == field.name for field in entity.fields)


def narrowed(entity: Entity, names: Mapping[str, Names]) -> Entity:
    """The entity as far as it comes along. Texts in the engine's words stay only where nothing changed."""
    own, whole = names[entity.name], untouched(entity, names)
    relations = tuple(along(r, names) for r in entity.relations if comes_along(r, names))
    if whole:
        return replace(entity, relations=relations, ddl=entity.ddl if relations == entity.relations else None)
    return replace(
        entity,
        fields=tuple(replace(field, name=own[field.name]) for field in entity.fields if field.name in own),
        primary_key=renamed(entity.primary_key, own),
        primary_key_ddl=None,
        keys=tuple(replace(k, fields=renamed(k.fields, own), ddl=None) for k in entity.keys if within(k.fields, own)),
        relations=relations,
        checks=(),
        indexes=tuple(
            replace(i, fields=renamed(i.fields, own), ddl=None)
            for i in entity.indexes
            if i.fields and within(i.fields, own)
        ),
        ddl=None,
    )


def renamed(fields: tuple[str, ...], own: Names) -> tuple[str, ...]:
    """The new names; nothing if one of the fields does not come along."""
    return tuple(own[name] for name in fields) if within(fields, own) else ()


def within(fields: tuple[str, ...], own: Names) -> bool:
    return set(fields) <= set(own)


def comes_along(relation: Relation, names: Mapping[str, Names]) -> bool:
    """Relations that only the settings know are no constraints."""
    parent = names.get(relation.parent, {})
    own = names[relation.entity]
    return not relation.declared and within(relation.fields, own) and within(relation.parent_fields, parent)


def along(relation: Relation, names: Mapping[str, Names]) -> Relation:
    fields = renamed(relation.fields, names[relation.entity])
    parent_fields = renamed(relation.parent_fields, names[relation.parent])
    same = (fields, parent_fields) == (relation.fields, relation.parent_fields)
    return relation if same else replace(relation, fields=fields, parent_fields=parent_fields, ddl=None)


def without_formulas(entity: Entity) -> Entity:
    """Another engine, or a table without some fields, cannot compute a formula: its values are written instead."""
    return replace(entity, fields=tuple(without_formula(field) for field in entity.fields))


def without_formula(field: Field) -> Field:
    return replace(field, origin=Origin.PLAIN, expression=None) if field.origin in COMPUTED else field


def left_behind(query: Query, part: Part) -> list[str]:
    """What of the chosen entity's schema does not come along, in words."""
    before, after = query.entity, part.entity
    kept = {r.name for r in after.relations}
    lost = [
        f"relation {r.name} to {r.parent}: something it needs was not chosen"
        for r in before.relations
        if r.name not in kept and not r.declared
    ]
    lost += [f"check {c.name}: not every field was chosen" for c in before.checks if c not in after.checks]
    keys, indexes = {k.name for k in after.keys}, {i.name for i in after.indexes}
    lost += [f"key {k.name}: not every field was chosen" for k in before.keys if k.name not in keys]
    lost += [f"index {i.name}: not every field was chosen" for i in before.indexes if i.name not in indexes]
    if before.primary_key and not after.primary_key:
        lost.append("primary key: not every field was chosen")
    computed = [f.name for f in part.source.fields if f.origin in COMPUTED]
    formulas = [name for name in computed if after.field(name).origin not in COMPUTED]
    return lost + [f"field {name}: its values were written, its formula was not" for name in formulas]
