"""How SQLite words what the shared compiler asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import ClassVar

from entrepot.databases.dialect import Dialect
from entrepot.databases.sqlite import values
from entrepot.databases.sqlite.ddl import has_rowid
from entrepot.model.canonical_moments import canonical_timestamp, canonical_timestamp_tz
from entrepot.model.catalog import Entity, EntityKind, Field
from entrepot.model.predicates import Value
from entrepot.model.templates import CELLS, Escape, Form
from entrepot.model.types import MOMENTS, Kind

FEW = 5
"""Up to so many characters are looked for one by one: GLOB finds a single one by strcspn, a set by recursion."""
LINE_BREAKS = "\n\r"
DEEPEST = 10
"""Up to so many replacements stand inside each other."""
ROWID = ("rowid", "_rowid_", "oid")
BUILT_IN = frozenset({"BINARY", "NOCASE", "RTRIM"})
SPECIAL = {"Infinity": "9e999", "-Infinity": "-9e999"}


class SqliteDialect(Dialect):
    true: ClassVar[str] = "1"
    false: ClassVar[str] = "0"
    transforms: ClassVar[Mapping[str, str]] = {
        "lowercase": "entrepot_lowercase({})",  # SQLite's own knows only ASCII
        "uppercase": "entrepot_uppercase({})",
        "trim": "trim({}, char(32, 9, 10, 11, 12, 13))",
    }
    native_escapes: ClassVar[Mapping[str, str]] = {"json": "json_quote({})"}
    rowset_prefix: ClassVar[str] = "temp."
    is_json: ClassVar[str] = "json_valid({})"
    """Whether a text is JSON."""

    def matched(self, ours: Sequence[str], theirs: Sequence[str], source: str, where: Sequence[str]) -> str:
        """IN reads the other rows once into an index of its own. EXISTS would read all of them for every row where
        no index serves: a reference without one, or the untyped keys of a row set."""
        left = ours[0] if len(ours) == 1 else f"({', '.join(ours)})"
        condition = f" WHERE {' AND '.join(where)}" if where else ""
        return f"{left} IN (SELECT {', '.join(theirs)} FROM {source}{condition})"

    def table(self, entity: Entity) -> str:
        """A temporary table must not hide the one that is meant."""
        return f"main.{self.quote(entity.table)}"

    def string(self, text: str) -> str:
        """A statement ends at a NUL, so a text with one is spelt as bytes. So is what would end a line."""
        if text.isprintable():
            return super().string(text)
        return f"CAST(x'{text.encode().hex()}' AS TEXT)"

    def literal(self, value: Value) -> str:
        kind = value.type.kind
        if kind is Kind.BYTES:
            return f"x'{bytes.fromhex(value.text.removeprefix(chr(92) + 'x')).hex()}'"
        if kind is Kind.FLOAT and value.text in SPECIAL:
            return SPECIAL[value.text]
        if kind in (Kind.TIMESTAMP, Kind.TIMESTAMP_TZ):
            canonical = canonical_timestamp_tz if kind is Kind.TIMESTAMP_TZ else canonical_timestamp
            return self.string(canonical(value.text))
        return super().literal(value)

    def text(self, sql: str, field: Field, form: Form) -> str:
        if form is Form.NUMBER:
            return values.cell_number(sql, field.type.kind)
        if form is Form.SERIAL and field.type.kind in MOMENTS:
            return values.serial(sql, field.type.kind)
        return values.by_storage(sql, field, form, values.Escapes(fitting=as_it_is, strange=as_it_is))

    def alphabet(self, field: Field, form: Form) -> str | None:
        return values.NUMERALS if form in CELLS else None

    def escaped(self, sql: str, field: Field, form: Form, rule: values.Rule, strange: values.Rule) -> str:
        """Each type of value by its own alphabet: numbers and blobs need no tests, however they are declared."""
        if form in CELLS:
            return super().escaped(sql, field, form, rule, strange)
        escapes = values.Escapes(fitting=rule, strange=strange, is_json=self.is_json)
        return values.by_storage(sql, field, form, escapes)

    def operand(self, sql: str, field: Field) -> str:
        match field.type.kind:
            case Kind.BOOLEAN:
                return f"CASE {sql} WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE {sql} END"
            case Kind.TIMESTAMP:
                return f"CASE WHEN {sql} GLOB '{values.DAY} {values.CLOCK}' THEN {sql} ELSE entrepot_moment({sql}) END"
            case Kind.TIMESTAMP_TZ:
                return f"entrepot_zoned_moment({sql})"
            case Kind.DECIMAL | Kind.INTEGER | Kind.FLOAT:
                return f"CAST({sql} AS NUMERIC)" if values.keeps_text(field.native) else sql
            case Kind.OTHER:
                return f"({self.text(sql, field, Form.TEXT)})"
            case _:
                return f"{sql} COLLATE BINARY"

    def like(self, sql: str, pattern: str) -> str:
        """LIKE ignores case here; GLOB does not."""
        wild = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}
        return f"({sql}) GLOB {self.string(''.join(wild.get(c, c) for c in pattern))}"

    def concat(self, parts: Sequence[str]) -> str:
        """A number by itself would stay one."""
        return f"{parts[0]} || ''" if len(parts) == 1 else super().concat(parts)

    def replace_all(self, sql: str, pairs: Sequence[tuple[str, str]]) -> str:
        """SQLite's parser goes only so deep; so many replacements are only ever for rare values."""
        if len(pairs) <= DEEPEST:
            return super().replace_all(sql, pairs)
        return f"entrepot_replace_all({sql}, {self.string(json.dumps(pairs))})"

    def equals(self, sql: str, text: str) -> str:
        return f"{sql} COLLATE BINARY = {self.string(text)}"

    def contains(self, sql: str, text: str) -> str:
        """Up to a NUL; see `CarefulDialect`."""
        return f"{sql} GLOB {self.string(f'*{literally(text)}*')}"

    def contains_any(self, sql: str, characters: str) -> str:
        seen = characters.replace("\0", "")
        if len(seen) <= FEW:
            return super().contains_any(sql, seen) if seen else self.false
        return f"{sql} GLOB {self.string(any_of(seen))}"

    def begins_with_any(self, sql: str, characters: str) -> str:
        return f"{self.left(sql, 1)} IN ({', '.join(map(self.string, characters))})"

    def length(self, sql: str) -> str:
        return f"length({sql})"

    def looks_numeric(self, sql: str) -> str:
        return f"entrepot_is_number({sql})"

    def float_text(self, sql: str) -> str:
        return f"entrepot_number({sql})"

    def key_terms(self, entity: Entity, alias: str) -> Sequence[str]:
        return [self._sortable(entity.field(name), alias) for name in self.key_order(entity)]

    def storage_terms(self, entity: Entity, alias: str) -> Sequence[str]:
        """The order of the table's own tree, said aloud, so that no index is scanned instead."""
        if entity.kind is EntityKind.VIEW:
            return ()
        rowid = free_rowid(entity)
        return self.key_terms(entity, alias) if rowid is None else [f"{alias}.{rowid}"]

    def _sortable(self, field: Field, alias: str) -> str:
        """A collation that an application brought along is unknown to us."""
        known = (field.collation or "BINARY").upper() in BUILT_IN
        return f"{alias}.{self.quote(field.name)}{'' if known else ' COLLATE BINARY'}"


