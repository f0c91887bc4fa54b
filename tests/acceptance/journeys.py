"""What a journey from one database to another did to the content, field by field, and what the receipt said of it."""

from __future__ import annotations

import re

from acceptance.corpora import Places
from entrepot import Entrepot, Selection
from entrepot.model.receipts import Receipt


def changed_fields(before: Entrepot, after: Entrepot) -> Places:
    """Fields whose content differs; every entity arrives, with every row.

    An entity whose rows differ while each of its fields holds the same values has mixed up its rows: `(entity, "*")`.
    """
    old, new = before.fingerprint(), after.fingerprint()
    assert set(old) == set(new)
    assert {name: found.rows for name, found in old.items()} == {name: found.rows for name, found in new.items()}
    differing = [name for name in old if old[name] != new[name]]
    return frozenset(place for name in differing for place in _fields(name, before, after) or [(name, "*")])


def _fields(name: str, before: Entrepot, after: Entrepot) -> list[tuple[str, str]]:
    names = [field.name for field in before.entity(name).fields]
    alone = [Selection(entities=(name,), fields={name: (field,)}) for field in names]
    return [
        (name, field)
        for field, selection in zip(names, alone, strict=True)
        if before.fingerprint(selection=selection) != after.fingerprint(selection=selection)
    ]


def named_fields(receipt: Receipt) -> Places:
    """What the receipt says of single fields: `entity: entity.field: what becomes of it`."""
    told = (re.match(r"([^:]+): \1\.([^:]+): ", warning.message) for warning in receipt.warnings)
    return frozenset((match[1], match[2]) for match in told if match) | unpromised_fields(receipt)


def unpromised_fields(receipt: Receipt) -> Places:
    """The lossy list: `entity.field (native type)`."""
    split = (re.fullmatch(r"([^.]+)\.(.+?) \(.+\)", line) for line in receipt.lossy)
    return frozenset((match[1], match[2]) for match in split if match)
