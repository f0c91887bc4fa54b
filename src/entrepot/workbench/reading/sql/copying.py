"""The lines of a COPY in PostgreSQL's text form: values between tabs, `\\N` for NULL, backslashes for what cannot stand
there by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from entrepot.workbench.reading.sql.literal import NULL, Literal
from entrepot.workbench.reading.sql.names import LIST, NAMES
from entrepot.workbench.reading.sql.refusals import cut_off
from entrepot.workbench.reading.sql.rows import Value
from entrepot.workbench.reading.sql.shape import Piece, Run, Shape, Single
from entrepot.workbench.reading.sql.window import Window

HEAD = re.compile(
    rb"COPY\s++(?P<table>" + NAMES + rb")\s*+(?P<columns>" + LIST + rb"|\(\s*+\))?+\s*+FROM\s++STDIN\s*+;[ \t]*+\r?\n",
    re.IGNORECASE,
)
END = re.compile(rb"\\\.\r?(?:\n|\Z)")
ESCAPE = re.compile(rb"\\([0-7]{1,3}|x[0-9A-Fa-f]{1,2}|.)", re.DOTALL)
ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
ODD = re.compile(rb"\\(?:[^bfnrtvN]|\Z|N(?![\t\n])|(?<=[^\t\n]\\)N)")
"""With pairs of backslashes taken out: an escape that is none of the usual ones."""
MARKS = (b"\x00", b"\x01", b"\x02", b"\x03", b"\r")


def copied(window: Window, shape: Shape) -> Iterator[Piece]:
    """The window stands at the first line, and behind the last one then."""
    begun = window.place(window.at)
    while (end := last_line(window.data, window.at)) is None or (end.end() == len(window.data) and not window.ended):
        if end is None:
            yield from lines(
                window, shape, window.data.rfind(b"\n", window.at, max(window.at, len(window.data) - 3)) + 1
            )
        if not window.more() and end is None:
            raise cut_off(begun, "the rows that begin here do not end with a line of \\.")
    yield from lines(window, shape, end.start())
    window.at = end.end()


def last_line(data: bytes, at: int) -> re.Match[bytes] | None:
    """That of the backslash and the dot, from the beginning of a line on. (A regular expression that looks for it
    itself takes many times as long.)"""
    while at >= 0 and not (found := END.match(data, at)):
        at = data.find(b"\n\\.", at) + 1 or -1
    return found if at >= 0 else None


def lines(window: Window, shape: Shape, end: int) -> Iterator[Piece]:
    """Those in front of `end`."""
    if end <= window.at:
        return
    text = window.data[window.at : end]
    if not shape.careful and is_plain(text, shape):
        yield Run(shape=shape, text=text, at=window.at)
    else:
        at = window.at
        for line in text.split(b"\n")[:-1]:
            yield single(shape, line.removesuffix(b"\r"), at)
            at += len(line) + 1
    window.at = end


def is_plain(text: bytes, shape: Shape) -> bool:
    """Whether DuckDB can be given it as it stands, with the usual escapes in it."""
    width = len(shape.columns)
    if any(mark in text for mark in MARKS) or text.count(b"\t") != text.count(b"\n") * (width - 1) or not width:
        return False
    if width == 1 and (text.startswith(b"\n") or b"\n\n" in text):
        return False  # an empty line is an empty text here, and nothing at all there
    if shape.has_bytea and b"\\\\" in text and not all_hexadecimal(text):
        return False
    return b"\\" not in text or not ODD.search(text.replace(b"\\\\", b""))


def all_hexadecimal(text: bytes) -> bool:
    """Whether backslashes stand in front of values in hexadecimal digits only."""
    pairs = text.count(b"\t\\\\x") + text.count(b"\n\\\\x") + text.startswith(b"\\\\x")
    return text.count(b"\\\\") == pairs


def single(shape: Shape, line: bytes, at: int) -> Single:
    values = tuple(values_of(line, at, shape.settings.encoding)) if line or shape.columns else ()
    return Single(shape=shape, values=values, at=at, fault="broken_row" if b"\r" in line else None)


def values_of(line: bytes, at: int, encoding: str) -> Iterator[Value]:
    for part in line.split(b"\t"):
        raw = None if part == b"\\N" else ESCAPE.sub(unescaped, part)
        yield Value(at, NULL if raw is None else Literal("text", raw.decode(encoding, "surrogateescape"), raw))
        at += len(part) + 1


def unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    if code[0] in b"01234567":
        return bytes([int(code, 8) & 0xFF])
    if code[:1] == b"x" and len(code) > 1:
        return bytes([int(code[1:], 16)])
    return ESCAPES.get(code, code)
