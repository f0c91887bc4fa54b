"""One tenant's rows: how a row of any entity is known to be theirs.

A row belongs to the tenant that its tenant path (model.graph) leads to. A row with a NULL on the way belongs
to no tenant.
"""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.catalog import Catalog, Entity, Relation
from entrepot.model.errors import InputError
from entrepot.model.predicates import Compare, Operator, Predicate, Related, Value
from entrepot.model.types import Kind


def tenant_root(catalog: Catalog) -> Entity:
    if catalog.tenant_root is None:
        raise InputError(
            "no_tenancy",
            "Nothing says which entity the tenants are.",
            remedy='Name it in the settings: [tenancy] root = "…".',
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
