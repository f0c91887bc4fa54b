"""Which rows come along because chosen rows refer to them, or they to chosen rows.

Entities are visited along the references, so one pass is enough except in a circle, where the new rows alone
are followed until there are no more. What is found is held by key in row sets of the session; an entity that
cannot gain any row is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from entrepot.exporting.ground import Ground, Rows, State
from entrepot.model.catalog import Relation
from entrepot.model.graph import load_order
from entrepot.model.predicates import InRowSet, Not, Or, Predicate, Related, both
from entrepot.model.selection import Relatives


@dataclass(frozen=True, kw_only=True)
class Link:
    """A relation in the direction in which it brings rows along."""

    source: str
    source_fields: tuple[str, ...]
    target: str
    target_fields: tuple[str, ...]
    relation: Relation

    def brings(self, where: Predicate | None) -> Predicate:
        """Rows of the target that belong to the source's rows of which `where` is true."""
        return Related(self.target_fields, self.source, self.source_fields, where)


def to_parent(relation: Relation) -> Link:
    return Link(
        source=relation.entity,
        source_fields=relation.fields,
        target=relation.parent,
        target_fields=relation.parent_fields,
        relation=relation,
    )


def to_children(relation: Relation) -> Link:
    return Link(
        source=relation.parent,
        source_fields=relation.parent_fields,
        target=relation.entity,
        target_fields=relation.fields,
        relation=relation,
    )


def grown(ground: Ground, state: State) -> State:
    """The rows of `state` with those that the request wants beside them."""
    relations = [r for name in ground.catalog.by_name for r in ground.relations(name)]
    order = load_order(ground.catalog)
    if ground.related is Relatives.CLOSURE:
        state = _followed(ground, state, order, [to_children(r) for r in relations])
    if ground.related is not Relatives.NONE:
        state = _followed(ground, state, order[::-1], [to_parent(r) for r in relations])
    return state


def _followed(ground: Ground, state: State, order: Iterable[Sequence[str]], links: Iterable[Link]) -> State:
    by_target: dict[str, list[Link]] = {}
    for link in links:
        by_target.setdefault(link.target, []).append(link)
    found = dict(state)
    for members in order:
        useful = [li for name in members for li in by_target.get(name, ()) if _may_gain(ground, found, li)]
        found.update(_gained(ground, found, members, useful))
    return found


def _may_gain(ground: Ground, state: State, link: Link) -> bool:
    if not ground.may_follow(link.target):
        return False
    target = state.get(link.target)
    return target is None or not target.full or not ground.scope_is_all(link.target)


def _gained(ground: Ground, state: State, members: Sequence[str], links: Sequence[Link]) -> State:
    """What the entities of one component become."""
    inner = [link for link in links if link.source in members]
    first = [link for link in links if link.source in state]
    if first and inner:
        return _by_keys(ground, state, first, inner)
    gained: dict[str, Rows] = {}
    for name in dict.fromkeys(link.target for link in first):
        gained.update(_gained_alone(ground, state, name, [link for link in first if link.target == name]))
    return gained


def _gained_alone(ground: Ground, state: State, name: str, links: Sequence[Link]) -> State:
    """What an entity becomes that is in no circle."""
    if ground.catalog.entity(name).primary_key:
        return _by_keys(ground, state, links, ())
    rows = _by_condition(ground, state, name, links)
    return {name: rows} if name in state or ground.count(name, rows.where) else {}


def _by_condition(ground: Ground, state: State, target: str, links: Sequence[Link]) -> Rows:
    """Rows without a key are not held: the condition that finds them is asked again at each reading."""
    found = tuple(link.brings(state[link.source].where) for link in links)
    brought = both(_bound(ground, target), found[0] if len(found) == 1 else Or(found))
    return _joined(state.get(target), brought)


def _by_keys(ground: Ground, state: State, first: Sequence[Link], inner: Sequence[Link]) -> State:
    sets = {name: ground.new_set(name) for name in dict.fromkeys(link.target for link in (*first, *inner))}
    gained = dict.fromkeys(sets, 0)
    for link in first:
        gained[link.target] += _pulled(ground, state, sets, link, state[link.source].where)
    waiting = [link for link in inner if gained.get(link.source)]
    while waiting:
        grew = {li.target for li in waiting if _counted(gained, li, _from_new(ground, state, sets, li))}
        waiting = [link for link in inner if link.source in grew]
    return {name: _joined(state.get(name), InRowSet(sets[name])) for name, rows in gained.items() if rows}


def _counted(gained: dict[str, int], link: Link, rows: int) -> int:
    gained[link.target] += rows
    return rows


def _from_new(ground: Ground, state: State, sets: dict[str, str], link: Link) -> int:
    return _pulled(ground, state, sets, link, InRowSet(sets[link.source]))


def _pulled(ground: Ground, state: State, sets: dict[str, str], link: Link, where: Predicate | None) -> int:
    """Put into the target's set what the link brings and is not there yet; how many rows that were."""
    present = state.get(link.target)
    already = Not(present.where) if present is not None and present.where is not None else None
    brought = both(link.brings(where), already, _bound(ground, link.target))
    return ground.add(sets[link.target], link.target, brought)


def _bound(ground: Ground, name: str) -> Predicate | None:
    foreign = ground.bounds.foreign(ground.catalog.entity(name))
    return Not(foreign) if foreign is not None else None


def _joined(present: Rows | None, gained: Predicate | None) -> Rows:
    if present is None or present.where is None or gained is None:
        return Rows(where=gained, full=present is not None and present.full)
    return Rows(where=Or((present.where, gained)), full=present.full)
