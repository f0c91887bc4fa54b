"""Small catalogs for tests, written as words: `entity("users", "id! tenant_id->tenants email?")`."""

from __future__ import annotations

from entrepot.model.catalog import Catalog, Entity, Field, Relation
from entrepot.model.types import Kind, LogicalType

TYPES = {"id": Kind.INTEGER, "at": Kind.TIMESTAMP, "name": Kind.TEXT}


def entity(name: str, words: str) -> Entity:
    """`field!` is the key, `field?` may be NULL, `field->parent` refers to the parent's `id`."""
    fields: list[Field] = []
    keys: list[str] = []
    relations: list[Relation] = []
    for word in words.split():
        plain, _, parent = word.partition("->")
        field_name = plain.rstrip("!?")
        kind = TYPES.get(field_name.rsplit("_", 1)[-1], Kind.TEXT)
        fields.append(Field(name=field_name, type=LogicalType(kind=kind), native=kind, nullable="?" in plain))
        if "!" in plain:
            keys.append(field_name)
        if parent:
            relations.append(
                Relation(
                    name=f"{name}_{field_name}", entity=name, fields=(field_name,), parent=parent, parent_fields=("id",)
                )
            )
    return Entity(name=name, table=name, fields=tuple(fields), primary_key=tuple(keys), relations=tuple(relations))


def catalog(*entities: Entity) -> Catalog:
    return Catalog(engine="test", version="1", database="test", entities=entities)
