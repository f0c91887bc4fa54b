"""Which tenant is meant: every reading of what was typed is looked up, and two tenants are never one guess.

Somebody who is bound to a tenant is bound by its key: no name is read, and no other tenant is ever told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.catalog import Catalog, Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.literal_error import LiteralError
from entrepot.model.literals import EXAMPLES, read_literal
from entrepot.model.ports import RowSource
from entrepot.model.predicates import Compare, Operator, Predicate, both
from entrepot.model.selection import Column, Query, Selection
from entrepot.model.suggest import unknown
from entrepot.model.tenants import tenant_root

USUAL_NAMES = ("slug", "code", "key", "name", "title", "label", "subdomain", "domain", "email")
KNOWN = 1000
"""How many tenants are read to find the nearest name of one that does not exist."""

Identity = tuple[str | None, ...]
"""What tells one tenant from another: the key, or all the names where there is none."""


def tenant_condition(catalog: Catalog, selection: Selection) -> Predicate:
    """What the tenant's row satisfies, judged by the text alone: the first field that can hold it decides.

    Good enough to know which entities and fields are meant; `resolve_tenant` finds the row itself.
    """
    root, tenant = tenant_root(catalog), selection.tenant or ""
    for condition in _readings(root, tenant, by_key=selection.tenant_by_key):
        return condition
    fields = _fields(root, by_key=selection.tenant_by_key)
    raise InputError(
        "unknown_tenant",
        f"No tenant can be called '{tenant}'.",
        remedy=f"Tenants are known by: {', '.join(field.title for field in fields)}.",
    )


def resolve_tenant(rows: RowSource, catalog: Catalog, selection: Selection) -> Predicate:
    """What the one row satisfies that the selection's tenant names: by its key, a unique field or a usual name.

    An error with the nearest known name if there is none, and if there are several.
    """
    root, tenant = tenant_root(catalog), selection.tenant or ""
    found: dict[Identity, Compare] = {}
    for condition in _readings(root, tenant, by_key=selection.tenant_by_key):
        matches = _values(rows, root, _identity(root), condition, 2)
        if len(matches) > 1:
            raise _same_name(root, condition)
        for match in matches:
            found.setdefault(match, condition)
    if len(found) > 1:
        raise _different_tenants(root, tenant, list(found.values()))
    for match, condition in found.items():
        return _keyed(root, match) or condition
    raise _unknown(rows, root, selection)


def _unknown(rows: RowSource, root: Entity, selection: Selection) -> InputError:
    if selection.tenant_by_key:
        return InputError(
            "unknown_tenant",
            f"There is no tenant with the key '{selection.tenant}'.",
            remedy="Ask a system administrator which tenant is yours.",
        )
    fields = [field.name for field in known_by(root)]
    known = {value for row in _values(rows, root, fields, None, KNOWN) for value in row if value}
    return unknown("tenant", selection.tenant or "", known)


def known_by(root: Entity) -> tuple[Field, ...]:
    """The fields a tenant can be called by, the surest first."""
    keys = [root.primary_key, root.natural_key, *(key.fields for key in root.keys)]
    names = [*(key[0] for key in keys if len(key) == 1), *USUAL_NAMES]
    found = {name: root.by_field[name] for name in names if name in root.by_field}
    return tuple(field for field in found.values() if field.type.kind in EXAMPLES)


def _key(root: Entity) -> tuple[Field, ...]:
    if len(root.primary_key) == 1:
        return (root.field(root.primary_key[0]),)
    raise InputError(
        "no_tenant_key",
        f"'{root.title}' has no key of one field, by which somebody could be bound to a tenant.",
        remedy="Ask a system administrator to run it.",
    )


def _fields(root: Entity, *, by_key: bool) -> tuple[Field, ...]:
    return _key(root) if by_key else known_by(root)


def _readings(root: Entity, tenant: str, *, by_key: bool) -> Iterator[Compare]:
    """Every field that may hold what was typed; `id=7` says which one is meant."""
    fields = _fields(root, by_key=by_key)
    field, equals, value = tenant.partition("=")
    if equals and not by_key:
        yield from _read([f for f in fields if field.strip().casefold() in _called(f)], value.strip())
    yield from _read(fields, tenant)


def _called(field: Field) -> set[str]:
    return {field.name.casefold(), field.title.casefold()}


def _read(fields: Sequence[Field], text: str) -> Iterator[Compare]:
    for field in fields:
        try:
            yield Compare(field.name, Operator.EQ, read_literal(text, field.type))
        except LiteralError:
            continue


def _identity(root: Entity) -> Sequence[str]:
    return root.primary_key or [field.name for field in known_by(root)]


def _values(
    rows: RowSource, root: Entity, fields: Sequence[str], where: Predicate | None, limit: int
) -> list[Identity]:
    columns = tuple(Column(field=root.field(name), name=name) for name in fields)
    query = Query(entity=root, columns=columns, where=where, limit=limit)
    found: list[Identity] = []
    for batch in rows.batches(query, limit):
        values = [batch.column(index).to_pylist() for index in range(len(columns))]
        found.extend(tuple(map(_text, row)) for row in zip(*values, strict=True))
    return found


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        return rf"\x{value.hex()}"
    return None if value is None else str(value)


def _keyed(root: Entity, key: Identity) -> Predicate | None:
    """The row by its key; None where it has none, or none that could be written down."""
    pairs = zip(root.primary_key, key, strict=False)
    parts = [part for name, text in pairs if text is not None for part in _read([root.field(name)], text)]
    return both(*parts) if len(parts) == len(root.primary_key) else None


def _same_name(root: Entity, condition: Compare) -> InputError:
    return InputError(
        "ambiguous_tenant",
        f"More than one of '{root.title}' has the {condition.field} '{condition.value.text}'.",
        remedy=f"Name the tenant by {', '.join(root.primary_key) or 'a unique field'}.",
    )


def _different_tenants(root: Entity, tenant: str, readings: Sequence[Compare]) -> InputError:
    fields = [reading.field for reading in readings]
    spelt = " or ".join(f"{reading.field}={reading.value.text}" for reading in readings)
    return InputError(
        "ambiguous_tenant",
        f"'{tenant}' is the {' of one and the '.join(fields)} of another of '{root.title}'.",
        remedy=f"Say which one is meant: {spelt}.",
    )
