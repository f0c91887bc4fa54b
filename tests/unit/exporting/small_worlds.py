"""Small databases with any relations, and any request to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from entrepot.model.catalog import Catalog, Entity, Field, Relation
from entrepot.model.graph import tenant_paths
from entrepot.model.selection import LeftOut, Relatives, Scope, Selection
from entrepot.model.types import Kind, LogicalType
from unit.exporting.memory_session import Tables

NAMES = ("a", "b", "c", "d", "e")
INTEGER = LogicalType(kind=Kind.INTEGER)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A relation to be."""

    child: str
    parent: str
    nullable: bool
    declared: bool


def _field(name: str, *, nullable: bool = False) -> Field:
    return Field(name=name, type=INTEGER, native="int", nullable=nullable)


@st.composite
def databases(draw: st.DrawFn, *, keyless: bool = True, owned: bool = False) -> tuple[Catalog, Tables]:
    """Up to five entities; keys of one field or of two; a few entities may have no primary key.

    The tenants are the rows of `a`. In an `owned` world there are two and more, and `b` and `c` belong to them.
    """
    names = NAMES[: draw(st.integers(3 if owned else 2, len(NAMES)))]
    key = ("id", "half") if draw(st.booleans()) else ("id",)
    references = draw(st.lists(_references(names), max_size=8))
    if owned:
        references += [draw(_references(("b",), ("a",))), draw(_references(("c",), ("a", "b")))]
    entities = tuple(_entity(name, key, references) for name in names)
    bare = draw(st.sets(st.sampled_from(names), max_size=1)) if keyless else set()
    entities = tuple(replace(e, primary_key=() if e.name in bare else e.primary_key) for e in entities)
    catalog = Catalog(engine="memory", version="1", database="small", entities=entities, tenant_root="a")
    sizes = {name: draw(st.integers(2 if owned else 1, 4)) for name in names}
    tables = {entity.name: [_row(draw, entity, n, sizes) for n in range(sizes[entity.name])] for entity in entities}
    return catalog, tables


def _references(children: Sequence[str], parents: Sequence[str] | None = None) -> st.SearchStrategy[Reference]:
    return st.builds(
        Reference,
        child=st.sampled_from(children),
        parent=st.sampled_from(parents or children),
        nullable=st.booleans(),
        declared=st.booleans(),
    )


def _entity(name: str, key: tuple[str, ...], references: list[Reference]) -> Entity:
    relations: list[Relation] = []
    fields = [_field(part) for part in key]
    for number, reference in enumerate(references):
        if reference.child == name:
            own = tuple(f"r{number}_{part}" for part in key)
            fields += [_field(part, nullable=reference.nullable) for part in own]
            relations.append(
                Relation(
                    name=f"r{number}",
                    entity=name,
                    fields=own,
                    parent=reference.parent,
                    parent_fields=key,
                    declared=reference.declared,
                )
            )
    return Entity(
        name=name,
        table=name,
        fields=tuple(fields),
        primary_key=key,
        natural_key=("id",),
        relations=tuple(relations),
        groups=(f"g{name}",),
    )


def _row(draw: st.DrawFn, entity: Entity, number: int, sizes: dict[str, int]) -> dict[str, str | None]:
    row: dict[str, str | None] = {"id": str(number), "half": str(number // 2)}
    for relation in entity.relations:
        # Only a relation that nobody enforces can mean a row that does not exist.
        last = sizes[relation.parent] - 1 + (1 if relation.declared else 0)
        parent = draw(st.integers(0, last))
        for own, part in zip(relation.fields, relation.parent_fields, strict=True):
            empty = entity.field(own).nullable and draw(st.integers(0, 3)) == 0
            row[own] = None if empty else str(parent if part == "id" else parent // 2)
    return {field.name: row[field.name] for field in entity.fields}


def _fields(entity: Entity) -> st.SearchStrategy[tuple[str, ...]]:
    keys = len([name for name in ("id", "half") if name in entity.by_field])
    return st.integers(keys, len(entity.fields)).map(lambda n: tuple(f.name for f in entity.fields[:n]))


@st.composite
def selections(draw: st.DrawFn, catalog: Catalog, scopes: Sequence[Scope] = tuple(Scope)) -> Selection:
    names = sorted(catalog.by_name)
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    ids = st.lists(st.integers(0, 3), min_size=1, max_size=2)
    scope = draw(st.sampled_from(scopes))
    excluded = draw(st.lists(st.sampled_from(names), max_size=1))
    owned = {name for name, path in tenant_paths(catalog).items() if path is not None}
    outside = {Scope.ALL: set[str](), Scope.TENANT: set(names) - owned, Scope.GLOBAL: owned}[scope]
    going = [name for name in chosen if name not in outside and name not in excluded]
    return Selection(
        entities=tuple(f"@g{name}" for name in chosen),
        exclude=tuple(excluded),
        where={name: {"id": draw(ids)} for name in going if draw(st.booleans())},
        fields={name: draw(_fields(catalog.entity(name))) for name in going if draw(st.integers(0, 3)) == 0},
        limit=draw(st.sampled_from((None, None, 1, 2))),
        scope=scope,
        tenant="0" if scope is Scope.TENANT else None,
        related=draw(st.sampled_from(Relatives)),
        left_out=draw(st.sampled_from(LeftOut)),
    )
