"""Which tables of an import refer to which, and the order that follows from it: what others refer to comes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from entrepot.importing.request import Prepared
from entrepot.model.catalog import Catalog
from entrepot.model.components import components
from entrepot.model.graph import required


@dataclass(frozen=True, kw_only=True)
class Lead:
    """A reference from the records of one part to those of another, both by their places."""

    child: int
    reference: int
    """Its number among those of the child."""
    parent: int
    columns: tuple[int, ...]
    """The fields of the parent that hold what is referred to."""
    required: bool = False
    """Whether no row can be without it."""


def leads_of(parts: Sequence[Prepared], catalog: Catalog) -> tuple[Lead, ...]:
    """Where the parent's file fills what is referred to; otherwise only the database knows the parents."""
    places = {part.entity.name: at for at, part in enumerate(parts)}
    return tuple(lead for at, part in enumerate(parts) for lead in _of(part, at, places, parts, catalog))


def _of(part: Prepared, at: int, places: dict[str, int], parts: Sequence[Prepared], catalog: Catalog) -> Iterator[Lead]:
    for reference, relation in enumerate(part.relations):
        parent = places.get(relation.parent, at)
        names = parts[parent].names
        if parent != at and all(name in names for name in relation.parent_fields):
            columns = tuple(names.index(name) for name in relation.parent_fields)
            needed = required(relation, catalog)
            yield Lead(child=at, reference=reference, parent=parent, columns=columns, required=needed)


def named_in(parts: Sequence[Prepared]) -> tuple[tuple[int, int], ...]:
    """Which part names records of which other: also by a reference that the database or nobody fills the rest of."""
    places = {part.entity.name: at for at, part in enumerate(parts)}
    pairs = ((at, places.get(sought.parent.name, at)) for at, part in enumerate(parts) for sought in part.lookups)
    return tuple(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))


def ordered(count: int, leads: Sequence[Lead], named: Sequence[tuple[int, int]] = ()) -> tuple[tuple[int, ...], ...]:
    """The places of the parts, parents first. Those that refer to each other in a circle stand together, first those
    that need no other of the circle.

    >>> ordered(3, [Lead(child=0, reference=0, parent=2, columns=(0,))])
    ((2,), (0,), (1,))
    """
    pairs = {*named, *((lead.child, lead.parent) for lead in leads)}
    return tuple(_within(some, leads) for some in components(_edges(range(count), pairs)))


def _within(circle: tuple[int, ...], leads: Sequence[Lead]) -> tuple[int, ...]:
    needed = {(lead.child, lead.parent) for lead in leads if lead.required}
    return tuple(at for some in components(_edges(sorted(circle), needed)) for at in sorted(some))


def _edges(places: Sequence[int], pairs: Set[tuple[int, int]]) -> dict[int, list[int]]:
    return {at: sorted(parent for child, parent in pairs if child == at and parent in places) for at in places}
