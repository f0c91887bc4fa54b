"""What the settings add to a field."""

from __future__ import annotations

from dataclasses import dataclass, replace

from entrepot.model.catalog import Catalog, Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.finding import FindBy, Missing
from entrepot.model.rule_text import read_rules, read_steps
from entrepot.model.suggest import unknown


@dataclass(frozen=True, kw_only=True)
class FieldOverlay:
    """`[entities.<entity>.fields] <field> = { … }`"""

    name: str | None = None
    """The public name."""
    label: str | None = None
    """What people read."""
    aliases: tuple[str, ...] = ()
    """Other names it may have in files and requests."""
    sensitive: str | None = None
    """What kind of personal data it holds: `email`, `name`, `phone`, …"""
    file: str | None = None
    """The file collection (`[files.<name>]`) in which the value is the key of an attachment."""
    file_id: str | None = None
    """The field that identifies the attachment in a package; default: the primary key."""
    file_name: str | None = None
    """The field with the attachment's name; default: the last part of the key."""
    transform: object = ()
    """Cleaning steps for values on their way in: `"trim"`, `{ name = "date", format = "DD.MM.YYYY" }`, or a list."""
    rule: object = ()
    """What they must be then: `"email"`, `"length:2..40"`, `{ name = "min", argument = 0, warning = true }`, a list."""
    find_by: tuple[str, ...] = ()
    """Of a reference: the fields of the parent by which files name it where they do not have its id: `"email"`."""
    ignore_case: bool = False
    """Whether case and blanks around such values mean nothing."""
    missing: str = ""
    """What becomes of a record whose parent is not found by them: `error` (default), `skip`, `empty`."""


def overlaid_field(entity: Entity, plain: Field, overlay: FieldOverlay | None) -> Field:
    if overlay is None:
        return plain
    for name in (overlay.file_id, overlay.file_name):
        if name is not None:
            require_field(entity, name)
    place = f"[entities.{entity.name}] fields.{plain.name}"
    return replace(
        plain,
        public=overlay.name,
        label=overlay.label,
        aliases=overlay.aliases,
        sensitive=overlay.sensitive,
        file=overlay.file,
        file_id=overlay.file_id,
        file_name=overlay.file_name,
        steps=read_steps(overlay.transform, f"{place}.transform"),
        rules=read_rules(overlay.rule, f"{place}.rule"),
        find=_find(overlay, place),
    )


def _find(overlay: FieldOverlay, place: str) -> FindBy | None:
    if overlay.missing not in ("", *Missing):
        raise unknown("way", overlay.missing, [*Missing], f"{place}.missing")
    missing = Missing(overlay.missing) if overlay.missing else None
    found = FindBy(fields=overlay.find_by, ignore_case=overlay.ignore_case, missing=missing)
    return None if found == FindBy() else found


def check_references(catalog: Catalog) -> None:
    """When all relations are known: what is found must be a parent, by fields that it has."""
    for entity in catalog.entities:
        for field in entity.fields:
            if field.find is not None:
                _check_reference(entity, field, field.find, catalog)


def _check_reference(entity: Entity, field: Field, find: FindBy, catalog: Catalog) -> None:
    place = f"[entities.{entity.name}] fields.{field.name}.find_by"
    relation = next((relation for relation in entity.relations if field.name in relation.fields), None)
    if relation is None:
        raise InputError(
            "no_reference",
            f"{place}: '{field.name}' refers to no other entity, so there is nothing to be found.",
            remedy=f"Take it out, or declare the reference: [[entities.{entity.name}.relations]].",
        )
    for name in find.fields:
        require_field(catalog.entity(relation.parent), name, place)


def require_field(entity: Entity, name: str, place: str = "") -> None:
    if name not in entity.by_field:
        raise unknown("field", name, entity.by_field, place or f"[entities.{entity.name}]")
