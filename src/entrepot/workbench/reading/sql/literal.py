"""What a constant of SQL is, once it was read."""

from __future__ import annotations

from typing import NamedTuple


class NotLiteralError(Exception):
    """What stands there is an expression, and no value."""


class UnendedError(Exception):
    """More of the file is needed to know."""


class Literal(NamedTuple):
    """Kinds: null, default, number, boolean, text, bytes, bits, items (of an array)."""

    kind: str
    text: str = ""
    raw: bytes | None = None
    """Of bytes; and of a text as it stands in the file, if it was not put together."""
    items: tuple[Literal, ...] = ()


NULL, DEFAULT = Literal("null"), Literal("default")
WORDS = {b"NULL": NULL, b"DEFAULT": DEFAULT, b"TRUE": Literal("boolean", "true"), b"FALSE": Literal("boolean", "false")}
