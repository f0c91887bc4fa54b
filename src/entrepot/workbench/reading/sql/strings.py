"""What stands between the quotes of a string, by the rules of its dialect."""

from __future__ import annotations

import re

from entrepot.workbench.reading.sql.literal import NotLiteralError

ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
MYSQL_ESCAPES = {b"0": b"\0", b"b": b"\b", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"Z": b"\x1a"}
MYSQL_KEPT = (b"%", b"_")
"""With their backslash: they are no wildcards."""
POSTGRES_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
POSTGRES_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
UNICODE = re.compile(r"\\(\\|\+[0-9A-Fa-f]{6}|[0-9A-Fa-f]{4})|\\")
SQLITE_UNICODE = re.compile(r"\\(\\|u[0-9A-Fa-f]{4}|\+[0-9A-Fa-f]{6}|U[0-9A-Fa-f]{8}|[0-9A-Fa-f]{4})|\\")


def undoubled(body: bytes, quote: bytes = b"'") -> bytes:
    return body.replace(quote * 2, quote)


def mysql_unescaped(body: bytes, quote: bytes = b"'") -> bytes:
    r"""
    >>> mysql_unescaped(rb"it\'s '' \\ \n \% \q")
    b"it's ' \\ \n \\% q"
    """
    return b"".join(mysql_pieces(body, quote))


def mysql_pieces(body: bytes, quote: bytes) -> list[bytes]:
    """Doubled quotes are looked for between the escapes only: a backslash may stand in front of the first."""
    pieces = ESCAPE.split(body)
    pieces[::2] = [undoubled(piece, quote) for piece in pieces[::2]]
    pieces[1::2] = [b"\\" + one if one in MYSQL_KEPT else MYSQL_ESCAPES.get(one, one) for one in pieces[1::2]]
    return pieces


def postgres_unescaped(body: str) -> str:
    r"""Raises NotLiteralError for a byte beyond ASCII, which is half a character.

    >>> postgres_unescaped(r"it\'s '' \\ \101\x42\u00e9 \q")
    "it's ' \\ ABé q"
    """
    pieces = POSTGRES_ESCAPE.split(body)
    pieces[::2] = [piece.replace("''", "'") for piece in pieces[::2]]
    pieces[1::2] = map(postgres_character, pieces[1::2])
    return whole("".join(pieces))


def postgres_character(code: str) -> str:
    if code[0] in "uU" and len(code) > 1:
        return character(code[1:], 16)
    if code[0] in "01234567" or (code[0] == "x" and len(code) > 1):
        number = int(code[1:], 16) if code[0] == "x" else int(code, 8)
        if number > 127:
            raise NotLiteralError
        return chr(number)
    return POSTGRES_ESCAPES.get(code, code)


def character(digits: str, base: int) -> str:
    number = int(digits, base)
    if number > 0x10FFFF:
        raise NotLiteralError
    return chr(number)


def unicode_unescaped(body: str, pattern: re.Pattern[str] = UNICODE) -> str:
    r"""
    >>> unicode_unescaped(r"d\0061t\+000061 \\"), unicode_unescaped(r"a\u000ab", SQLITE_UNICODE)
    ('data \\', 'a\nb')
    """
    return whole(pattern.sub(unicode_character, body))


def unicode_character(match: re.Match[str]) -> str:
    if match[1] is None:
        raise NotLiteralError
    return "\\" if match[1] == "\\" else character(match[1].lstrip("uU+"), 16)


def whole(text: str) -> str:
    """Two halves of a pair become one character; a half alone is none."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise NotLiteralError from None
