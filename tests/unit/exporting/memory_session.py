"""A session over rows in memory: what predicates mean, said in plain Python, to hold everything else against."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from arro3.core import Array, DataType, RecordBatch

from entrepot.model.catalog import Catalog, Entity
from entrepot.model.ports import Batch
from entrepot.model.predicates import (
    And,
    Compare,
    In,
    InRowSet,
    IsNull,
    Not,
    Operator,
    Or,
    Predicate,
    Related,
    Value,
)
from entrepot.model.problems import Problem
from entrepot.model.selection import Column, Query
from entrepot.model.templates import Chunk, RowTemplate
from entrepot.model.types import NUMBERS

Row = Mapping[str, str | None]
"""Field → its text form; None is NULL."""
Tables = Mapping[str, Sequence[Row]]


@dataclass(kw_only=True)
class MemorySession:
    catalog: Catalog
    tables: Tables
    identity: str = "memory"
    warnings: tuple[Problem, ...] = ()
    rowsets: dict[str, set[tuple[str | None, ...]]] = field(default_factory=dict)
    counted: int = 0

    def rows(self, query: Query) -> list[Row]:
        """The rows of a query in the order of storage, or of the primary key if there is a limit."""
        found = [row for row in self.tables[query.entity.name] if self.satisfies(query.entity, row, query.where)]
        return found if query.limit is None else found[: query.limit]

    def read(self, query: Query) -> list[dict[str, str | None]]:
        """The rows as they go out."""
        return [
            {column.name: self._outgoing(query.entity, row, column) for column in query.columns}
            for row in self.rows(query)
        ]

    def _outgoing(self, entity: Entity, row: Row, column: Column) -> str | None:
        return row[column.field.name] if self.satisfies(entity, row, column.keep_when) else None

    def count(self, query: Query) -> int:
        self.counted += 1
        return len(self.rows(query))

    def create_rowset(self, name: str, entity: Entity) -> None:
        assert entity.primary_key, "a row set holds primary keys"
        assert name not in self.rowsets
        self.rowsets[name] = set()

    def add_to_rowset(self, name: str, where: Query) -> int:
        keys = {_key(where.entity, row) for row in self.rows(where)}
        new = keys - self.rowsets[name]
        self.rowsets[name] |= new
        return len(new)

    def batches(self, query: Query, rows: int = 10_000) -> Iterator[Batch]:
        found = self.read(query)
        for start in range(0, len(found), rows):
            part = found[start : start + rows]
            columns = [Array([row[c.name] for row in part], DataType.utf8()) for c in query.columns]
            yield RecordBatch.from_arrays(columns, names=[c.name for c in query.columns])

    def render(self, query: Query, template: RowTemplate, rows_per_chunk: int = 1000) -> Iterator[Chunk]:
        raise AssertionError("nothing renders rows of the oracle")

    def lane(self, query: Query, template: RowTemplate) -> str:
        return "rendered"

    def check_unchanged(self) -> None: ...

    def cancel(self) -> None: ...

    def satisfies(self, entity: Entity, row: Row, predicate: Predicate | None) -> bool:
        match predicate:
            case None:
                return True
            case And(items):
                return all(self.satisfies(entity, row, item) for item in items)
            case Or(items):
                return any(self.satisfies(entity, row, item) for item in items)
            case Not(item):
                return not self.satisfies(entity, row, item)
            case _:
                return self._tells(entity, row, predicate)

    def _tells(self, entity: Entity, row: Row, predicate: IsNull | In | Compare | InRowSet | Related) -> bool:
        match predicate:
            case IsNull(name):
                return row[name] is None
            case In(name, values):
                return any(_compare(row[name], Operator.EQ, value) for value in values)
            case Compare(name, operator, value):
                return _compare(row[name], operator, value)
            case InRowSet(rowset):
                return _key(entity, row) in self.rowsets[rowset]
            case Related():
                return self._related(row, predicate)

    def _related(self, row: Row, predicate: Related) -> bool:
        key = tuple(row[name] for name in predicate.fields)
        other = self.catalog.entity(predicate.entity)
        return None not in key and any(
            tuple(candidate[name] for name in predicate.other_fields) == key
            and self.satisfies(other, candidate, predicate.where)
            for candidate in self.tables[predicate.entity]
        )


def _key(entity: Entity, row: Row) -> tuple[str | None, ...]:
    return tuple(row[name] for name in entity.primary_key)


def _compare(text: str | None, operator: Operator, value: Value) -> bool:
    if text is None:
        return False
    if operator is Operator.LIKE:
        return re.fullmatch(_pattern(value.text), text, re.DOTALL) is not None
    left, right = (Decimal(text), Decimal(value.text)) if value.type.kind in NUMBERS else (text, value.text)
    # Both are of one type, which the checker cannot see.
    order = (left > right) - (left < right)  # pyrefly: ignore
    return {
        Operator.EQ: order == 0,
        Operator.NE: order != 0,
        Operator.GT: order > 0,
        Operator.GTE: order >= 0,
        Operator.LT: order < 0,
        Operator.LTE: order <= 0,
    }[operator]


def _pattern(like: str) -> str:
    return "".join({"%": ".*", "_": "."}.get(character, re.escape(character)) for character in like)
