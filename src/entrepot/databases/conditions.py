"""Predicates (model/predicates.py) as SQL conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from entrepot.databases.dialect import Dialect
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.predicates import And, Compare, In, InRowSet, IsNull, Not, Operator, Or, Predicate, Related
from entrepot.model.templates import Form

SIDE_BY_SIDE = 50


@dataclass(frozen=True)
class Conditions:
    """Compiles predicates about rows of an entity that a statement knows by an alias."""

    dialect: Dialect
    catalog: Catalog

    def of(self, predicate: Predicate, entity: Entity, alias: str) -> str:
        match predicate:
            case Compare() | In() | IsNull():
                return self._about_field(predicate, entity, alias)
            case And(items):
                return self._joined(" AND ", self.dialect.true, items, entity, alias)
            case Or(items):
                return self._joined(" OR ", self.dialect.false, items, entity, alias)
            case Not(item):
                return f"NOT coalesce({self.of(item, entity, alias)}, {self.dialect.false})"
            case Related():
                return self._related(predicate, alias)
            case InRowSet(name):
                return self.membership(name, entity, alias)

    def membership(self, rowset: str, entity: Entity, alias: str) -> str:
        """Whether the row's primary key is in the row set, whose columns are k0, k1, …"""
        inner = f"{alias}r"
        keys = [f"k{number}" for number in range(len(entity.primary_key))]
        source = f"{self.dialect.rowset(rowset)} AS {inner}"
        return self.dialect.matched(self._of(alias, entity.primary_key), self._of(inner, keys), source, ())

    def _of(self, alias: str, names: Sequence[str]) -> list[str]:
        return [f"{alias}.{self.dialect.quote(name)}" for name in names]

    def _about_field(self, predicate: Compare | In | IsNull, entity: Entity, alias: str) -> str:
        field = entity.field(predicate.field)
        sql = f"{alias}.{self.dialect.quote(field.name)}"
        match predicate:
            case IsNull():
                return f"{sql} IS NULL"
            case In(_, values):
                return self.dialect.one_of(sql, field, values) if values else self.dialect.false
            case Compare(_, Operator.LIKE, value):
                return self.dialect.like(self.dialect.text(sql, field, Form.TEXT), value.text)
            case Compare(_, operator, value):
                return self.dialect.compare(sql, field, operator, value)

    def _joined(self, word: str, empty: str, items: tuple[Predicate, ...], entity: Entity, alias: str) -> str:
        parts = [self.of(item, entity, alias) for item in items]
        return halved(word, parts) if parts else empty

    def _related(self, related: Related, alias: str) -> str:
        """Each level has an alias of its own, so a table may be related to itself."""
        other, inner = self.catalog.entity(related.entity), f"{alias}x"
        source = f"{self.dialect.table(other)} AS {inner}"
        where = () if related.where is None else (self.of(related.where, other, inner),)
        ours, theirs = self._of(alias, related.fields), self._of(inner, related.other_fields)
        return self.dialect.matched(ours, theirs, source, where)


def halved(word: str, parts: Sequence[str]) -> str:
    """Joined in halves of halves: engines count how deep a condition is, and a long row of ORs is as deep as long.

    >>> halved(" OR ", ["a", "b", "c"])
    '(a OR b OR c)'
    """
    if len(parts) <= SIDE_BY_SIDE:
        return f"({word.join(parts)})"
    middle = len(parts) // 2
    return f"({halved(word, parts[:middle])}{word}{halved(word, parts[middle:])})"
