"""Whether an import may make new versions, and of what."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.importing.changes import identity
from entrepot.model.catalog import Catalog, Entity, EntityKind, Relation
from entrepot.model.drafts import OnConflict
from entrepot.model.errors import InputError
from entrepot.model.names import field_names
from entrepot.model.plans import ImportRequest
from entrepot.model.versions import Refer, Versions

TOGETHER = frozenset({OnConflict.VERSION, OnConflict.SKIP, OnConflict.FAIL})
"""What records of one import may do where versions are made: nothing that changes a version."""


def versions_asked(entity: Entity, request: ImportRequest) -> Versions | None:
    """None: the import makes no versions, whatever the settings say of the entity."""
    wanted = {request.conflicts, *request.decisions.values()}
    if OnConflict.VERSION not in wanted:
        return None
    if entity.versions is None:
        raise no_versions(entity)
    if others := sorted(wanted - TOGETHER):
        raise InputError(
            "versions_alone",
            f"New versions leave the rows there are as they are, and '{others[0]}' would change some.",
            remedy="Where --on-conflict or --rows says version, the others can be fail or skip.",
        )
    _check_manner(entity.versions, entity, request)
    return entity.versions


def no_versions(entity: Entity) -> InputError:
    return InputError(
        "no_versions",
        f"Rows of '{entity.title}' have no versions: nothing says which field counts them.",
        remedy=f'Say it in the settings: [entities.{entity.name}] version = {{ field = "version", of = ["…"] }}',
    )


def _check_manner(versions: Versions, entity: Entity, request: ImportRequest) -> None:
    key = {field_names(entity).find(name).name for name in request.key}
    if key and key != set(versions.of):
        raise InputError(
            "versions_key",
            f"Versions of '{entity.title}' are those of one {', '.join(versions.of)}, not {', '.join(request.key)}.",
            remedy="Leave out --key.",
        )
    for wanted, option in ((request.prove, "--prove"), (request.exclusive, "--exclusive")):
        if wanted:
            raise InputError("not_with_versions", f"{option} knows no versions.", remedy=f"Leave out {option}.")


def following(catalog: Catalog, entity: Entity, versions: Versions | None) -> Iterator[Relation]:
    """The relations whose rows go to the new version: from other entities, to what is not the same in all versions.
    References between rows of one entity stay, since older versions must not change."""
    if versions is None or versions.references is not Refer.FOLLOW:
        return
    for other in catalog.entities:
        for relation in other.relations:
            moves = relation.parent == entity.name and not set(versions.of).issuperset(relation.parent_fields)
            if moves and other.kind is EntityKind.TABLE and other.name != entity.name:
                _check_child(other, relation)
                yield relation


def _check_child(child: Entity, relation: Relation) -> None:
    """What a row is found by must stay, or an undo could not find it."""
    found_by = identity(child)
    if not found_by or set(found_by).intersection(relation.fields):
        raise InputError(
            "cannot_follow",
            f"Rows of '{child.title}' cannot follow to a new version: "
            + (f"{', '.join(relation.fields)} is part of their key." if found_by else "they have no key."),
            remedy=f"Give '{child.title}' a key of its own, or let references stay: references = \"stay\".",
        )
