"""Constants of SQL as values of their columns: the text forms of docs/reference/values.md."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from entrepot.workbench.reading.sql.dialect import MYSQL, POSTGRES, SQLITE
from entrepot.workbench.reading.sql.literal import Literal
from entrepot.workbench.reading.sql.names import Column
from entrepot.workbench.reading.sql.shapes import NoShapeError, is_shape, shape_text
from entrepot.workbench.reading.text import with_bytes_shown

BINARY = re.compile(r"(?:tiny|medium|long)?blob|(?:var)?binary")
TEXT = re.compile(r"(?:n?var)?char|character|(?:tiny|medium|long)?text|enum|set|json")
SURE_DIGITS = 15
"""So many digits of a number always come back from the nearest double."""
MOST_BITS = 64
"""Of a BIT, and of every whole number that MySQL knows."""
ESCAPE_FORM = re.compile(r"(?:[ -\[\]-~]|\\\\|\\[0-3][0-7]{2})*+")
"""Of bytes, as PostgreSQL wrote them before version 9, and still does with `bytea_output = escape`."""
HALF = re.compile("[\ud800-\udfff]")
LONGEST_SHOWN = 200


class FaultError(Exception):
    """The value cannot be known, or cannot be one."""

    def __init__(self, code: str, shown: str) -> None:
        super().__init__(code)
        self.code, self.shown = code, shown
        self.column: str | None = None


def is_binary(column: Column, dialect: str) -> bool:
    """What stands there is bytes, however it is written."""
    if dialect == SQLITE:
        return column.type.startswith("blob")
    return dialect == MYSQL and BINARY.match(column.type) is not None


def is_bits(column: Column, dialect: str) -> bool:
    return dialect == MYSQL and re.match(r"bit\b", column.type) is not None


def is_in_utc(column: Column, dialect: str) -> bool:
    """MySQL turns moments into the zone of the session, which dumps set to UTC, and writes none."""
    return dialect == MYSQL and re.match(r"timestamp\b", column.type) is not None


def is_padded(column: Column, dialect: str) -> bool:
    """PostgreSQL writes `character(n)` in full width; the blanks are no part of the value."""
    return (
        dialect == POSTGRES and re.match(r"(?!character varying)(?:character|char|bpchar)\b", column.type) is not None
    )


def is_bytea(column: Column, dialect: str) -> bool:
    """PostgreSQL has two forms for bytes: what begins with `\\x` is hexadecimal, and in the other one nothing does."""
    return dialect == POSTGRES and re.match(r"bytea\b(?!\s*\[)", column.type) is not None


def value_of(found: Literal, column: Column, dialect: str) -> str | None:
    """Raises FaultError."""
    if found.kind == "null":
        return None
    if found.kind == "default":
        raise FaultError("default_asked", "DEFAULT")
    if found.kind == "items":
        return as_json(found.items).decode()
    if found.kind in ("number", "bits"):
        return digits(found, column, dialect)
    if is_shape(column, dialect) and found.raw is not None:
        return of_shape(found.raw)
    if found.kind == "text" and is_bytea(column, dialect):
        return of_bytea(found.text)
    raw = found.kind == "bytes" or is_binary(column, dialect) or is_bits(column, dialect)
    return of_bytes(found.raw, column, dialect) if raw and found.raw is not None else sound(found.text)


def of_shape(raw: bytes) -> str:
    try:
        return shape_text(raw)
    except NoShapeError:
        raise FaultError("no_shape", f"\\x{raw[: LONGEST_SHOWN // 2].hex()}") from None


def digits(found: Literal, column: Column, dialect: str) -> str:
    if found.kind == "bits":
        return whole(int(found.text or "0", 2), f"b'{found.text}'") if dialect == MYSQL else found.text
    if dialect != SQLITE:
        return found.text
    return f"\\x{found.text.encode().hex()}" if is_binary(column, dialect) else number(found.text)


def number(text: str) -> str:
    """What SQLite makes of it: a number with a point or an exponent is a double.

    >>> number("0.10000000000000000555"), number("-9e999"), number("12345678901234567890"), number("1.50")
    ('0.1', '-Infinity', '12345678901234567890', '1.50')
    """
    if not any(mark in text for mark in ".eE"):
        return text
    exact = float(text)
    if exact in (float("inf"), float("-inf")):
        return "Infinity" if exact > 0 else "-Infinity"
    return text if sum(map(str.isdigit, text)) <= SURE_DIGITS else repr(exact)


def of_bytes(raw: bytes, column: Column, dialect: str) -> str:
    if is_bits(column, dialect):
        return whole(int.from_bytes(raw, "big"), f"\\x{raw[:LONGEST_SHOWN].hex()}")
    if dialect == MYSQL and TEXT.match(column.type):
        return sound(raw.decode("utf-8", "surrogateescape"))
    return f"\\x{raw.hex()}"


def of_bytea(text: str) -> str:
    r"""What is neither form stays as it is, and is refused like any text that is no bytes.

    >>> of_bytea(r"\x00ff"), of_bytea(r"\000a\\\377"), of_bytea(r"\\x00"), of_bytea(""), of_bytea(r"\8")
    ('\\x00ff', '\\x00615cff', '\\x5c783030', '\\x', '\\8')
    """
    if text.startswith("\\x") or not ESCAPE_FORM.fullmatch(text):
        return text
    return f"\\x{text.encode('ascii').decode('unicode_escape').encode('latin-1').hex()}"


def whole(number: int, shown: str) -> str:
    if number.bit_length() > MOST_BITS:
        raise FaultError("too_many_bits", shown[:LONGEST_SHOWN])
    return str(number)


def sound(text: str) -> str:
    if match := HALF.search(text):
        start = max(0, match.start() - LONGEST_SHOWN // 2)
        raise FaultError("wrong_bytes", with_bytes_shown(text[start : start + LONGEST_SHOWN]))
    if "\0" in text:
        raise FaultError("nul_character", text[:LONGEST_SHOWN].replace("\0", "\\x00"))
    return text


def as_json(items: Sequence[Literal]) -> bytes:
    """An array of SQL as one of JSON."""
    return b"[" + b",".join(map(item, items)) + b"]"


def item(found: Literal) -> bytes:
    match found.kind:
        case "null":
            return b"null"
        case "number" | "boolean":
            return found.text.encode()
        case "items":
            return as_json(found.items)
        case "bytes":
            return msgspec.json.encode(f"\\x{(found.raw or b'').hex()}")
        case "default":
            raise FaultError("default_asked", "DEFAULT")
        case _:
            return msgspec.json.encode(sound(found.text))
