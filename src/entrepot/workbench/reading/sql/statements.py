"""Where a statement ends that holds no rows. What stands within strings, comments, quoted names and the bodies of
routines ends nothing."""

from __future__ import annotations

import re
from functools import cache

from entrepot.workbench.reading.sql.dialect import MYSQL, PLAIN, POSTGRES, Dialect
from entrepot.workbench.reading.sql.refusals import cut_off, refusal
from entrepot.workbench.reading.sql.window import Window

KEPT_BYTES = 4 << 20
"""Of the text of a statement: enough for the definition of any table."""
STANDARD = rb"'[^']*+(?:''[^']*+)*+'(?!')"
ESCAPED = rb"'[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+'(?!')"
ROUTINE = re.compile(
    rb"\s*+CREATE\s++(?:(?:OR\s++REPLACE|DEFINER\s*+=\s*+\S++|TEMPORARY|TEMP|CONSTRAINT|AGGREGATE)\s++)*+"
    rb"(?:TRIGGER|FUNCTION|PROCEDURE|EVENT|PACKAGE)\b",
    re.IGNORECASE,
)
ENDS = ([b"END"], [b"END", b"CASE"])
LONGEST_WORD = 100
NEVER_RUN = rb"/\*M?!9999\d\d.*?\*/"
BLOCK_COMMENT = rb"/\*(?!M?!).*?\*/"
LINE_COMMENT = rb"--[^\n]*+(?:\n|\Z)"


@cache
def blank(dialect: str) -> re.Pattern[bytes]:
    """White space and comments; one of them, so that a comment can be looked at."""
    hash_comment = rb"|\#[^\n]*+(?:\n|\Z)" if dialect == MYSQL else b""
    return re.compile(
        rb"\s++|" + LINE_COMMENT + hash_comment + b"|" + NEVER_RUN + b"|" + BLOCK_COMMENT + rb"|;", re.DOTALL
    )


@cache
def tokens(dialect: Dialect, delimiter: bytes) -> re.Pattern[bytes]:
    """What matters within a statement. A token that has not ended comes as `open`: more must be read."""
    comment = rb"--[^\n]*+\n" + (rb"|\#[^\n]*+\n" if dialect.name == MYSQL else b"") + rb"|/\*.*?\*/"
    string = ESCAPED if dialect.escapes else STANDARD
    if dialect.name == POSTGRES:
        string = rb"(?<![\w$])[eE]" + ESCAPED + b"|" + string
    dollar = b"" if dialect.name == MYSQL else rb"|(?<![\w$])\$(?P<tag>[A-Za-z_]\w*+)?+\$.*?\$(?(tag)(?P=tag))\$"
    opened = rb"(?P<open>['\"`]|/\*|--|\#" + (b"" if dialect.name == MYSQL else rb"|(?<![\w$])\$\w*+\$") + b")"
    if dialect.name != MYSQL:
        opened = opened.replace(rb"|\#", b"")
    return re.compile(
        b"|".join((comment, string, rb'"(?:[^"]|"")*+"', rb"`(?:[^`]|``)*+`"))
        + dollar
        + rb"|(?P<end>"
        + re.escape(delimiter)
        + rb")|\b(?P<word>BEGIN|CASE|END(?:\s++(?:IF|LOOP|WHILE|REPEAT|FOR|CASE))?+)\b|"
        + opened,
        re.IGNORECASE | re.DOTALL,
    )


def statement(window: Window, dialect: Dialect, delimiter: bytes = b";") -> bytes:
    """The text of the next statement, as far as it is kept; the window then stands behind it."""
    window.fill()
    begun, kept = window.place(window.at), bytearray()
    is_routine, depth = bool(ROUTINE.match(window.data, window.at)), 0
    pattern, at = tokens(dialect, delimiter), window.at
    while True:
        match = pattern.search(window.data, at)
        if match is None or match["open"] or (match.end() == len(window.data) and not match["end"]):
            if not read_on(window, kept, match):
                raise cut_off(begun, "the statement, or a string or comment in it, that begins here does not end")
            at = window.at
            continue
        if match["word"] and is_routine:
            depth += change_of_depth(match["word"].upper().split())
        check_comment(window, match, dialect)
        if match["end"] and depth <= 0:
            keep(kept, window.data[window.at : match.start()])
            window.at = match.end()
            return bytes(kept)
        at = match.end()


def change_of_depth(word: list[bytes]) -> int:
    return -1 if word in ENDS else int(word in ([b"BEGIN"], [b"CASE"]))


def read_on(window: Window, kept: bytearray, match: re.Match[bytes] | None) -> bool:
    """Give up what cannot be part of the next token, and have more behind it."""
    stop = match.start() if match else max(window.at, window.data.rfind(b" ", 0, len(window.data) - LONGEST_WORD))
    keep(kept, window.data[window.at : stop])
    window.at = stop
    return window.more()


def keep(kept: bytearray, text: bytes) -> None:
    kept += text[: max(0, KEPT_BYTES - len(kept))]


def check_comment(window: Window, match: re.Match[bytes], dialect: Dialect) -> None:
    """PostgreSQL's comments hold comments, the others' do not: where that matters, nobody guesses."""
    if dialect.name in (POSTGRES, PLAIN) and match[0].startswith(b"/*") and b"/*" in match[0][2:]:
        raise refusal(
            "broken_sql",
            window.place(match.start()),
            "a comment begins within a comment, so nobody can say where it ends",
            "Take the comment out.",
        )
