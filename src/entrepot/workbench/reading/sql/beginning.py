"""Whether a text is a script of SQL, by how it begins."""

from __future__ import annotations

import re

COMMENTS = re.compile(
    r"(?:\s++|--[^\n]*+(?:\n|\Z)|#[^\n]*+\n|/\*(?!M?!\d).*?\*/|;|\\(?:un)?restrict [^\n]*+\n)*+", re.DOTALL
)
STATEMENT = re.compile(
    r"(?:/\*M?!\d|\\connect |INSERT\s+(?:OR\s+\w+\s+|IGNORE\s+)?INTO\s+\S|REPLACE\s+INTO\s+\S"
    r"|COPY\s+[^;]+?\s(?:FROM|TO)\s"
    r"|(?:CREATE|DROP|ALTER|COMMENT\s+ON)\s+(?:OR\s+REPLACE\s+)?(?:(?:TEMPORARY|TEMP|UNLOGGED)\s+)?(?:TABLE|DATABASE|SCHEMA"
    r"|TYPE|SEQUENCE|EXTENSION|VIEW|INDEX|FUNCTION|USER|ROLE|TRIGGER|PROCEDURE)\s"
    r"|SET\s+[^;,\n]*?(?:=|\sTO\s|\sNAMES\s|NAMES\s)|PRAGMA\s+\w+|BEGIN(?:\s+TRANSACTION)?\s*;|START\s+TRANSACTION\s*;"
    r"|USE\s+\S+\s*;|LOAD\s+DATA\s|DELIMITER\s+\S+\s*\n|ATTACH\s|SELECT\s+pg_catalog\.|LOCK\s+TABLES\s"
    r"|(?:UPDATE|DELETE\s+FROM|TRUNCATE)\s[^,;]*;)",
    re.IGNORECASE,
)
"""How a script begins behind its comments."""


def is_script(text: str) -> bool:
    r"""Whether it is SQL; comments alone may be those of anything.

    >>> is_script("-- a dump\nINSERT INTO a VALUES (1);"), is_script("-- a note\n1;2"), is_script("set;name\n1;2")
    (True, False, False)
    """
    comments = COMMENTS.match(text)
    return STATEMENT.match(text, comments.end() if comments else 0) is not None
