"""Predicates (model/predicates.py) as SQL conditions."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.databases.dialect import Dialect
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.predicates import And, Compare, In, InRowSet, IsNull, Not, Operator, Or, Predicate, Related
from entrepot.model.templates import Form


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
        pairs = " AND ".join(
            f"{inner}.{self.dialect.quote(f'k{number}')} = {alias}.{self.dialect.quote(name)}"
            for number, name in enumerate(entity.primary_key)
        )
        return f"EXISTS (SELECT 1 FROM {self.dialect.rowset(rowset)} AS {inner} WHERE {pairs})"

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
        return f"({word.join(parts)})" if parts else empty

    def _related(self, related: Related, alias: str) -> str:
        """Each level of EXISTS has an alias of its own, so a table may be related to itself."""
        other, inner = self.catalog.entity(related.entity), f"{alias}x"
        quote = self.dialect.quote
        pairs = [
            f"{inner}.{quote(theirs)} = {alias}.{quote(ours)}"
            for ours, theirs in zip(related.fields, related.other_fields, strict=True)
        ]
        if related.where is not None:
            pairs.append(self.of(related.where, other, inner))
        return f"EXISTS (SELECT 1 FROM {self.dialect.table(other)} AS {inner} WHERE {' AND '.join(pairs)})"
