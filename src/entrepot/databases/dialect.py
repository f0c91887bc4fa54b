"""How an engine words SQL: declarations first, methods only for what an engine does differently.

`Dialect` is what most engines understand. An engine subclasses it, overrules the declarations, and overrides a
method only for a quirk, with a line on the quirk. All arguments named `sql` are expressions, never user input:
names pass through `quote`, values through `literal` or `string`, and nothing else reaches a statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2s
from typing import ClassVar

from entrepot.model.catalog import Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.predicates import Operator, Value
from entrepot.model.templates import Escape, Form
from entrepot.model.types import NUMBERS, Kind

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
"""The only texts that may stand in a statement without quotes."""

SPACE = r"[ \t\n\r\f\v]*"
FINITE = (
    rf"{SPACE}[-+]?(([0-9]{{1,200}}(\.[0-9]{{0,200}})?|\.[0-9]{{1,200}})([eE][-+]?[0-9]{{1,2}})?"
    rf"|[0-9](\.[0-9]{{0,20}})?[eE][-+]?([12][0-9][0-9]|30[0-7])){SPACE}"
)
"""A text that is a finite decimal number within the range of a double, for every engine's regular expressions: beyond
it one engine fails and another one takes the largest double. The second line is how floats themselves are written."""

SYMBOLS: Mapping[Operator, str] = {
    Operator.EQ: "=",
    Operator.NE: "<>",
    Operator.GT: ">",
    Operator.GTE: ">=",
    Operator.LT: "<",
    Operator.LTE: "<=",
}

DIGITS = "-0123456789"
ALPHABETS: Mapping[Kind, str] = {
    Kind.BOOLEAN: "truefalse01",
    Kind.INTEGER: DIGITS,
    Kind.DECIMAL: f"{DIGITS}NaInfity",
    Kind.FLOAT: f"{DIGITS}.+eNaInfity",
    Kind.BYTES: "\\x0123456789abcdef",
    Kind.DATE: f"{DIGITS} BCinfty",
    Kind.TIME: f"{DIGITS}:.+",
    Kind.TIMESTAMP: f"{DIGITS}:. +BCTinfty",
    Kind.TIMESTAMP_TZ: f"{DIGITS}:. +BCTZinfty",
    Kind.UUID: "-0123456789abcdef",
}
"""Every character that the text of a kind can have, where that is few. Such texts are never empty."""


Rule = Callable[[str, str | None], str]
"""Makes escaped text of a text and its alphabet, as `Escaping.of` does."""


class Dialect:
    """The SQL that engines share."""

    mark: ClassVar[str] = '"'
    """What stands around names; doubled inside."""
    true: ClassVar[str] = "TRUE"
    false: ClassVar[str] = "FALSE"
    transforms: ClassVar[Mapping[str, str]] = {
        "lowercase": "lower({})",
        "uppercase": "upper({})",
        "trim": "trim({})",
    }
    """Transform of a text → its SQL. `timestamp` is made of `looks_numeric` and `float_text`."""
    native_escapes: ClassVar[Mapping[str, str]] = {}
    """`Escape.name` → SQL that gives `open` + escaped text + `close` of a text, and NULL for NULL. The contract
    suite compares it with the escape's own rules."""
    rowset_prefix: ClassVar[str] = ""
    """What stands before the name of a temporary table (`pg_temp.`)."""

    def matched(self, ours: Sequence[str], theirs: Sequence[str], source: str, where: Sequence[str]) -> str:
        """Whether a row of `source` has in `theirs` what our row has in `ours`. Never true for a NULL."""
        pairs = [f"{right} = {left}" for left, right in zip(ours, theirs, strict=True)]
        return f"EXISTS (SELECT 1 FROM {source} WHERE {' AND '.join([*pairs, *where])})"

    # Names and constants

    def quote(self, name: str) -> str:
        """A name, always quoted, so that it can't be a keyword, another name, or SQL."""
        return f"{self.mark}{self.storable(name).replace(self.mark, self.mark * 2)}{self.mark}"

    def table(self, entity: Entity) -> str:
        """`entity` as it stands behind FROM."""
        return self.quote(entity.table)

    def rowset(self, name: str) -> str:
        """The temporary table of a row set; a digest, because names have limits and row sets' names have none."""
        digest = blake2s(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        return f"{self.rowset_prefix}{self.quote(f'entrepot_rows_{digest}')}"

    def storable(self, text: str) -> str:
        """`text` if a statement of this engine can hold it."""
        if "\0" in text:
            raise InputError(
                "nul_in_text",
                "A name or value of a query holds the character NUL, which this database cannot take there.",
                remedy="Leave the character out.",
            )
        return text

    def string(self, text: str) -> str:
        """A text constant."""
        return "'" + self.storable(text).replace("'", "''") + "'"

    def literal(self, value: Value) -> str:
        """A constant of the value's type."""
        kind = value.type.kind
        if kind is Kind.BOOLEAN and value.text in ("true", "false"):
            return self.true if value.text == "true" else self.false
        if kind in NUMBERS and NUMBER.fullmatch(value.text):
            return value.text
        return self.string(value.text)

    # Values as text

    def text(self, sql: str, field: Field, form: Form) -> str:
        """A value of `field`'s type as text in `form`; NULL for NULL. Every engine says this for itself."""
        raise NotImplementedError

    def alphabet(self, field: Field, form: Form) -> str | None:
        """Every character that `text` of this field can give; None if any. Spares tests that can't succeed."""
        return f"{DIGITS}.e+" if form in (Form.SERIAL, Form.NUMBER) else ALPHABETS.get(field.type.kind)

    def escaped(self, sql: str, field: Field, form: Form, rule: Rule, strange: Rule) -> str:
        """The value of `field` as escaped text. `strange` is for values that are not of the field's type, which only
        an engine that stores such has to tell apart."""
        return rule(self.text(sql, field, form), self.alphabet(field, form))

    # Conditions

    def operand(self, sql: str, field: Field) -> str:
        """A field as it is compared with a `literal`, by the bytes of its text and not by a loose collation."""
        return sql

    def compare(self, sql: str, field: Field, operator: Operator, value: Value) -> str:
        return f"{self.operand(sql, field)} {SYMBOLS[operator]} {self.literal(value)}"

    def one_of(self, sql: str, field: Field, values: Sequence[Value]) -> str:
        return f"{self.operand(sql, field)} IN ({', '.join(map(self.literal, values))})"

    def like(self, sql: str, pattern: str) -> str:
        """`sql` is a text; `%` and `_` are the only wildcards, case matters, nothing is an escape character."""
        return f"{sql} LIKE {self.string(pattern)} ESCAPE ''"

    # Work on text

    def concat(self, parts: Sequence[str]) -> str:
        """NULL if a part is NULL. A balanced tree: engines limit how deep an expression may be."""
        if len(parts) <= 32:
            return " || ".join(parts)
        middle = len(parts) // 2
        return f"({self.concat(parts[:middle])}) || ({self.concat(parts[middle:])})"

    def replace(self, sql: str, old: str, new: str) -> str:
        return f"replace({sql}, {self.string(old)}, {self.string(new)})"

    def replace_all(self, sql: str, pairs: Sequence[tuple[str, str]]) -> str:
        """One after the other."""
        for old, new in pairs:
            sql = self.replace(sql, old, new)
        return sql

    def equals(self, sql: str, text: str) -> str:
        """Whether a text is exactly `text`."""
        return f"{sql} = {self.string(text)}"

    def contains(self, sql: str, text: str) -> str:
        return f"strpos({sql}, {self.string(text)}) > 0"

    def contains_any(self, sql: str, characters: str) -> str:
        """Whether a text contains one of `characters`."""
        return "(" + " OR ".join(self.contains(sql, character) for character in characters) + ")"

    def begins_with_any(self, sql: str, characters: str) -> str:
        return self.contains_any(self.left(sql, 1), characters)

    def length(self, sql: str) -> str:
        """In characters."""
        return f"char_length({sql})"

    def left(self, sql: str, characters: int) -> str:
        return f"substr({sql}, 1, {characters})"

    def transform(self, name: str, sql: str) -> str:
        """A transform of a text. `timestamp` leaves a text that is no number as it is."""
        if name == "timestamp":
            return f"CASE WHEN {self.looks_numeric(sql)} THEN {self.float_text(sql)} ELSE {sql} END"
        return self.transforms[name].format(sql)

    def looks_numeric(self, sql: str) -> str:
        """Whether a text is a finite decimal number: optional sign, digits, fraction, exponent."""
        raise NotImplementedError

    def float_text(self, sql: str) -> str:
        """The text form, as a float, of a text that `looks_numeric`."""
        raise NotImplementedError

    # Rows

    def key_order(self, entity: Entity) -> Sequence[str]:
        """The fields that give rows one order: the primary key, else a unique key without NULLs, else all."""
        for fields in (entity.primary_key, *(key.fields for key in entity.keys)):
            if fields and not any(entity.field(name).nullable for name in fields if fields != entity.primary_key):
                return fields
        return [field.name for field in entity.fields]

    def key_terms(self, entity: Entity, alias: str) -> Sequence[str]:
        """ORDER BY terms for `Order.KEY`, and wherever a limit must always choose the same rows."""
        return [f"{alias}.{self.quote(name)}" for name in self.key_order(entity)]

    def storage_terms(self, entity: Entity, alias: str) -> Sequence[str]:
        """ORDER BY terms for `Order.STORAGE`; none where a plain scan always gives one order."""
        return ()

    def escape_name(self, escape: Escape) -> str | None:
        """The native way for `escape`, if this engine has one."""
        return self.native_escapes.get(escape.name)
