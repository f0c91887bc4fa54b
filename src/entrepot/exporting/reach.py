"""Which entities related rows may come from, judged by the schema alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from entrepot.model.catalog import Catalog
from entrepot.model.selection import Relatives


def reachable(start: Iterable[str], related: Relatives, excluded: Collection[str], catalog: Catalog) -> set[str]:
    """`start` and every entity that its relations may bring in."""
    found = set(start)
    pairs = [(r.entity, r.parent) for r in catalog.relations() if r.parent in catalog.by_name]
    if related is Relatives.CLOSURE:
        found = _spread(found, [(parent, child) for child, parent in pairs], excluded)
    if related is not Relatives.NONE:
        found = _spread(found, pairs, excluded)
    return found


def _spread(start: set[str], pairs: Iterable[tuple[str, str]], excluded: Collection[str]) -> set[str]:
    ahead: dict[str, list[str]] = {}
    for source, target in pairs:
        if target not in excluded:
            ahead.setdefault(source, []).append(target)
    found, waiting = set(start), list(start)
    while waiting:
        new = [target for target in ahead.get(waiting.pop(), ()) if target not in found]
        found.update(new)
        waiting.extend(new)
    return found
