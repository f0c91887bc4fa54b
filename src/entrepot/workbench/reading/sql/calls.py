"""Casts and functions that are only another spelling of a constant, because a tool writes constants so. What would
have to be computed is no literal."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from entrepot.workbench.reading.sql.dialect import MYSQL, SQLITE
from entrepot.workbench.reading.sql.literal import Literal, NotLiteralError
from entrepot.workbench.reading.sql.strings import SQLITE_UNICODE, unicode_unescaped

TYPE = re.compile(
    r"(.*?)\s*(?:\(\s*(\d+)\s*(?:,\s*\d+\s*)?\))?(?:\s+with(?:out)?\s+time\s+zone)?((?:\s*\[\d*\])*)$", re.S
)
TEXTS = frozenset(("text", "char", "character", "varchar", "character varying", "bpchar", "clob", "nchar", "nvarchar"))
WHOLE = frozenset(("int", "integer", "bigint", "smallint", "tinyint", "int2", "int4", "int8", "signed", "unsigned"))
BYTES = frozenset(("blob", "binary", "varbinary"))
DAY = re.compile(r"-?\d{4,}-\d\d-\d\d( BC)?|-?infinity", re.IGNORECASE)
MOST_DIGITS = 20
"""Of a length or of the number of a character: no more are looked at."""
WHOLE_NUMBER = re.compile(r"[+-]?\d+")


def as_type(found: Literal, type: str) -> Literal:
    """Raises NotLiteralError where the cast would make another value of it."""
    match = TYPE.match(type)
    if match is None or found.kind == "default":
        raise NotLiteralError
    name = match[1].rpartition(".")[2].strip('"')
    if found.kind == "null" or match[3] or found.kind == "items":
        return found
    if found.kind == "bytes" and name in TEXTS and match[2] is None:
        return Literal("text", (found.raw or b"").decode("utf-8", "surrogateescape"), found.raw)
    if found.kind == "text" and name in BYTES:
        return Literal("bytes", raw=found.raw if found.raw is not None else found.text.encode())
    if not is_same(found, name, None if match[2] is None else small(match[2])):
        raise NotLiteralError
    return Literal("text", found.text) if name in TEXTS else found


def is_same(found: Literal, type: str, length: int | None) -> bool:
    """Whether the value has that type already."""
    if type in TEXTS:
        return found.kind in ("text", "number") and (length is None or len(found.text) <= length)
    if type in WHOLE:
        return found.kind in ("text", "number") and WHOLE_NUMBER.fullmatch(found.text) is not None
    if type == "date":
        return DAY.fullmatch(found.text) is not None
    return length is None and not (found.kind == "number" and type in ("bool", "boolean"))


def called(name: str, given: Sequence[Literal], dialect: str) -> Literal:
    texts = [one.text for one in given]
    kinds = tuple(one.kind for one in given)
    if name == "replace" and kinds == ("text",) * 3 and 0 < len(texts[1]) >= len(texts[2]):
        return Literal("text", texts[0].replace(texts[1], texts[2]))
    if name in ("char", "chr") and kinds and set(kinds) == {"number"} and dialect != MYSQL:
        return Literal("text", "".join(map(character, texts)))
    if name == "unistr" and kinds == ("text",) and dialect == SQLITE:
        return Literal("text", unicode_unescaped(texts[0], SQLITE_UNICODE))
    if name == "json_extract" and kinds == ("text",) * 2 and texts[1] == "$" and dialect == SQLITE:
        return Literal("text", json_text(texts[0]))
    if name in ("st_geomfromtext", "geomfromtext") and kinds in (("text",), ("text", "number")):
        return Literal("text", texts[0])
    if name == "unhex" and kinds == ("text",):
        return Literal("bytes", raw=from_hex(texts[0]))
    raise NotLiteralError


def small(digits: str) -> int:
    if not digits.isdigit() or len(digits) > MOST_DIGITS:
        raise NotLiteralError
    return int(digits)


def character(number: str) -> str:
    code = small(number)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise NotLiteralError
    return chr(code)


def json_text(text: str) -> str:
    try:
        return msgspec.json.decode(text, type=str)
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise NotLiteralError from None


def from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise NotLiteralError from None


def joined(one: Literal, other: Literal) -> Literal:
    if (one.kind, other.kind) != ("text", "text"):
        raise NotLiteralError
    return Literal("text", one.text + other.text)
