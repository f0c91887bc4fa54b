"""By what a record finds its row, and which of its values must be those of other rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.catalog import Entity, Relation
from entrepot.model.drafts import Mode
from entrepot.model.errors import InputError
from entrepot.model.matching import Referring
from entrepot.model.names import field_names


def key_fields(entity: Entity, present: Sequence[str], asked: Sequence[str], mode: Mode) -> tuple[str, ...]:
    """What was asked for; else the first key of the entity that the file has whole: primary, natural, unique.
    None: every record is a new row."""
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
    for key in _keys(entity):
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


def _keys(entity: Entity) -> Iterator[tuple[str, ...]]:
    yield entity.primary_key
    yield entity.natural_key
    yield from (key.fields for key in entity.keys if not any(entity.field(name).nullable for name in key.fields))


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
                ),
            )
