"""The SQL compiler that all engines share: queries and row templates become statements.

A statement is one finished text: names went through `Dialect.quote`, values through `Dialect.literal`, so it needs
no parameters (COPY could take none). `Compiler(dialect, catalog)` is pure; `escapes` has the rules of a slot,
`conditions` those of predicates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.databases.conditions import Conditions
from entrepot.databases.dialect import Dialect
from entrepot.databases.escapes import Escaping
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.selection import Column, Order, Query
from entrepot.model.templates import CELLS, Form, RowTemplate, Slot

ROWS = "t"
"""The alias of the entity that a query reads."""


@dataclass(frozen=True)
class Compiler:
    """Statements of one dialect about one catalog."""

    dialect: Dialect
    catalog: Catalog

    def select(self, query: Query, expressions: Sequence[str]) -> str:
        """`expressions` of the rows that `query` reads, in its order."""
        return f"SELECT {', '.join(expressions)}{self.source(query)}{self.order(query)}{limit(query)}"

    def count(self, query: Query) -> str:
        if query.limit is None:
            return f"SELECT count(*){self.source(query)}"
        return f"SELECT count(*) FROM (SELECT 1{self.source(query)}{limit(query)}) AS counted"

    def rows(self, query: Query, template: RowTemplate) -> str:
        """One text per row, rendered by `template`."""
        return self.select(query, [self.row(query, template)])

    def texts(self, query: Query) -> str:
        """The text form of every column, named c0, c1, …"""
        values = (self.value(query.entity, column, Form.TEXT) for column in query.columns)
        named = [f"{value} AS {self.dialect.quote(f'c{number}')}" for number, value in enumerate(values)]
        return self.select(query, named or ["1"])

    def keys(self, query: Query) -> str:
        """The primary keys of the rows, named k0, k1, … as `Conditions` expects them of a row set."""
        names = enumerate(query.entity.primary_key)
        return self.select(query, [f"{self.field(name)} AS {self.dialect.quote(f'k{n}')}" for n, name in names])

    def row(self, query: Query, template: RowTemplate) -> str:
        """One expression that renders a whole row."""
        columns = {column.name: column for column in query.columns}
        parts = [
            self.dialect.string(part) if isinstance(part, str) else self.slot(query.entity, columns[part.column], part)
            for part in joined(template.parts)
        ]
        return self.dialect.concat(parts)

    def slot(self, entity: Entity, column: Column, slot: Slot) -> str:
        """The text of one slot, never NULL. `keep_when` is asked once, outside: it may be a subquery."""
        text = first(list(self.slot_texts(column, slot)))
        return f"coalesce({self._kept(entity, column, text)}, {self.dialect.string(slot.escape.null)})"

    def value(self, entity: Entity, column: Column, form: Form) -> str:
        """The text of a column in `form`, not escaped; NULL for NULL."""
        return self._kept(entity, column, self._text(column, form))

    def native(self, entity: Entity, column: Column) -> str:
        """The value of a column without transforms, in the engine's own type."""
        return self._kept(entity, column, self.field(column.field.name))

    def field(self, name: str) -> str:
        return f"{ROWS}.{self.dialect.quote(name)}"

    def _kept(self, entity: Entity, column: Column, sql: str) -> str:
        if column.keep_when is None:
            return sql
        condition = Conditions(self.dialect, self.catalog).of(column.keep_when, entity, ROWS)
        return f"CASE WHEN {condition} THEN {sql} END"

    def slot_texts(self, column: Column, slot: Slot) -> Iterator[str]:
        """The slot's text, and that of the slot which stands in where it has none. What a transform was meant to make
        a number of is one only if it looks like one."""
        rule = Escaping(self.dialect, slot.escape).of
        if column.transforms:
            yield rule(self._text(column, slot.form if slot.otherwise is None else Form.NUMBER), None)
        else:
            strange = rule if slot.otherwise is None else Escaping(self.dialect, slot.otherwise.escape).of
            yield self.dialect.escaped(self.field(column.field.name), column.field, slot.form, rule, strange)
        if slot.otherwise is not None and (column.transforms or slot.form in CELLS):
            yield from self.slot_texts(column, slot.otherwise)

    def _text(self, column: Column, form: Form) -> str:
        """A transformed value is a text, so no form but NUMBER changes it any more."""
        native = self.field(column.field.name)
        if not column.transforms:
            return self.dialect.text(native, column.field, form)
        text = self.dialect.text(native, column.field, Form.TEXT)
        for name in column.transforms:
            text = self.dialect.transform(name, text)
        return f"CASE WHEN {self.dialect.looks_numeric(text)} THEN {text} END" if form is Form.NUMBER else text

    def source(self, query: Query) -> str:
        """FROM and WHERE."""
        source = f" FROM {self.dialect.table(query.entity)} AS {ROWS}"
        if query.where is None:
            return source
        return f"{source} WHERE {Conditions(self.dialect, self.catalog).of(query.where, query.entity, ROWS)}"

    def order(self, query: Query) -> str:
        """A limit must choose the same rows each time, so it needs the order of the key."""
        ordered = query.order is Order.KEY or query.limit is not None
        terms = (self.dialect.key_terms if ordered else self.dialect.storage_terms)(query.entity, ROWS)
        return f" ORDER BY {', '.join(terms)}" if terms else ""


def limit(query: Query) -> str:
    return "" if query.limit is None else f" LIMIT {query.limit:d}"


def first(texts: Sequence[str]) -> str:
    """The first that is not NULL."""
    return texts[0] if len(texts) == 1 else f"coalesce({', '.join(texts)})"


def joined(parts: Sequence[str | Slot]) -> list[str | Slot]:
    """Neighbouring literals as one; never empty."""
    result: list[str | Slot] = []
    for part in parts:
        before = result[-1] if result else None
        if isinstance(part, str) and isinstance(before, str):
            result[-1] = before + part
        else:
            result.append(part)
    return result or [""]
