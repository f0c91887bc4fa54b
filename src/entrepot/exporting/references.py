"""References that go out while the row they mean does not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from entrepot.exporting.ground import Ground, State
from entrepot.model.catalog import Relation
from entrepot.model.predicates import And, IsNull, Not, Predicate, Related
from entrepot.model.selection import Column, Relatives, Scope

Columns = Mapping[str, Sequence[Column]]
"""By entity, what goes out of it."""


def outgoing(ground: Ground, columns: Columns, name: str) -> tuple[Relation, ...]:
    """The relations whose whole key goes out; where a part stays behind nothing refers to anything."""
    fields = {column.field.name for column in columns[name]}
    return tuple(r for r in ground.relations(name) if fields.issuperset(r.fields))


def is_open(ground: Ground, state: State, relation: Relation, shrunk: Collection[str] = ()) -> bool:
    """True if a reference may mean a row that does not come along. `shrunk` entities lost rows meanwhile."""
    if relation.declared or not relation.validated or relation.parent in shrunk:
        return True
    parent = state.get(relation.parent)
    if parent is not None and parent.full and _at_home(ground, relation):
        return False
    return not (_parents_came(ground, relation.parent) and _never_foreign(ground, relation))


def _at_home(ground: Ground, relation: Relation) -> bool:
    """True if the parent is surely in the scope: the child is, and knows it by this very reference.

    Children that came along as relatives may belong to no tenant, and then so may their parents.
    """
    if ground.bounds.scope is not Scope.TENANT:
        return True
    own = ground.related is Relatives.NONE or ground.scope_is_all(relation.entity)
    return own and ground.bounds.leads_home(relation)


def _parents_came(ground: Ground, parent: str) -> bool:
    return ground.related is not Relatives.NONE and ground.may_follow(parent)


def _never_foreign(ground: Ground, relation: Relation) -> bool:
    """True if the parent cannot belong to another tenant."""
    ownerless = ground.bounds.path(relation.parent) is None
    return ground.bounds.scope is not Scope.TENANT or ownerless or ground.bounds.leads_home(relation)


def refers(relation: Relation) -> Predicate:
    """Rows that refer to something: a key with a NULL part means nothing (MATCH SIMPLE)."""
    parts = tuple(Not(IsNull(name)) for name in relation.fields)
    return parts[0] if len(parts) == 1 else And(parts)


def arrives(relation: Relation, state: State) -> Predicate | None:
    """Rows whose parent comes along; None where no row of the parent does."""
    parent = state.get(relation.parent)
    if parent is None:
        return None
    return Related(relation.fields, relation.parent, relation.parent_fields, parent.where)


def dangles(relation: Relation, state: State) -> Predicate:
    """Rows that refer to a parent that does not come along."""
    parent = arrives(relation, state)
    return refers(relation) if parent is None else And((refers(relation), Not(parent)))


def words(relation: Relation) -> str:
    """The relation for people: `orders.customer_id → customers`."""
    return f"{relation.entity}.{', '.join(relation.fields)} → {relation.parent}"
