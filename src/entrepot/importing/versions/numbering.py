"""What becomes of fields and of matching where records become versions: the newest one is met by what all versions have
in common, and number, flag and key are for nobody to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from entrepot.importing.changes import identity, stored
from entrepot.model.catalog import Entity
from entrepot.model.drafts import TargetField
from entrepot.model.mappings import ColumnMapping
from entrepot.model.matching import Matching
from entrepot.model.overlay_versions import fresh
from entrepot.model.predicates import Compare, Operator, Predicate, Value
from entrepot.model.types import Kind
from entrepot.model.versions import Versioning, Versions

FIRST = "1"


def own_fields(versions: Versions) -> tuple[str, ...]:
    """Those that nothing in a file need fill."""
    return (versions.field, *([versions.current] if versions.current else []))


def without_own(mapping: ColumnMapping, versions: Versions | None) -> ColumnMapping:
    if versions is None:
        return mapping
    return replace(mapping, unfilled=tuple(name for name in mapping.unfilled if name not in own_fields(versions)))


def numbered(fields: Sequence[TargetField], entity: Entity, versions: Versions | None) -> tuple[TargetField, ...]:
    """New rows are the first versions of something, and the newest, whatever a file says of the flag. A file that
    numbers versions has a number in every record."""
    if versions is None:
        return tuple(fields)
    found = {field.name: field for field in fields}
    if versions.field in found:
        found[versions.field] = replace(found[versions.field], required=True)
    else:
        found[versions.field] = _always(entity, versions.field, FIRST)
    if versions.current is not None:
        found[versions.current] = _always(entity, versions.current, flag(entity, versions, on=True))
    return tuple(found.values())


def _always(entity: Entity, name: str, text: str) -> TargetField:
    return TargetField(name=name, type=entity.field(name).type, constant=text, required=True)


def flag(entity: Entity, versions: Versions, *, on: bool) -> str:
    """As its field has it."""
    if entity.field(versions.current or "").type.kind is Kind.BOOLEAN:
        return "true" if on else "false"
    return "1" if on else "0"


def is_newest(entity: Entity) -> Predicate | None:
    """What only the newest version satisfies, by its flag."""
    versions = entity.versions
    if versions is None or versions.current is None:
        return None
    on = Value(flag(entity, versions, on=True), entity.field(versions.current).type)
    return Compare(versions.current, Operator.EQ, on)


def copied(entity: Entity, names: Sequence[str], versions: Versions) -> tuple[str, ...]:
    """The fields that the file has not: a new version has them from the one before."""
    anew = {*names, *own_fields(versions), *fresh(entity, versions)}
    return tuple(name for name in stored(entity) if name not in anew)


def with_versions(
    matching: Matching, entity: Entity, fields: Sequence[TargetField], versions: Versions | None
) -> Matching:
    if versions is None:
        return matching
    names = [field.name for field in fields]
    apart = {*versions.of, *own_fields(versions), *fresh(entity, versions)}
    number = names.index(versions.field)
    return replace(
        matching,
        must_have_key=True,
        compared=tuple(at for at, name in enumerate(names) if name not in apart),
        versions=Versioning(
            number=None if fields[number].constant == FIRST and not fields[number].sources else number,
            copied=len(copied(entity, names, versions)),
            identity=len(identity(entity)),
            off=flag(entity, versions, on=False) if versions.current else None,
        ),
    )
