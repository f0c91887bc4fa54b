"""By what a record finds its row, and which of its values must be those of other rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.importing.spelling import is_spelled_variously
from entrepot.model.catalog import Entity, Key, Relation
from entrepot.model.drafts import Mode
from entrepot.model.errors import InputError
from entrepot.model.matching import Partly, Referring
from entrepot.model.names import field_names


def key_fields(entity: Entity, present: Sequence[str], asked: Sequence[str], mode: Mode) -> tuple[str, ...]:
    """What was asked for; else the first key of the entity that the file has whole: primary, natural, unique, and
    to find rows also a unique one that may be missing. None: every record is a new row."""
    if asked:
        chosen = tuple(field_names(entity).find(name).name for name in asked)
        missing = [name for name in chosen if name not in present]
        if missing:
            raise InputError(
                "key_not_in_file",
                f"Rows are to be found by {', '.join(missing)}, which nothing in the file fills.",
                remedy="Map a column to it, or choose another key.",
            )
        return chosen
    for key in (*_keys(entity), *(_missing_at_times(entity) if mode is not Mode.CREATE else ())):
        if key and all(name in present for name in key):
            return key
    if mode is not Mode.CREATE:
        raise InputError(
            "no_key",
            f"The file has no complete key of {entity.title}, so its rows cannot be found.",
            remedy=_key_wanted(entity),
        )
    return ()


def _key_wanted(entity: Entity) -> str:
    """Some tables have no key."""
    named = "ame the fields that identify a row: --key FIELD,FIELD."
    if not entity.primary_key:
        return f"N{named}"
    columns = "column" if len(entity.primary_key) == 1 else "columns"
    return f"Add the {columns} {' and '.join(entity.primary_key)}, or n{named}"


def must_have_key(entity: Entity, key: Sequence[str], asked: Sequence[str]) -> bool:
    """Whether nobody chose a key that may be missing. A record without it would become a new row by every import."""
    return not asked and tuple(key) in _missing_at_times(entity) and tuple(key) not in _keys(entity)


def _keys(entity: Entity) -> tuple[tuple[str, ...], ...]:
    whole = (key.fields for key in entity.keys if not _may_be_null(entity, key))
    return (entity.primary_key, entity.natural_key, *whole)


def _missing_at_times(entity: Entity) -> tuple[tuple[str, ...], ...]:
    return tuple(key.fields for key in entity.keys if _may_be_null(entity, key))


def _may_be_null(entity: Entity, key: Key) -> bool:
    return any(entity.field(name).nullable for name in key.fields)


def references(entity: Entity, present: Sequence[str]) -> Iterator[tuple[Relation, Referring]]:
    """The relations that the file fills whole; what it does not fill keeps what it has."""
    for relation in entity.relations:
        if all(name in present for name in relation.fields):
            own = relation.parent == entity.name and all(name in present for name in relation.parent_fields)
            yield (
                relation,
                Referring(
                    fields=tuple(present.index(name) for name in relation.fields),
                    own=tuple(present.index(name) for name in relation.parent_fields) if own else (),
                    waits=not (relation.declared or relation.initially_deferred),
                    alone=own and _texts_say_all(entity, relation.parent_fields),
                ),
            )


def partly_filled(entity: Entity, present: Sequence[str]) -> Iterator[Partly]:
    """What the rows of a tree have in common with those that they refer to, says nothing of the order."""
    for relation in entity.relations:
        if relation.parent == entity.name and not (relation.declared or relation.initially_deferred):
            pairs = [
                (present.index(ours), present.index(theirs))
                for ours, theirs in zip(relation.fields, relation.parent_fields, strict=True)
                if ours != theirs and ours in present and theirs in present
            ]
            if pairs and not all(name in present for name in (*relation.fields, *relation.parent_fields)):
                fields, own = zip(*pairs, strict=True)
                yield Partly(fields=fields, own=own)


def _texts_say_all(entity: Entity, fields: Sequence[str]) -> bool:
    """Whether what one row gives up is nobody's then."""
    return held_by_one(entity, fields) and not any(is_spelled_variously(entity.field(name)) for name in fields)


def held_by_one(entity: Entity, fields: Sequence[str]) -> bool:
    """Whether no two rows may have the same of these."""
    unique = (entity.primary_key, *(key.fields for key in entity.keys))
    return any(key and set(key) <= set(fields) for key in unique)
