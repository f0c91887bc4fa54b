"""What the settings add to an introspected catalog, and the pure function that adds it.

Names in an overlay are the schema's own; a wrong one is an error with the nearest right one, because a
setting that silently does nothing is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from entrepot.model.catalog import Catalog, Entity, EntityKind, Relation
from entrepot.model.errors import InputError
from entrepot.model.overlay_fields import FieldOverlay, check_references, overlaid_field, require_field
from entrepot.model.overlay_made import made_of
from entrepot.model.overlay_versions import VersionOverlay, versions_of
from entrepot.model.rules import SaidRule
from entrepot.model.suggest import unknown
from entrepot.model.thresholds import threshold_of
from entrepot.model.types import MOMENTS


@dataclass(frozen=True, kw_only=True)
class RelationOverlay:
    """A reference that the schema does not declare: `[[entities.<entity>.relations]]`"""

    fields: tuple[str, ...]
    parent: str
    parent_fields: tuple[str, ...] = ()
    """Default: the parent's primary key."""


@dataclass(frozen=True, kw_only=True)
class EntityOverlay:
    """`[entities.<entity>]`"""

    name: str | None = None
    """The public name, usable on every face: `vpc`, `transitGateway`."""
    label: str | None = None
    aliases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Usable as `@group` wherever entities are named."""
    natural_key: tuple[str, ...] = ()
    timestamp: str | None = None
    """The field that dates a row, for --since and --until."""
    tenant: tuple[str, ...] | None = None
    """The fields of the relation that leads towards the tenant; `[]`: no tenant. Default: the shortest way."""
    view: bool = False
    """True makes a view an entity."""
    hidden: bool = False
    """True leaves the table out of the catalog."""
    rules: object = ()
    """What rows that come in must satisfy: `"end_date >= start_date"`, `{ rule = "…", warning = true }`, or a list."""
    python_rules: tuple[str, ...] = ()
    """Functions that check them: `"package.module:function"`, or names of entry points."""
    max_deletes: str | None = None
    """How many rows a mirror may delete unless it says otherwise: `"100"`, or a part of them, `"2%"`."""
    made: Mapping[str, object] = field(default_factory=dict)
    """What rows hold that are made because others name them: `{ name = "{email}", kind = "unknown" }`."""
    version: VersionOverlay | None = None
    """Where rows are versions: `{ field = "version", of = ["slug"] }`."""
    fields: Mapping[str, FieldOverlay] = field(default_factory=dict)
    relations: tuple[RelationOverlay, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CatalogOverlay:
    tenant_root: str | None = None
    entities: Mapping[str, EntityOverlay] = field(default_factory=dict)


def apply_overlay(catalog: Catalog, overlay: CatalogOverlay) -> Catalog:
    """The catalog that everything else sees. Views appear only if declared; hidden tables do not."""
    _check_names(catalog, overlay)
    entities = tuple(
        _overlaid(entity, overlay.entities.get(entity.name, EntityOverlay()), catalog)
        for entity in catalog.entities
        if _visible(entity, overlay.entities.get(entity.name, EntityOverlay()))
    )
    _check_titles(entities)
    present = {entity.name for entity in entities}
    kept = tuple(replace(e, relations=tuple(r for r in e.relations if r.parent in present)) for e in entities)
    hidden = tuple(r for e in catalog.entities if e.name not in present for r in e.relations if r.parent in present)
    overlaid = replace(catalog, entities=kept, tenant_root=overlay.tenant_root, hidden=hidden)
    check_references(overlaid)
    return overlaid


def _visible(entity: Entity, overlay: EntityOverlay) -> bool:
    return not overlay.hidden and (entity.kind is EntityKind.TABLE or overlay.view)


def _check_names(catalog: Catalog, overlay: CatalogOverlay) -> None:
    named = [(name, f"[entities.{name}]") for name in overlay.entities]
    for name, place in [*named, *([(overlay.tenant_root, "[tenancy] root")] if overlay.tenant_root else [])]:
        if name not in catalog.by_name:
            raise unknown("entity", name, catalog.by_name, place)


def _check_titles(entities: Iterable[Entity]) -> None:
    """Two entities that answer to one word would make every request a guess."""
    owners: dict[str, str] = {}
    for entity in entities:
        for word in {entity.name, entity.title, *entity.aliases}:
            other = owners.setdefault(word.lower(), entity.name)
            if entity.name not in (other, word):
                raise InputError(
                    "name_taken",
                    f"The name '{word}' is used for both '{other}' and '{entity.name}'.",
                    remedy="Give one of them another name or alias there.",
                )


def _overlaid(entity: Entity, overlay: EntityOverlay, catalog: Catalog) -> Entity:
    for name in (*overlay.fields, *overlay.natural_key, *([overlay.timestamp] if overlay.timestamp else [])):
        require_field(entity, name)
    _check_tenant(entity, overlay)
    return replace(
        entity,
        public=overlay.name,
        label=overlay.label,
        aliases=overlay.aliases,
        groups=overlay.groups,
        natural_key=overlay.natural_key,
        timestamp=overlay.timestamp or _guessed_timestamp(entity),
        tenant=overlay.tenant,
        fields=tuple(overlaid_field(entity, f, overlay.fields.get(f.name)) for f in entity.fields),
        relations=entity.relations + tuple(_relation(entity, r, catalog) for r in overlay.relations),
        rules=_row_rules(entity, overlay),
        python_rules=overlay.python_rules,
        max_deletes=_limit(entity, overlay),
        made=made_of(entity, overlay.made),
        versions=versions_of(entity, overlay.version),
    )


def _limit(entity: Entity, overlay: EntityOverlay) -> str | None:
    try:
        if overlay.max_deletes is not None:
            threshold_of(overlay.max_deletes)
    except InputError as error:
        place = f"[entities.{entity.name}] max_deletes"
        raise InputError(error.code, f"{place}: {error.message}", remedy='Write "2%", or a count: "100".') from error
    return overlay.max_deletes


def _row_rules(entity: Entity, overlay: EntityOverlay) -> tuple[SaidRule, ...]:
    if overlay.rules == ():  # most have none, and what reads them takes a while to load
        return ()
    from entrepot.model.row_rules import check_row_rule, read_row_rules

    place = f"[entities.{entity.name}] rules"
    rules = read_row_rules(overlay.rules, place)
    for rule in rules:
        check_row_rule(rule, entity, place)
    return rules


def _check_tenant(entity: Entity, overlay: EntityOverlay) -> None:
    known = {",".join(r.fields) for r in (*entity.relations, *overlay.relations)}
    wanted = ",".join(overlay.tenant or ())
    if overlay.tenant and wanted not in known:
        raise unknown("relation", wanted, known, f"[entities.{entity.name}] tenant")


def _relation(entity: Entity, overlay: RelationOverlay, catalog: Catalog) -> Relation:
    if overlay.parent not in catalog.by_name:
        raise unknown("entity", overlay.parent, catalog.by_name, f"[entities.{entity.name}] relations")
    parent = catalog.entity(overlay.parent)
    parent_fields = overlay.parent_fields or parent.primary_key
    for name in overlay.fields:
        require_field(entity, name)
    for name in parent_fields:
        require_field(parent, name, f"'{parent.name}', a parent of [entities.{entity.name}] relations")
    if len(parent_fields) != len(overlay.fields):
        raise InputError(
            "relation_width",
            f"The declared relation of '{entity.name}' has {len(overlay.fields)} fields, but '{parent.name}' is "
            f"identified by {len(parent_fields)}.",
            remedy="Name as many fields as parent_fields.",
        )
    name = f"declared_{entity.table}_{'_'.join(overlay.fields)}"
    return Relation(
        name=name,
        entity=entity.name,
        fields=overlay.fields,
        parent=parent.name,
        parent_fields=parent_fields,
        declared=True,
    )


TIMESTAMP_NAMES = (
    *("created_at", "created", "created_on", "inserted_at", "occurred_at", "booked_at", "happened_at"),
    *("timestamp", "date", "datetime", "updated_at", "last_update"),
)


def _guessed_timestamp(entity: Entity) -> str | None:
    """The first field with a usual name that holds a moment."""
    for name in TIMESTAMP_NAMES:
        found = entity.by_field.get(name)
        if found is not None and found.type.kind in MOMENTS:
            return name
    return None
