"""What a template asks for: the fields that a file can fill, and what is known of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from entrepot.importing.mapping import needs_value
from entrepot.importing.prepare import writable
from entrepot.model.catalog import COMPUTED, Catalog, Entity, Field, Relation
from entrepot.model.errors import InputError
from entrepot.model.types import Kind, LogicalType
from entrepot.model.unique_keys import GIVEN_BY_DATABASE
from entrepot.templating.allowed import allowed_values
from entrepot.templating.examples import example_of
from entrepot.templating.naming import names_by_field


@dataclass(frozen=True, kw_only=True)
class Parents:
    """Rows that a reference may lead to, where they are few."""

    title: str
    """What people call the entity."""
    keys: tuple[str, ...]
    """In their text form; or names, where the import finds rows by these."""
    by_name: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    """What people call the row, by its key; empty where the key says it."""


@dataclass(frozen=True, kw_only=True)
class TemplateField:
    field: Field
    required: bool
    """A new row must have a value."""
    given: bool
    """It cannot be empty, and the database has a value of its own for rows that come without."""
    allowed: tuple[str, ...] = ()
    """All values that it takes, where they can be listed."""
    relations: tuple[Relation, ...] = ()
    """Those that it leads by."""
    parents: Parents | None = None
    named_by: Field | None = None
    """The parent's field that may stand here instead of what refers to it."""
    example: str | None = None

    @property
    def title(self) -> str:
        return self.field.title

    @property
    def type(self) -> LogicalType:
        """Of what people write."""
        by_name = self.named_by is not None and (self.parents is None or self.parents.by_name)
        return LogicalType(kind=Kind.TEXT) if by_name else self.field.type


@dataclass(frozen=True, kw_only=True)
class EntityTemplate:
    entity: Entity
    fields: tuple[TemplateField, ...]

    @property
    def title(self) -> str:
        return self.entity.title


def entity_template(
    entity: Entity, catalog: Catalog, *, only_required: bool = False, stamped: Collection[str] = ()
) -> EntityTemplate:
    """`stamped` are the fields that the import fills by itself."""
    writable(entity)
    fillable = [f for f in entity.fields if f.origin not in COMPUTED and f.name not in stamped]
    chosen = [f for f in fillable if needs_value(f)] if only_required else fillable
    if not chosen:
        what = "needs no value" if only_required and fillable else "takes no value from a file"
        raise InputError(
            "nothing_to_fill",
            f"'{entity.title}' {what}, so there is nothing to fill in.",
            remedy="Make the template of another entity, or of all fields.",
        )
    names = names_by_field(entity, catalog)
    fields = tuple(_described(f, entity, catalog, names.get(f.name)) for f in chosen)
    return EntityTemplate(entity=entity, fields=fields)


def _described(field: Field, entity: Entity, catalog: Catalog, named_by: Field | None) -> TemplateField:
    allowed = allowed_values(field, entity, catalog)
    example = None if field.origin in GIVEN_BY_DATABASE else example_of(named_by or field, allowed)
    return TemplateField(
        field=field,
        required=needs_value(field),
        given=not field.nullable and (field.default is not None or field.origin in GIVEN_BY_DATABASE),
        allowed=allowed,
        relations=tuple(r for r in entity.relations if field.name in r.fields and r.parent in catalog.by_name),
        named_by=named_by,
        example=example,
    )
