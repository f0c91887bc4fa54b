"""What only the CREATE TABLE text says: AUTOINCREMENT, checks, expressions, collations, names and deferral of keys.

SQLite keeps the text that somebody typed, so it is parsed here; pragmas give the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from entrepot.databases.sqlite.tokens import Token, between, closing, split, tokens

TABLE_WORDS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})


@dataclass(frozen=True, kw_only=True)
class ColumnText:
    name: str
    collation: str | None = None
    expression: str | None = None
    autoincrement: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckText:
    name: str | None
    expression: str


@dataclass(frozen=True, kw_only=True)
class ForeignKeyText:
    """In the order of the text; its columns come from the pragma."""

    name: str | None
    deferrable: bool = False
    initially_deferred: bool = False


@dataclass(kw_only=True)
class TableText:
    columns: dict[str, ColumnText] = field(default_factory=dict)
    """By their names in lower case."""
    checks: list[CheckText] = field(default_factory=list)
    foreign_keys: list[ForeignKeyText] = field(default_factory=list)
    unique_names: dict[tuple[str, ...], str] = field(default_factory=dict)
    """Columns in lower case → the constraint's name."""
    strict: bool = False
    without_rowid: bool = False
    descending_key: bool = False
    """`INTEGER PRIMARY KEY DESC` on a column: by an old mistake of SQLite no other name of the rowid."""


def has_rowid(sql: str) -> bool:
    return not read_table(sql).without_rowid


def read_table(sql: str) -> TableText:
    """What `sql`, a CREATE TABLE statement, says; as little as possible where it is something else."""
    table, items = TableText(), tokens(sql)
    opening = next((n for n, item in enumerate(items) if item.word == "("), None)
    before = [item.word for item in items[:opening]]
    if opening is None or "TABLE" not in before or "VIRTUAL" in before or "AS" in before:
        return table
    end = closing(items, opening)
    for part in split(items[opening + 1 : end]):
        read = _constraints if part[0].word in TABLE_WORDS else _column
        read(sql, part, table)
    words = [item.word for item in items[end:]]
    table.strict = "STRICT" in words
    table.without_rowid = "WITHOUT" in words
    return table


def _column(sql: str, part: Sequence[Token], table: TableText) -> None:
    name = part[0].name
    words = [item.word for item in part]
    collate = [n for n, word in enumerate(words) if word == "COLLATE" and _outside(part, n)]
    table.columns[name.lower()] = ColumnText(
        name=name,
        collation=part[collate[-1] + 1].name if collate and collate[-1] + 1 < len(part) else None,
        expression=_expression(sql, part),
        autoincrement="AUTOINCREMENT" in words,
    )
    if "PRIMARY" in words and words[words.index("PRIMARY") : words.index("PRIMARY") + 3][2:] == ["DESC"]:
        table.descending_key = True
    if "UNIQUE" in words and (constraint := _name_before(part, words.index("UNIQUE"))):
        table.unique_names[(name.lower(),)] = constraint
    _constraints(sql, part[1:], table)


def _expression(sql: str, part: Sequence[Token]) -> str | None:
    """`… [GENERATED ALWAYS] AS (expression)`"""
    for place, item in enumerate(part[:-1]):
        if item.word == "AS" and part[place + 1].word == "(" and _outside(part, place):
            return between(sql, part, place + 1, closing(part, place + 1))
    return None


def _constraints(sql: str, part: Sequence[Token], table: TableText) -> None:
    for place in _outer(part):
        match part[place].word:
            case "CHECK" if place + 1 < len(part):
                expression = between(sql, part, place + 1, closing(part, place + 1))
                table.checks.append(CheckText(name=_name_before(part, place), expression=expression))
            case "REFERENCES":
                table.foreign_keys.append(_foreign_key(part, place))
            case "UNIQUE" if place + 1 < len(part) and part[place + 1].word == "(":
                _unique(part, place, table)
            case _:
                pass


def _unique(part: Sequence[Token], place: int, table: TableText) -> None:
    if name := _name_before(part, place):
        inside = part[place + 2 : closing(part, place + 1)]
        table.unique_names[tuple(column[0].name.lower() for column in split(inside))] = name


def _foreign_key(part: Sequence[Token], place: int) -> ForeignKeyText:
    """The name stands before REFERENCES, or before the FOREIGN KEY in front of it."""
    words = [item.word for item in part]
    start = words.index("FOREIGN") if "FOREIGN" in words else place
    clause = words[place : next((n for n in range(place + 1, len(words)) if words[n] == "REFERENCES"), len(words))]
    deferrable = "DEFERRABLE" in clause and clause[clause.index("DEFERRABLE") - 1] != "NOT"
    return ForeignKeyText(
        name=_name_before(part, start),
        deferrable=deferrable,
        initially_deferred=deferrable and "DEFERRED" in clause,
    )


def _name_before(part: Sequence[Token], place: int) -> str | None:
    named = place >= 2 and part[place - 2].word == "CONSTRAINT"
    return part[place - 1].name if named else None


def _outer(part: Sequence[Token]) -> Iterator[int]:
    """Places outside all brackets."""
    depth = 0
    for place, item in enumerate(part):
        depth += {"(": 1, ")": -1}.get(item.word, 0)
        if depth == 0:
            yield place


def _outside(part: Sequence[Token], place: int) -> bool:
    return place in set(_outer(part))
