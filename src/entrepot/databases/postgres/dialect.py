"""How PostgreSQL words what the shared compiler asks for, where it differs from most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from entrepot.databases.dialect import ALPHABETS, DIGITS, FINITE, Dialect, Rule
from entrepot.databases.postgres.forms import finite, text_form
from entrepot.databases.postgres.names import table_name
from entrepot.databases.postgres.searching import EXACT, FEW, PLACE, matches, one_of_characters, searched
from entrepot.model.catalog import Entity, EntityKind, Field
from entrepot.model.predicates import Value
from entrepot.model.templates import Escape, Form
from entrepot.model.types import Kind

"""At most two digits of exponent: a double cannot hold much more, and would complain."""
MOST_TERMS = 100
"""In an ORDER BY; the server takes some 1,600 together with what is selected."""
INTERVAL_LETTERS = "PTYMDHS.-0123456789"


class PostgresDialect(Dialect):
    transforms: ClassVar[Mapping[str, str]] = {
        "lowercase": "lower({})",
        "uppercase": "upper({})",
        "trim": "btrim({})",
    }
    native_escapes: ClassVar[Mapping[str, str]] = {"json": "to_json({})::text"}
    rowset_prefix: ClassVar[str] = "pg_temp."

    def table(self, entity: Entity) -> str:
        """ONLY where other tables inherit: they are entities of their own, so their rows would come twice."""
        return f"ONLY {table_name(entity)}" if entity.only else table_name(entity)

    def literal(self, value: Value) -> str:
        """A quoted text gets the type of the column that it meets. A float has to say its own, because a bare
        number would be a decimal, and 0.1 the decimal is no real of 0.1."""
        if value.type.kind is Kind.FLOAT:
            return f"{self.string(value.text)}::{'float4' if value.type.bits == 32 else 'float8'}"
        literal = super().literal(value)
        return f"({literal})" if literal.startswith("-") else literal

    def text(self, sql: str, field: Field, form: Form) -> str:
        return text_form(sql, field.type, form)

    def alphabet(self, field: Field, form: Form) -> str | None:
        kind = field.type.kind
        if kind is Kind.INTERVAL:
            return INTERVAL_LETTERS
        if kind is Kind.ENUM and all(field.type.values):
            return "".join(field.type.values) or None
        if kind is Kind.DECIMAL:
            return ALPHABETS[Kind.DECIMAL] + "."
        return super().alphabet(field, form)

    def escaped(self, sql: str, field: Field, form: Form, rule: Rule, strange: Rule) -> str:
        if form is Form.ISO and field.type.kind in (Kind.TIMESTAMP, Kind.TIMESTAMP_TZ):
            quoted = rule(PLACE, self.alphabet(field, form)) == self.concat(["'\"'", PLACE, "'\"'"])
            return f"to_json({sql})::text" if quoted else super().escaped(sql, field, form, rule, strange)
        if field.type.kind in (Kind.DECIMAL, Kind.FLOAT) and form is not Form.NUMBER:
            return self._number(sql, field, form, rule)
        return super().escaped(sql, field, form, rule, strange)

    def _number(self, sql: str, field: Field, form: Form, rule: Rule) -> str:
        """Comparing a number is cheaper than searching its text for the words NaN and Infinity."""
        whole = super().escaped(sql, field, form, rule, rule)
        digits = rule(self.text(sql, field, form), f"{DIGITS}.e+")
        return whole if whole == digits else f"CASE WHEN {finite(sql, field.type)} THEN {digits} ELSE {whole} END"

    def escape_name(self, escape: Escape) -> str | None:
        return super().escape_name(escape) or searched(self, escape)

    def operand(self, sql: str, field: Field) -> str:
        """Types without an order of their own compare as their text. A text column keeps its collation, because
        only so can its index be used."""
        if field.type.kind in (Kind.JSON, Kind.OTHER, Kind.ARRAY):
            return f"({text_form(sql, field.type, Form.TEXT)}) {EXACT}"
        return sql

    def key_terms(self, entity: Entity, alias: str) -> Sequence[str]:
        """Without a key all fields give an order, those without one by their text; too many of them, their place."""
        names = self.key_order(entity)
        if len(names) > MOST_TERMS and entity.kind is EntityKind.TABLE:
            return [f"{alias}.tableoid", f"{alias}.ctid"]
        return [self.operand(f"{alias}.{self.quote(name)}", entity.field(name)) for name in names]

    def like(self, sql: str, pattern: str) -> str:
        return super().like(f"({sql})::text {EXACT}", pattern)

    def equals(self, sql: str, text: str) -> str:
        return super().equals(f"({sql}) {EXACT}", text)

    def contains(self, sql: str, text: str) -> str:
        return super().contains(f"({sql}) {EXACT}", text)

    def contains_any(self, sql: str, characters: str) -> str:
        """A NUL cannot be asked for, and cannot be there."""
        possible = characters.replace("\0", "")
        if not possible:
            return "false"
        if len(possible) <= FEW:
            return super().contains_any(sql, possible)
        return matches(self, sql, one_of_characters(possible))

    def replace(self, sql: str, old: str, new: str) -> str:
        return sql if "\0" in old else super().replace(f"({sql}) {EXACT}", old, new)

    def left(self, sql: str, characters: int) -> str:
        return f"left({sql}, {characters})"

    def looks_numeric(self, sql: str) -> str:
        return matches(self, sql, f"^{FINITE}$")

    def float_text(self, sql: str) -> str:
        return f"(({sql})::float8)::text"
