"""How MySQL and MariaDB word what the shared compiler asks for, where they differ from most."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from entrepot.databases.dialect import ALPHABETS, DIGITS, FINITE, SYMBOLS, Dialect
from entrepot.databases.mysql.forms import exact_text, text_form
from entrepot.databases.mysql.names import quote
from entrepot.model.catalog import Entity, Field
from entrepot.model.predicates import Operator, Value
from entrepot.model.templates import Form
from entrepot.model.types import MOMENTS, NUMBERS, Kind

DATED = re.compile(r"[0-9]{4}-")
BELOW = (Operator.LT, Operator.LTE, Operator.NE)
ABOVE = (Operator.GT, Operator.GTE, Operator.NE)
SPELLED = frozenset({Kind.TEXT, Kind.ENUM, Kind.JSON, Kind.OTHER, Kind.UUID})
"""Kinds that compare by the bytes of their text; collations of MySQL ignore case, accents and trailing spaces."""


class MySqlDialect(Dialect):
    """Texts are quoted for `sql_mode = NO_BACKSLASH_ESCAPES`, which `connect` sets."""

    mark: ClassVar[str] = "`"

    def quote(self, name: str) -> str:
        return quote(name)

    def storable(self, text: str) -> str:
        """A statement may hold any character, NUL included."""
        return text

    def literal(self, value: Value) -> str:
        kind = value.type.kind
        if kind is Kind.BYTES:
            return _bytes(value.text)
        if kind is Kind.FLOAT:
            return f"CAST({value.text} AS FLOAT)" if value.type.bits == 32 else f"({value.text} + 0e0)"
        if kind is Kind.TIMESTAMP_TZ:
            return self.string(value.text.removesuffix("+00"))
        return super().literal(value)

    def text(self, sql: str, field: Field, form: Form) -> str:
        return text_form(sql, field, form)

    def alphabet(self, field: Field, form: Form) -> str | None:
        kind = field.type.kind
        if kind is Kind.DECIMAL:
            return f"{DIGITS}."
        if kind is Kind.BOOLEAN:
            return f"{ALPHABETS[Kind.BOOLEAN]}{DIGITS}"
        return super().alphabet(field, form)

    # Conditions

    def operand(self, sql: str, field: Field) -> str:
        if field.type.kind not in SPELLED:
            return sql
        text = exact_text(sql, field) if field.type.kind in (Kind.TEXT, Kind.ENUM) else text_form(sql, field, Form.TEXT)
        return f"CAST({text} AS BINARY)"

    def compare(self, sql: str, field: Field, operator: Operator, value: Value) -> str:
        """The loose comparison beside the exact one lets an index find the candidates."""
        beyond = _beyond(value)
        if beyond:
            return f"{sql} IS NOT NULL" if operator in beyond else self.false
        exact = f"{self.operand(sql, field)} {SYMBOLS[operator]} {self.literal(value)}"
        if operator is Operator.EQ and field.type.kind is Kind.TEXT:
            return f"({sql} = {self.literal(value)} AND {exact})"
        return exact

    def one_of(self, sql: str, field: Field, values: Sequence[Value]) -> str:
        possible = [self.literal(value) for value in values if not _beyond(value)]
        if not possible:
            return self.false
        exact = f"{self.operand(sql, field)} IN ({', '.join(possible)})"
        return f"({sql} IN ({', '.join(possible)}) AND {exact})" if field.type.kind is Kind.TEXT else exact

    def like(self, sql: str, pattern: str) -> str:
        """Without backslash escapes, LIKE has no escape character unless it is given one."""
        return f"{sql} LIKE {self.string(pattern)}"

    # Work on text

    def concat(self, parts: Sequence[str]) -> str:
        return f"CONCAT({', '.join(parts)})"

    def equals(self, sql: str, text: str) -> str:
        """A comparison of texts would ignore spaces at the end."""
        return f"LENGTH({sql}) = 0" if not text else f"CAST({sql} AS BINARY) = {self.string(text)}"

    def contains(self, sql: str, text: str) -> str:
        return f"LOCATE({self.string(text)}, {sql}) > 0"

    def contains_any(self, sql: str, characters: str) -> str:
        """One pass instead of one per character."""
        return f"({sql}) REGEXP '[{_members(characters)}]'"

    def begins_with_any(self, sql: str, characters: str) -> str:
        return f"({sql}) REGEXP '^[{_members(characters)}]'"

    def left(self, sql: str, characters: int) -> str:
        return f"LEFT({sql}, {characters})"

    def looks_numeric(self, sql: str) -> str:
        return f"({sql}) REGEXP '^{FINITE}\\z'"

    def float_text(self, sql: str) -> str:
        return f"REPLACE(REPLACE(CONCAT(({sql}) + 0e0), 'e', 'e+'), 'e+-', 'e-')"

    # Rows

    def storage_terms(self, entity: Entity, alias: str) -> Sequence[str]:
        """The primary key is how InnoDB keeps its rows; saying so keeps other indexes from being walked instead."""
        return [f"{alias}.{self.quote(name)}" for name in entity.primary_key]


def _bytes(text: str) -> str:
    digits = text.removeprefix("\\x")
    if not re.fullmatch("[0-9a-f]*", digits):
        raise ValueError(text)
    return f"X'{digits}'"


def _members(characters: str) -> str:
    return "".join(f"\\x{{{ord(character):x}}}" for character in characters)


def _beyond(value: Value) -> Sequence[Operator]:
    """Operators that hold for every value, if this one is greater or less than MySQL's types can say."""
    kind, text = value.type.kind, value.text
    if kind in NUMBERS:
        return {"NaN": BELOW, "Infinity": BELOW, "-Infinity": ABOVE}.get(text, ())
    if kind not in MOMENTS:
        return ()
    if text == "-infinity" or text.endswith(" BC"):
        return ABOVE
    return () if DATED.match(text) else BELOW
