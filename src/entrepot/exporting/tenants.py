"""One tenant's rows: who the tenant is, and how a row of any entity is known to be theirs.

A row belongs to the tenant that its tenant path (model.graph) leads to. A row with a NULL on the way belongs
to no tenant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.catalog import Catalog, Entity, Field, Relation
from entrepot.model.errors import InputError
from entrepot.model.literal_error import LiteralError
from entrepot.model.literals import EXAMPLES, read_literal
from entrepot.model.ports import RowSource
from entrepot.model.predicates import And, Compare, Operator, Predicate, Related, Value
from entrepot.model.selection import Column, Query
from entrepot.model.suggest import unknown
from entrepot.model.types import Kind

USUAL_NAMES = ("slug", "code", "key", "name", "title", "label", "subdomain", "domain", "email")
KNOWN = 1000
"""How many tenants are read to find the nearest name of one that does not exist."""


def tenant_root(catalog: Catalog) -> Entity:
    if catalog.tenant_root is None:
        raise InputError(
            "no_tenancy",
            "Nothing says which entity the tenants are.",
            remedy='Name it in entrepot.toml: [tenancy] root = "…".',
        )
    return catalog.entity(catalog.tenant_root)


def belonging(path: Sequence[Relation], tenant: Predicate) -> Predicate:
    """What a row at the start of `path` satisfies if its tenant satisfies `tenant`."""
    if not path:
        return tenant
    found = _last_step(path[-1], tenant)
    for relation in reversed(path[:-1]):
        found = Related(relation.fields, relation.parent, relation.parent_fields, found)
    return found


def _last_step(relation: Relation, tenant: Predicate) -> Predicate:
    """A reference to a known key needs no look at the tenant; texts do, whose equality is the database's affair."""
    match tenant:
        case Compare(field, Operator.EQ, value) if (field,) == relation.parent_fields and _exact(value):
            return Compare(relation.fields[0], Operator.EQ, value)
        case _:
            return Related(relation.fields, relation.parent, relation.parent_fields, tenant)


def _exact(value: Value) -> bool:
    return value.type.kind in (Kind.INTEGER, Kind.UUID)


def tenant_condition(catalog: Catalog, tenant: str) -> Predicate:
    """What the tenant's row satisfies, judged by the text alone: the first field that can hold it decides.

    Good enough to know which entities and fields are meant; `resolve_tenant` finds the row itself.
    """
    root = tenant_root(catalog)
    for condition in _readings(root, tenant):
        return condition
    raise InputError(
        "unknown_tenant",
        f"No tenant can be called '{tenant}'.",
        remedy=f"Tenants are known by: {', '.join(field.title for field in identifying(root))}.",
    )


def resolve_tenant(rows: RowSource, catalog: Catalog, tenant: str) -> Predicate:
    """What the one row satisfies that `tenant` names: by primary key, else by a key or a usual name.

    An error with the nearest known name if there is none, and if there are several.
    """
    root = tenant_root(catalog)
    for condition in _readings(root, tenant):
        found = _values(rows, root, root.primary_key or (condition.field,), condition, 2)
        if len(found) > 1:
            raise _ambiguous(root, condition)
        if found:
            return _keyed(root, found[0]) if root.primary_key else condition
    fields = [field.name for field in identifying(root)]
    known = {value for row in _values(rows, root, fields, None, KNOWN) for value in row}
    raise unknown("tenant", tenant, known)


def identifying(root: Entity) -> tuple[Field, ...]:
    """The fields a tenant can be called by, the surest first."""
    keys = [root.primary_key, root.natural_key, *(key.fields for key in root.keys)]
    names = [*(key[0] for key in keys if len(key) == 1), *USUAL_NAMES]
    found = {name: root.by_field[name] for name in names if name in root.by_field}
    return tuple(field for field in found.values() if field.type.kind in EXAMPLES)


def _readings(root: Entity, tenant: str) -> Iterator[Compare]:
    for field in identifying(root):
        try:
            yield Compare(field.name, Operator.EQ, read_literal(tenant, field.type))
        except LiteralError:
            continue


def _values(
    rows: RowSource, root: Entity, fields: Sequence[str], where: Predicate | None, limit: int
) -> list[tuple[str, ...]]:
    columns = tuple(Column(field=root.field(name), name=name) for name in fields)
    query = Query(entity=root, columns=columns, where=where, limit=limit)
    found: list[tuple[str, ...]] = []
    for batch in rows.batches(query, limit):
        texts = [batch.column(index).to_pylist() for index in range(len(columns))]
        found.extend(tuple("" if text is None else str(text) for text in row) for row in zip(*texts, strict=True))
    return found


def _keyed(root: Entity, key: tuple[str, ...]) -> Predicate:
    parts = [
        Compare(name, Operator.EQ, Value(text, root.field(name).type))
        for name, text in zip(root.primary_key, key, strict=True)
    ]
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _ambiguous(root: Entity, condition: Compare) -> InputError:
    return InputError(
        "ambiguous_tenant",
        f"More than one of '{root.title}' has the {condition.field} '{condition.value.text}'.",
        remedy=f"Name the tenant by {', '.join(root.primary_key) or 'a unique field'}.",
    )
