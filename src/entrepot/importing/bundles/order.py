"""Which tables of an import refer to which, and the order that follows from it: what others refer to comes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.importing.request import Prepared
from entrepot.model.components import components
from entrepot.model.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Lead:
    """A reference from the records of one part to those of another, both by their places."""

    child: int
    reference: int
    """Its number among those of the child."""
    parent: int
    columns: tuple[int, ...]
    """The fields of the parent that hold what is referred to."""


def leads_of(parts: Sequence[Prepared]) -> tuple[Lead, ...]:
    """Where the parent's file fills what is referred to; otherwise only the database knows the parents."""
    places = {part.entity.name: at for at, part in enumerate(parts)}
    return tuple(lead for at, part in enumerate(parts) for lead in _of(part, at, places, parts))


def _of(part: Prepared, at: int, places: dict[str, int], parts: Sequence[Prepared]) -> Iterator[Lead]:
    for reference, relation in enumerate(part.relations):
        parent = places.get(relation.parent, at)
        names = parts[parent].names
        if parent != at and all(name in names for name in relation.parent_fields):
            columns = tuple(names.index(name) for name in relation.parent_fields)
            yield Lead(child=at, reference=reference, parent=parent, columns=columns)


def ordered(names: Sequence[str], leads: Sequence[Lead]) -> tuple[int, ...]:
    """The places of the parts, parents first; the order in which they were given changes nothing."""
    edges = {
        name: sorted({names[lead.parent] for lead in leads if names[lead.child] == name}) for name in sorted(names)
    }
    found = components(edges)
    for circle in (some for some in found if len(some) > 1):
        raise InputError(
            "references_in_circle",
            f"The tables refer to each other in a circle: {' → '.join([*sorted(circle), min(circle)])}.",
            remedy="Import one of them first, without the references to the others, and add these by an update.",
        )
    return tuple(names.index(name) for some in found for name in some)
