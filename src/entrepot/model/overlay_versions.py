"""What the settings say about versions, held against the catalog: what would only fail with the second version of
something fails here, and says what to do."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.model.catalog import COMPUTED, Entity
from entrepot.model.errors import InputError
from entrepot.model.overlay_fields import require_field
from entrepot.model.suggest import unknown
from entrepot.model.types import Kind
from entrepot.model.unique_keys import GIVEN_BY_DATABASE, unique_in
from entrepot.model.versions import Refer, Versions


@dataclass(frozen=True, kw_only=True)
class VersionOverlay:
    """`[entities.<entity>] version = { … }`"""

    field: str
    """Holds the number of the version: a whole number."""
    of: tuple[str, ...]
    """The fields that the versions of one thing have in common."""
    current: str | None = None
    """A field that is true of the newest version alone."""
    references: str = "stay"
    """Whether rows that refer to the newest version `stay` with it when there is a newer one, or `follow`."""


def versions_of(entity: Entity, overlay: VersionOverlay | None) -> Versions | None:
    if overlay is None:
        return None
    place = f"[entities.{entity.name}] version"
    _check_fields(entity, overlay, place)
    found = Versions(
        field=overlay.field, of=overlay.of, current=overlay.current, references=_refer(overlay.references, place)
    )
    _check_unique(entity, found, place)
    return found


def fresh(entity: Entity, versions: Versions) -> frozenset[str]:
    """The fields that every version gets anew from the database, because no two rows may share them."""
    others = (key for key in unique_in(entity) if versions.field not in key)
    return frozenset(name for key in others for name in key if _is_fresh(entity, versions, name))


def _is_fresh(entity: Entity, versions: Versions, name: str) -> bool:
    field = entity.field(name)
    if name in versions.of or field.origin in GIVEN_BY_DATABASE:
        return name not in versions.of
    named = name in entity.primary_key or field.type.kind is Kind.UUID
    return field.origin in COMPUTED or (named and field.default is not None)


def _refer(word: str, place: str) -> Refer:
    if word not in [*Refer]:
        raise unknown("way", word, [*Refer], f"{place}.references")
    return Refer(word)


def _check_fields(entity: Entity, overlay: VersionOverlay, place: str) -> None:
    for name in (overlay.field, *overlay.of, *([overlay.current] if overlay.current else [])):
        require_field(entity, name, place)
    field = entity.field(overlay.field)
    if field.type.kind is not Kind.INTEGER or field.origin in (COMPUTED | GIVEN_BY_DATABASE):
        raise _wrong(
            f"{place}.field: '{overlay.field}' is {field.native}; versions are counted by whole numbers that"
            " Entrepot writes.",
            "Name a field with whole numbers that the database does not give out itself.",
        )
    if not overlay.of or {overlay.field, overlay.current} & set(overlay.of):
        raise _wrong(
            f"{place}.of must name the fields that the versions of one thing share, without number and flag.",
            'Name them, such as of = ["slug"].',
        )
    if overlay.current is not None:
        _check_flag(entity, overlay, place)


def _check_flag(entity: Entity, overlay: VersionOverlay, place: str) -> None:
    flag = entity.field(overlay.current or "")
    if flag.type.kind not in (Kind.BOOLEAN, Kind.INTEGER) or flag.name == overlay.field or flag.origin in COMPUTED:
        raise _wrong(
            f"{place}.current: '{flag.name}' is {flag.native} and cannot say whether a version is the newest one.",
            "Name a field that is true or false, or 1 or 0.",
        )


def _check_unique(entity: Entity, versions: Versions, place: str) -> None:
    """Two imports at once must not give one number twice, and an undo must find every version again."""
    keys = [set(key) for key in unique_in(entity)]
    if set(versions.key) not in keys:
        raise InputError(
            "versions_not_unique",
            f"{place}: nothing keeps {' and '.join(versions.key)} of '{entity.title}' unique, so one number could be"
            " given twice.",
            remedy=f"Make it so: CREATE UNIQUE INDEX ON {entity.name} ({', '.join(versions.key)}).",
        )
    if not entity.primary_key and any(entity.field(name).nullable for name in versions.key):
        raise InputError(
            "versions_without_key",
            f"{place}: '{entity.title}' has no primary key, and {', '.join(versions.key)} may be NULL, so a version"
            " cannot be found again.",
            remedy="Give the table a primary key, or make these fields NOT NULL.",
        )
    anew = fresh(entity, versions)
    for key in unique_in(entity):
        if key and versions.field not in key and not anew.intersection(key):
            raise _one_only(entity, versions, key, place)


def _one_only(entity: Entity, versions: Versions, key: tuple[str, ...], place: str) -> InputError:
    return InputError(
        "one_version_only",
        f"{place}: '{entity.title}' cannot have two versions of anything, because {', '.join(key)} must be unique.",
        remedy=f"Make the key ({', '.join((*key, versions.field))} unique instead), or let the database give it out.",
    )


def _wrong(message: str, remedy: str) -> InputError:
    return InputError("wrong_version", message, remedy=remedy)
