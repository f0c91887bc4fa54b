"""One tenant's import, package or not: no row of it may point to what a row of somebody else points to.

Whoever has the key of a file can have its bytes, by an export; so a key is refused as a unique value would be that
somebody else has, and it must be spelled in the one way in which it can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from entrepot.importing.tenancy import Tenancy
from entrepot.model.catalog import Catalog, Entity, EntityKind, Field
from entrepot.model.drafts import TargetField
from entrepot.model.predicates import Compare, Operator, Predicate, Value, both
from entrepot.model.rules import Rule
from entrepot.model.types import Kind

PART = r"(?:[^./][^/]*|\.[^./][^/]*|\.\.[^/]+)"
PLAIN = rf"^(?:{PART}(?:/{PART})*)?$"
"""Neither `.` nor `..`, nothing absolute, nothing empty; or no key at all."""


def with_plain_keys(fields: Sequence[TargetField], entity: Entity) -> tuple[TargetField, ...]:
    rule = Rule(name="pattern", argument=PLAIN)
    return tuple(
        replace(field, rules=(*field.rules, rule)) if entity.field(field.name).file else field for field in fields
    )


def file_fields(names: Sequence[str], entity: Entity) -> tuple[tuple[int, ...], ...]:
    """As `unique_fields` numbers them."""
    return tuple((at,) for at, name in enumerate(names) if entity.field(name).file)


def holders(field: Field, catalog: Catalog) -> Iterator[tuple[Entity, Field]]:
    """Whatever may point to the same files."""
    for entity in catalog.entities:
        if entity.kind is not EntityKind.VIEW:
            yield from ((entity, other) for other in entity.fields if other.file == field.file)


def of_others(entity: Entity, field: Field, tenancy: Tenancy) -> Predicate | None:
    """What rows satisfy that are not the tenant's, and point to something; None: all do."""
    others = None if tenancy.ways[entity.name] is None and entity != tenancy.root else tenancy.outside(entity)
    some = Compare(field.name, Operator.NE, Value("", field.type)) if field.type.kind is Kind.TEXT else None
    return both(others, some)
