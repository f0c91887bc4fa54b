"""One tenant's rows on their way into another database, where nothing but their own rows may change.

The tenant has the same key in both databases. Whatever belongs to no tenant by its kind is everybody's: what comes
along of it is added where it is missing, and never changes what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from entrepot.exporting.select import Selected
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.drafts import Mode, OnConflict
from entrepot.model.errors import InputError
from entrepot.model.graph import tenant_paths
from entrepot.model.mirrors import Mirror
from entrepot.model.plans import ImportRequest
from entrepot.model.ports import RowSource
from entrepot.model.predicates import Predicate
from entrepot.model.selection import Column, Query, Selection
from entrepot.model.tenant_names import known_by, resolve_tenant, tenant_condition
from entrepot.model.tenants import tenant_root

Words = Mapping[str, str]
"""What the row of a tenant has in the fields by which people know it."""


@dataclass(frozen=True, kw_only=True)
class Here:
    """Where the rows are."""

    rows: RowSource
    catalog: Catalog


@dataclass(frozen=True, kw_only=True)
class There:
    """Where they go."""

    look: Callable[[Entity], AbstractContextManager[RowSource]]
    catalog: Catalog


@dataclass(frozen=True, kw_only=True)
class Coming:
    """The tenant whose rows they are."""

    key: str
    with_row: bool
    """Whether the row of the tenant itself comes, too: then it may be new there."""


def coming_tenant(here: Here, selection: Selection, selected: Selected, there: There) -> Coming | None:
    """None: the rows are of all."""
    if selection.tenant is None:
        return None
    root, other_root = tenant_root(here.catalog), tenant_root(there.catalog)
    own = _words(here.rows, root, resolve_tenant(here.rows, here.catalog, selection))
    key = own[_key(root)]
    other = _there(key, other_root, there)
    if other and not _alike(own, other, _key(other_root)):
        raise _taken(key, other_root, other, there.catalog)
    return Coming(key=key, with_row=any(query.entity.name == root.name for query in selected.queries))


def request_for(request: ImportRequest, entity: Entity, tenant: Coming | None, catalog: Catalog) -> ImportRequest:
    """Who is bound to a tenant is held to it already, and cannot bring in anything else. Where rows of the tenant go,
    none goes that is not theirs."""
    if tenant is None or request.tenant is not None:
        return request
    root = tenant_root(catalog)
    if entity.name == root.name:
        return replace(request, mode=Mode.UPSERT, mirror=Mirror()) if request.mode is Mode.MIRROR else request
    if tenant_paths(catalog)[entity.name] is None:
        return replace(request, mode=Mode.CREATE, on_conflict=OnConflict.SKIP, mirror=Mirror())
    return replace(request, tenant=f"{_key(root)}={tenant.key}", tenant_comes=tenant.with_row)


def _there(key: str, root: Entity, there: There) -> Words:
    """Of the row that has this key in the other database; nothing if there is none."""
    with there.look(root) as rows:
        named = tenant_condition(there.catalog, Selection(tenant=key, tenant_by_key=True))
        return _words(rows, root, named)


def _words(rows: RowSource, root: Entity, condition: Predicate) -> Words:
    names = dict.fromkeys([_key(root), *(field.name for field in known_by(root))])
    columns = tuple(Column(field=root.field(name), name=name) for name in names)
    query = Query(entity=root, columns=columns, where=condition, limit=1)
    found = next(iter(rows.batches(query, 1)), None)
    if found is None:
        return {}
    texts = {name: found.column(at)[0].as_py() for at, name in enumerate(names)}
    return {name: str(text) for name, text in texts.items() if text is not None}


def _alike(own: Words, other: Words, key: str) -> bool:
    """Something may have been renamed since; if nothing is the same, it is somebody else."""
    both = [name for name in own if name in other and name != key]
    return not both or any(own[name] == other[name] for name in both)


def _key(root: Entity) -> str:
    if len(root.primary_key) == 1:
        return root.primary_key[0]
    raise InputError(
        "no_tenant_key",
        f"'{root.title}' has no key of one field, by which a tenant is the same in two databases.",
        remedy="Copy everything, or choose rows by --where.",
    )


def _taken(key: str, root: Entity, other: Words, catalog: Catalog) -> InputError:
    words = ", ".join(f"{name} {text}" for name, text in other.items() if name != _key(root))
    return InputError(
        "tenant_key_taken",
        f"In the database {catalog.database}, the {_key(root)} {key} of '{root.title}' is that of another: {words}.",
        remedy="Its rows would be mixed up with those that are copied. Give one of the two another key first.",
    )
