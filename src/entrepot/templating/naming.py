"""References that a file may fill with what people call a row: the import looks it up (importing/pointing.py)."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.importing.pointing import IDS, declared, looks_like_id, pointers
from entrepot.model.catalog import Catalog, Entity, Field
from entrepot.model.mappings import MappingRequest
from entrepot.model.types import Kind


def names_by_field(entity: Entity, catalog: Catalog) -> dict[str, Field]:
    """The parent's field that names the row, by the field that refers to it: as far as a column of names is understood
    without a word about it."""
    found: dict[str, Field] = {}
    for name, pointer in pointers(entity, catalog, MappingRequest()).items():
        key = next(iter(pointer.keys), ())
        if len(key) == 1 and (pointer.field.type.kind in IDS or key == declared(pointer.field)):
            found[name] = pointer.parent.field(key[0])
    return found


def are_names(values: Sequence[str | None], kind: Kind) -> bool:
    """Whether each names one row, and none could be taken for an id.

    >>> are_names(["Red", "Blue"], Kind.INTEGER), are_names(["Red", "4711"], Kind.INTEGER)
    (True, False)
    """
    given = [value for value in values if value]
    different = len({value.casefold().strip() for value in given}) == len(values)
    return different and not (kind in IDS and any(looks_like_id(value, kind) for value in given))
