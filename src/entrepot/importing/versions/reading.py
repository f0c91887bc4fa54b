"""The versions of one thing, as they are now, and an old one as a file to import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise

from entrepot.importing.asking import KEYS, columns
from entrepot.importing.changes import stored
from entrepot.importing.halving import CODE
from entrepot.importing.request import Run
from entrepot.importing.versions.asked import no_versions
from entrepot.importing.versions.numbering import flag, own_fields
from entrepot.importing.versions.texts import Texts, row_of, rows_of
from entrepot.model.catalog import Entity
from entrepot.model.drafts import Mode, OnConflict, Reading
from entrepot.model.errors import InputError
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.names import entity_names
from entrepot.model.overlay_versions import fresh
from entrepot.model.plans import ImportRequest
from entrepot.model.predicates import Predicate
from entrepot.model.versions import CellChange, History, Version, Versions

CSV = Reading(format="csv", encoding="utf-8", delimiter=",", quote='"', header=True)


def versioned_entity(name: str, run: Run) -> tuple[Entity, Versions]:
    entity = entity_names(run.catalog).find(name)
    if entity.versions is None:
        raise no_versions(entity)
    return entity, entity.versions


def history_of(entity: Entity, versions: Versions, key: Sequence[str], run: Run, where: Predicate | None) -> History:
    """`where`: what rows satisfy that may be seen."""
    if len(key) != len(versions.of):
        raise InputError(
            "versions_key",
            f"Versions of '{entity.title}' are found by {', '.join(versions.of)}: {len(key)} values were given.",
            remedy=f"Name {len(versions.of)}, in this order.",
        )
    rows = sorted(_rows(entity, versions, key, run, where), key=lambda row: _number(row, versions))
    if not rows:
        raise InputError(
            "no_such_row",
            f"There is nothing in '{entity.title}' with {_told(versions.of, key)}.",
            remedy="Write the values as they stand in the rows.",
        )
    names = comparable(entity, versions)
    changes = [(), *(tuple(_changes(one, other, names)) for one, other in pairwise(rows))]
    found = [_version(entity, versions, row, change) for row, change in zip(rows, changes, strict=True)]
    of = {name: str(rows[0][name]) for name in versions.of}
    return History(entity=entity.title, of=of, versions=tuple(reversed(found)))


Row = Mapping[str, str | None]


def _rows(entity: Entity, versions: Versions, key: Sequence[str], run: Run, where: Predicate | None) -> list[Row]:
    names = tuple(dict.fromkeys((*versions.of, *stored(entity))))
    with run.engine.change(run.catalog, [entity], run.work, write=False) as target:
        try:
            target.keep_keys(KEYS, entity, versions.of, [row_of(key)])
        except InputError as error:
            if error.code != CODE:
                raise
            return []  # what is no value of its field, no row has
        found = target.matching(KEYS, entity, versions.of, columns(entity, names), where=where)
        texts: Iterable[Texts] = rows_of(chunk.data for chunk in found)
        return [dict(zip(names, row, strict=True)) for row in texts]


def comparable(entity: Entity, versions: Versions) -> tuple[str, ...]:
    """What a version is made of, besides what all have in common."""
    apart = {*versions.of, *own_fields(versions), *fresh(entity, versions)}
    return tuple(name for name in stored(entity) if name not in apart)


def _version(entity: Entity, versions: Versions, row: Row, changes: tuple[CellChange, ...]) -> Version:
    on = flag(entity, versions, on=True) if versions.current else None
    return Version(
        number=_number(row, versions),
        values={name: row[name] for name in (*versions.of, *comparable(entity, versions))},
        changes=changes,
        current=None if versions.current is None else row[versions.current] == on,
    )


def _number(row: Row, versions: Versions) -> int:
    return int(row[versions.field] or 0)


def _changes(before: Row, after: Row, names: Sequence[str]) -> Iterator[CellChange]:
    for name in names:
        if before[name] != after[name]:
            yield CellChange(field=name, before=before[name], after=after[name])


def version_in(history: History, number: int) -> Version:
    found = next((version for version in history.versions if version.number == number), None)
    if found is None:
        known = ", ".join(str(version.number) for version in history.versions)
        raise InputError(
            "no_such_version",
            f"There is no version {number:,} of {_told([*history.of], [*history.of.values()])}.",
            remedy=f"Its versions are: {known}.",
        )
    return found


def as_file(version: Version) -> Iterator[bytes]:
    """That makes it the newest one again."""
    yield row_of(version.values)
    yield row_of(version.values.values())


def restoring(entity: Entity, version: Version, tenant: str | None) -> ImportRequest:
    """References are ids in such a file, however other files name them."""
    fields = {name: FieldMapping(columns=(name,), find_by=("",)) for name in version.values}
    plain = {name: FieldMapping(columns=(name,)) for name in version.values if entity.field(name).find is None}
    return ImportRequest(
        entity=entity.name,
        reading=CSV,
        mapping=MappingRequest(fields={**fields, **plain}, guess=False),
        mode=Mode.UPDATE,
        on_conflict=OnConflict.VERSION,
        tenant=tenant,
    )


def _told(names: Iterable[str], values: Iterable[str]) -> str:
    return " and ".join(chain(f"{name} '{value}'" for name, value in zip(names, values, strict=True)))
