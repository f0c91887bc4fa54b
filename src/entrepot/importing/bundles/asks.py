"""Which tables of an import may refer to records that were made for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.importing.bundles.order import Lead
from entrepot.importing.request import Prepared


@dataclass(frozen=True, kw_only=True)
class Asks:
    """Both parts by their places."""

    child: int
    parent: int
    own: tuple[int, ...]
    """The fields that refer."""
    columns: tuple[int, ...]
    """The fields of the parent that hold what is referred to."""


def asks_of(parts: Sequence[Prepared], leads: Sequence[Lead]) -> tuple[Asks, ...]:
    """By what they name, and by what they hold: a reference with a NULL in it refers to nothing, and may name a row."""
    return tuple(dict.fromkeys(one for at in range(len(parts)) for one in _of(at, parts, leads)))


def _of(at: int, parts: Sequence[Prepared], leads: Sequence[Lead]) -> Iterator[Asks]:
    part = parts[at]
    for lead in leads:
        if lead.child == at and parts[lead.parent].request.made is not None:
            own = part.matching.references[lead.reference].fields
            yield Asks(child=at, parent=lead.parent, own=own, columns=lead.columns)
    for sought in part.lookups:
        beside = sought.lookup.beside
        if beside is not None and beside.said:
            own = (part.names.index(sought.field.name),)
            yield Asks(child=at, parent=beside.part - 1, own=own, columns=(beside.id,))
