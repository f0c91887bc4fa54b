"""Names of tables and columns, and what a CREATE TABLE says of them: no more than is needed to know which value is
which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from entrepot.workbench.reading.sql.dialect import POSTGRES, SQLITE

NAME = rb'(?:"(?:[^"]|"")*+"|`(?:[^`]|``)*+`|\[[^\]\n]*+\]|[A-Za-z_\x80-\xff][\w$\x80-\xff]*+)'
NAMES = NAME + rb"(?:\s*+\.\s*+" + NAME + rb")*+"
ONE = re.compile(NAME)
LIST = rb"\(\s*+(?:" + NAME + rb"\s*+,\s*+)*+" + NAME + rb"\s*+\)"
CREATE = re.compile(
    rb"\s*+CREATE\s++(?:OR\s++REPLACE\s++)?(?:(?:GLOBAL|LOCAL|TEMPORARY|TEMP|UNLOGGED)\s++)*+TABLE\s++"
    rb"(?:IF\s++NOT\s++EXISTS\s++)?(?P<table>" + NAMES + rb")\s*+\(",
    re.IGNORECASE,
)
PIECE = re.compile(
    rb"'(?:[^'\\]|''|\\.)*+'|\"(?:[^\"]|\"\")*+\"|`(?:[^`]|``)*+`|--[^\n]*+|\#[^\n]*+|/\*.*?\*/|[(),]|[^'\"`(),/#-]++|.",
    re.DOTALL,
)
"""Of the definition of a table."""
GENERATED = re.compile(rb"\bGENERATED\s+ALWAYS\s+AS\s*\((?!\s*+(?:START|INCREMENT|MIN|MAX|CACHE|CYCLE|SEQUENCE))", re.I)
AS_FORMULA = re.compile(rb"\sAS\s*\(", re.IGNORECASE)
NO_COLUMN = re.compile(
    rb"(?:CONSTRAINT|PRIMARY|UNIQUE|FOREIGN|CHECK|LIKE)\b|EXCLUDE\s*+(?:USING\b|\()|PERIOD\s++FOR\b",
    re.IGNORECASE,
)
INDEX = re.compile(
    rb"(?:FULLTEXT|SPATIAL|KEY|INDEX)\b(?:\s*+(?:KEY|INDEX)\b)?+\s*+(?:(?!USING\b)" + NAME + rb"\s*+)?"
    rb"(?:USING\s++\w++\s*+)?\(\s*+[^\d')\s]",
    re.IGNORECASE,
)
"""In brackets it names columns; a column of that name, of which others are fond, has a length there."""


@dataclass(frozen=True, kw_only=True)
class Column:
    name: str
    type: str = ""
    """As it is declared, in lowercase; nothing if no CREATE TABLE said so."""
    generated: bool = False


class TableName(NamedTuple):
    schema: str | None
    name: str


def unquoted(name: bytes, dialect: str) -> str:
    """
    >>> unquoted(b'"A""b"', "sqlite"), unquoted(b"Abc", "postgres"), unquoted(b"Abc", "sql")
    ('A"b', 'abc', 'Abc')
    """
    text = name.decode("utf-8", "backslashreplace")
    if text[:1] in ('"', "`"):
        return text[1:-1].replace(text[0] * 2, text[0])
    if text[:1] == "[":
        return text[1:-1]
    return text.lower() if dialect == POSTGRES else text


def parts(names: bytes, dialect: str) -> tuple[str, ...]:
    """Of a name with its schema, or of a list of names."""
    return tuple(unquoted(name, dialect) for name in ONE.findall(names))


def table_name(names: bytes, dialect: str) -> TableName:
    found = parts(names, dialect)
    return TableName(found[-2] if len(found) > 1 else None, found[-1])


def created(statement: bytes, dialect: str) -> tuple[TableName, tuple[Column, ...]] | None:
    """The table and its columns, if it is such a statement and can be understood."""
    head = CREATE.match(statement)
    if head is None:
        return None
    columns = tuple(column for part in definitions(statement, head.end()) if (column := column_of(part, dialect)))
    return table_name(head["table"], dialect), columns


def definitions(statement: bytes, at: int) -> Iterator[bytes]:
    """What stands between the commas of the outermost brackets."""
    depth, part = 0, bytearray()
    for match in PIECE.finditer(statement, at):
        piece = match[0]
        if piece == b")" and not depth:
            break
        depth += (piece == b"(") - (piece == b")")
        if piece == b"," and not depth:
            yield bytes(part)
            part.clear()
        elif not piece.startswith((b"--", b"/*", b"#")) or piece in (b"#",):
            part += piece
    yield bytes(part)


def column_of(definition: bytes, dialect: str) -> Column | None:
    text = definition.strip()
    name = ONE.match(text)
    if name is None or is_no_column(text, dialect):
        return None
    rest = text[name.end() :]
    declared = " ".join(rest.decode("utf-8", "replace").lower().split())
    generated = bool(GENERATED.search(rest)) or (dialect != POSTGRES and bool(AS_FORMULA.search(rest)))
    return Column(name=unquoted(name[0], dialect), type=declared, generated=generated)


def is_no_column(definition: bytes, dialect: str) -> bool:
    return bool(NO_COLUMN.match(definition) or (dialect not in (POSTGRES, SQLITE) and INDEX.match(definition)))


def given_without_names(columns: tuple[Column, ...], dialect: str, *, copied: bool) -> tuple[Column, ...]:
    """Which columns a row has that names none. COPY and SQLite leave generated ones out; the others say DEFAULT."""
    leaves_out = copied or dialect == SQLITE
    return tuple(column for column in columns if not (leaves_out and column.generated))
