"""One tenant's import: whose rows there are, and what every record must say so that it is theirs.

Nothing that belongs to others is looked at, changed or told. A row is the tenant's if its way to the tenant leads there
now; what a record refers to must be theirs as well, whichever reference it is, unless it belongs to nobody by its kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from entrepot.databases.remedies import DOUBLE
from entrepot.model.catalog import COMPUTED, Catalog, Entity
from entrepot.model.drafts import Mode, TargetField
from entrepot.model.errors import InputError
from entrepot.model.graph import Path as Way
from entrepot.model.graph import tenant_paths
from entrepot.model.mappings import ColumnMapping, How, Mapped
from entrepot.model.matching import Matching
from entrepot.model.plans import ImportRequest
from entrepot.model.ports import Engine, RowSource
from entrepot.model.predicates import Compare, Not, Predicate
from entrepot.model.selection import Column, Query, Selection
from entrepot.model.tenant_names import resolve_tenant, tenant_condition
from entrepot.model.tenants import belonging, tenant_root


@dataclass(frozen=True, kw_only=True)
class Tenancy:
    root: Entity
    condition: Predicate
    """What the tenant's row satisfies."""
    values: Mapping[str, str]
    """Of the tenant's row: what others refer to."""
    ways: Mapping[str, Way | None]

    def inside(self, entity: Entity) -> Predicate | None:
        """What the tenant's rows satisfy; None: they belong to nobody."""
        way = self.ways[entity.name]
        return None if way is None else belonging(way, self.condition)

    def outside(self, entity: Entity) -> Predicate:
        """All others: of other tenants, and of none."""
        inside = self.inside(entity)
        return Not(inside) if inside is not None else Not(self.condition)

    def on_the_way(self, entities: Iterable[Entity], catalog: Catalog) -> Iterator[Entity]:
        for entity in entities:
            yield from (catalog.entity(relation.parent) for relation in self.ways[entity.name] or ())

    def leading(self, entity: Entity) -> tuple[str, ...]:
        """The fields by which a row of it is somebody's."""
        return (self.ways[entity.name] or ())[0].fields

    def stamps(self, entity: Entity) -> dict[str, str]:
        """The fields that hold what the tenant's row holds, however many steps away it is."""
        way = self.ways[entity.name] or ()
        found = {name: self._stamp(name, way) for name in self.leading(entity)}
        return {
            name: text for name, text in found.items() if text is not None and entity.field(name).origin not in COMPUTED
        }

    def _stamp(self, name: str, way: Way) -> str | None:
        for relation in way:
            if name not in relation.fields:
                return None
            name = relation.parent_fields[relation.fields.index(name)]
        return self.values.get(name)


def find_tenancy(engine: Engine, catalog: Catalog, work: Path, request: ImportRequest) -> Tenancy:
    """By a look at the tenants alone."""
    root = tenant_root(catalog)
    with engine.snapshot(catalog, [root], work) as rows:
        condition = _condition(rows, catalog, request)
        values = _values(rows, catalog, root, condition)
    return Tenancy(root=root, condition=condition, values=values, ways=tenant_paths(catalog))


def _condition(rows: RowSource, catalog: Catalog, request: ImportRequest) -> Predicate:
    """One that is only to come has no rows yet: whatever is met here is somebody else's."""
    named = Selection(tenant=request.tenant, tenant_by_key=request.tenant_by_key)
    try:
        return resolve_tenant(rows, catalog, named)
    except InputError as error:
        if error.code != "unknown_tenant" or not request.tenant_comes:
            raise
        return tenant_condition(catalog, named)


def _values(rows: RowSource, catalog: Catalog, root: Entity, condition: Predicate) -> dict[str, str]:
    """What others refer to, of the tenant's row."""
    referred = {name for r in catalog.relations() if r.parent == root.name for name in r.parent_fields}
    columns = tuple(Column(field=root.field(name), name=name) for name in sorted(referred | set(root.primary_key)))
    found = next(iter(rows.batches(Query(entity=root, columns=columns, where=condition, limit=1), 1)), None)
    if found is None:
        return _own(condition)
    texts = {column.name: found.column(at)[0].as_py() for at, column in enumerate(columns)}
    return {name: str(text) for name, text in texts.items() if text is not None}


