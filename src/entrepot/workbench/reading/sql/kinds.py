"""What a statement is that holds no rows: something that does not matter to them, something that would change them, or
something that brings rows from elsewhere. None of them is ever run."""

from __future__ import annotations

import re
from collections.abc import Sequence

from entrepot.workbench.reading.sql.names import NAMES

CONDITIONAL = re.compile(rb"/\*M?!\d*+|\*/")
COMMENT = re.compile(rb"--[^\n]*+(?:\n|\Z)|/\*(?!M?!).*?\*/", re.DOTALL)
WORD = re.compile(rb"[A-Za-z_]+")
MODIFIERS = frozenset(
    (
        b"OR REPLACE TEMP TEMPORARY UNLOGGED GLOBAL LOCAL UNIQUE FULLTEXT SPATIAL VIRTUAL MATERIALIZED FOREIGN"
        b" CONSTRAINT TRUSTED PROCEDURAL RECURSIVE"
    ).split()
)
PAIRED = frozenset((b"CREATE", b"ALTER", b"DROP", b"COMMENT", b"SET", b"LOCK", b"UNLOCK", b"REFRESH"))
BRINGS_ROWS: dict[bytes, str] = {
    b"LOAD": "it loads a file of the machine it would run on",
    b"COPY": "only COPY … FROM stdin in PostgreSQL's text form is; this one names a file, a program or another form",
    b"SOURCE": "it runs another file",
    b"INSERT": "its rows are not written out in it",
    b"REPLACE": "its rows are not written out in it",
    b"WITH": "its rows are not written out in it",
    b"MERGE": "it changes rows by what a database holds",
    b"HANDLER": "it reads a table",
}
CHANGES = re.compile(
    rb"\s*+(?P<word>UPDATE|DELETE\s++FROM|TRUNCATE(?:\s++TABLE)?+|DROP\s++TABLE|ALTER\s++TABLE)\s++"
    rb"(?:(?:ONLY|IF\s++EXISTS|LOW_PRIORITY|IGNORE|OR\s++\w++)\s++)*+"
    rb"(?P<tables>" + NAMES + rb"(?:\s*+,\s*+" + NAMES + rb")*+)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
CHANGES_VALUES = re.compile(
    rb"(?:\A|,)\s*+(?:RENAME\s++(?!CONSTRAINT|INDEX|KEY)|CHANGE\b|ALTER\b[^,]*?\bTYPE\b.*?\bUSING\b"
    rb"|DROP\s++(?!CONSTRAINT|INDEX|KEY|PRIMARY|FOREIGN|CHECK))",
    re.IGNORECASE | re.DOTALL,
)
"""What an ALTER TABLE may do to rows that are there."""


EACH = re.compile(NAMES)


def plain_words(statement: bytes) -> bytes:
    """Without comments, and with what stands in MySQL's conditional ones.

    >>> plain_words(b"/*!40101 SET NAMES utf8 */")
    b' SET NAMES utf8 '
    """
    return CONDITIONAL.sub(b"", COMMENT.sub(b" ", statement))


def kind_of(words: bytes) -> str:
    """What it is called when it is listed.

    >>> kind_of(b"create or replace VIEW a AS"), kind_of(b"ANALYZE x"), kind_of(b"SET GLOBAL a = 1"), kind_of(b"(")
    ('CREATE VIEW', 'ANALYZE', 'SET GLOBAL', 'statement')
    """
    found = [word.upper() for word in WORD.findall(words[:1000])[:8]]
    if not found:
        return "statement"
    first, rest = found[0], [word for word in found[1:] if word not in MODIFIERS or word == b"GLOBAL"]
    if first == b"SET":
        return "SET GLOBAL" if rest[:1] == [b"GLOBAL"] else "SET"
    if first == b"PRAGMA" and rest[:1] == [b"writable_schema".upper()]:
        return "PRAGMA writable_schema"
    if first in PAIRED and rest:
        return b" ".join((first, rest[0])).decode()
    return first.decode()


def brings_rows(words: bytes) -> str | None:
    """Why rows may be missing that the statement would bring."""
    first = WORD.match(words.lstrip())
    return BRINGS_ROWS.get(first[0].upper()) if first else None


def changed_tables(words: bytes) -> tuple[str, Sequence[bytes]]:
    """What a statement would do to rows that are there, and the names of their tables; none: nothing."""
    found = CHANGES.match(words)
    if found is None:
        return "", ()
    word = " ".join(found["word"].decode().upper().split())
    if word == "ALTER TABLE" and not CHANGES_VALUES.search(found["rest"]):
        return word, ()
    return word, [name[0] for name in EACH.finditer(found["tables"])]