class QuickDialect(SqliteDialect):
    """Does not look for line breaks, which most columns have none of: whoever runs the statement looks for them in
    all values at once, where that is nearly free, and asks `SqliteDialect` if there are any (`column_ways`)."""

    def contains_any(self, sql: str, characters: str) -> str:
        return super().contains_any(sql, "".join(c for c in characters if c not in LINE_BREAKS))


class CarefulDialect(SqliteDialect):
    """For texts that hold a NUL, where SQLite's own functions stop: slower, so used only once a NUL was seen."""

    native_escapes: ClassVar[Mapping[str, str]] = {}
    is_json: ClassVar[str] = "(NOT instr({0}, char(0)) AND json_valid({0}))"

    def replace(self, sql: str, old: str, new: str) -> str:
        return f"entrepot_replace({sql}, {self.string(old)}, {self.string(new)})"

    def contains(self, sql: str, text: str) -> str:
        return f"entrepot_contains({sql}, {self.string(text)})"

    def contains_any(self, sql: str, characters: str) -> str:
        return f"entrepot_contains_any({sql}, {self.string(characters)})"

    def length(self, sql: str) -> str:
        return f"entrepot_length({sql})"

    def left(self, sql: str, characters: int) -> str:
        return f"entrepot_left({sql}, {characters})"

    def escape_name(self, escape: Escape) -> str | None:
        return None


def as_it_is(text: str, _alphabet: str | None) -> str:
    return text


def free_rowid(entity: Entity) -> str | None:
    """A name of the table's rowid that no column has taken; None where there is no rowid."""
    taken = {field.name.lower() for field in entity.fields}
    free = [name for name in ROWID if name not in taken]
    table = entity.kind is EntityKind.TABLE and entity.ddl is not None
    return free[0] if table and free and has_rowid(entity.ddl or "") else None


def literally(text: str) -> str:
    """`text` in a GLOB pattern.

    >>> literally("a*b")
    'a[*]b'
    """
    return "".join(f"[{c}]" if c in "*?[" else c for c in text)


def any_of(characters: str) -> str:
    """A GLOB pattern: `]` comes first, `^` not first and `-` last, or they would mean something else. Neighbours
    become ranges, because SQLite compares every character of a text with every entry.

    >>> any_of("^-]a")
    '*[]a^-]*'
    >>> any_of("abcdx")
    '*[a-dx]*'
    """
    plain = "".join(runs(sorted(set(characters) - set("]^-"))))
    return f"*[{']' if ']' in characters else ''}{plain}{''.join(c for c in '^-' if c in characters)}]*"


def runs(characters: Sequence[str]) -> Iterator[str]:
    """Sorted characters as ranges of three or more, and single ones."""
    for _, group in groupby(enumerate(characters), key=lambda pair: ord(pair[1]) - pair[0]):
        run = [character for _, character in group]
        yield f"{run[0]}-{run[-1]}" if len(run) > 2 else "".join(run)