def _own(condition: Predicate) -> dict[str, str]:
    """What is known of a row that is not there yet."""
    return {condition.field: condition.value.text} if isinstance(condition, Compare) else {}


def check_entity(entity: Entity, tenancy: Tenancy) -> None:
    if entity.name == tenancy.root.name:
        raise InputError(
            "tenants_themselves",
            f"'{entity.title}' are the tenants themselves, so nothing can be imported into it for one of them.",
            remedy="Import it for all tenants: leave --tenant out, or ask a system administrator.",
        )
    if tenancy.ways[entity.name] is None:
        raise InputError(
            "no_tenant_path",
            f"'{entity.title}' belongs to no tenant: no chain of references leads to '{tenancy.root.title}'.",
            remedy="Import it for all tenants: leave --tenant out, or ask a system administrator.",
        )


def stamped_mapping(mapping: ColumnMapping, entity: Entity, tenancy: Tenancy) -> ColumnMapping:
    """A field that no column fills is the tenant's all the same."""
    stamps, filled = tenancy.stamps(entity), {mapped.field for mapped in mapping.mapped}
    own = tuple(Mapped(field=name, how=How.SAID, constant=text) for name, text in stamps.items() if name not in filled)
    unfilled = tuple(name for name in mapping.unfilled if name not in stamps)
    return replace(mapping, mapped=(*mapping.mapped, *own), unfilled=unfilled)


def stamped(fields: Sequence[TargetField], entity: Entity, tenancy: Tenancy) -> tuple[TargetField, ...]:
    """A record that says nothing is given the tenant; one that says another is wrong."""
    stamps = tenancy.stamps(entity)
    return tuple(
        replace(field, stamp=stamps[field.name], default=field.default or stamps[field.name])
        if field.name in stamps
        else field
        for field in fields
    )


def leading_fields(names: Sequence[str], entity: Entity, tenancy: Tenancy, mode: Mode) -> tuple[int, ...]:
    """Where they are among the fields that are written."""
    leading = tenancy.leading(entity)
    missing = [entity.field(name).title for name in leading if name not in names]
    if missing and mode is not Mode.UPDATE:
        raise InputError(
            "tenant_not_reached",
            f"A row of '{entity.title}' belongs to a tenant by {', '.join(missing)}, which nothing in the file fills.",
            remedy="Map a column to it, or only update rows: --mode update.",
        )
    return tuple(names.index(name) for name in leading if name in names)


def unique_fields(names: Sequence[str], entity: Entity, matching: Matching) -> tuple[tuple[int, ...], ...]:
    """The unique keys that the file has whole: what others have there cannot be used. A row that is only to be updated
    is simply not there if it is somebody else's."""
    keys = [entity.primary_key, *(key.fields for key in entity.keys)]
    keys += [index.fields for index in entity.indexes if index.unique]
    whole = dict.fromkeys(key for key in keys if key and all(name in names for name in key))
    numbered = (tuple(names.index(name) for name in key) for key in whole)
    return tuple(key for key in numbered if matching.mode is not Mode.UPDATE or set(key) != set(matching.key))


@contextmanager
def discreet(request: ImportRequest) -> Iterator[None]:
    """The database's words about a key that stands twice may be about rows of others."""
    try:
        yield
    except InputError as error:
        if not request.tenant_by_key or error.code != "database_refused" or error.remedy != DOUBLE:
            raise
        raise InputError(
            "database_refused",
            "The database refuses a row, because something in it must be unique and cannot be used. Nothing was "
            "written.",
            remedy="Choose other values for fields that must be unique.",
        ) from None
