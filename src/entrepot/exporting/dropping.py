"""Rows that refer to rows left out stay behind too, and so do the rows that refer to those.

What is left is the largest set of the chosen rows in which every reference finds its row: rows that refer to
each other in a circle all stay if nothing else is missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.exporting.ground import Ground, Rows, State
from entrepot.exporting.notes import note
from entrepot.exporting.references import Columns, dangles, is_open, outgoing
from entrepot.model.catalog import Relation
from entrepot.model.graph import load_order
from entrepot.model.predicates import InRowSet, Not, Or, Predicate, both
from entrepot.model.problems import Problem


def dropped(ground: Ground, state: State, columns: Columns) -> tuple[State, tuple[Problem, ...]]:
    """The rows that are left, and how many are not."""
    left = dict(state)
    lost: dict[str, int] = {}
    for members in load_order(ground.catalog):
        present = [name for name in members if name in state]
        for name, (rows, gone) in _component(ground, left, columns, present, lost).items():
            left[name] = rows
            lost[name] = gone
    return left, tuple(_note(name, gone) for name, gone in lost.items())


Loss = dict[str, tuple[Rows, int]]
"""By entity that lost rows: what is left, and how many are gone."""


def _component(ground: Ground, state: State, columns: Columns, members: Sequence[str], lost: dict[str, int]) -> Loss:
    relations = [r for name in members for r in outgoing(ground, columns, name)]
    inner = [r for r in relations if r.parent in members]
    relevant = [r for r in relations if is_open(ground, state, r, lost)]
    if relevant and inner:
        return _by_keys(ground, state, [*relevant, *(r for r in inner if r not in relevant)], inner)
    loss: Loss = {}
    for name in dict.fromkeys(relation.entity for relation in relevant):
        loss.update(_lost_alone(ground, state, name, [r for r in relevant if r.entity == name]))
    return loss


def _lost_alone(ground: Ground, state: State, name: str, relations: Sequence[Relation]) -> Loss:
    """What an entity loses that is in no circle."""
    if ground.catalog.entity(name).primary_key:
        return _by_keys(ground, state, relations, ())
    return _by_condition(ground, state, name, relations)


def _by_condition(ground: Ground, state: State, name: str, relations: Sequence[Relation]) -> Loss:
    found = tuple(dangles(relation, state) for relation in relations)
    bad = found[0] if len(found) == 1 else Or(found)
    gone = ground.count(name, both(state[name].where, bad))
    return {name: (_without(state[name], bad), gone)} if gone else {}


def _by_keys(ground: Ground, state: State, relations: Sequence[Relation], inner: Sequence[Relation]) -> Loss:
    sets = {name: ground.new_set(name) for name in dict.fromkeys(r.entity for r in relations)}
    left = {**state, **{name: _without(state[name], InRowSet(rowset)) for name, rowset in sets.items()}}
    gone = dict.fromkeys(sets, 0)
    waiting = relations
    while waiting:
        shrank: set[str] = set()
        for relation in waiting:
            name = relation.entity
            new = ground.add(sets[name], name, both(left[name].where, dangles(relation, left)))
            gone[name] += new
            shrank.update([name] if new else [])
        waiting = [relation for relation in inner if relation.parent in shrank]
    return {name: (left[name], rows) for name, rows in gone.items() if rows}


def _without(rows: Rows, bad: Predicate) -> Rows:
    return Rows(where=both(rows.where, Not(bad)))


def _note(name: str, gone: int) -> Problem:
    return note("rows_dropped", f"{gone} rows of {name} stay behind, because they refer to rows that do.")
