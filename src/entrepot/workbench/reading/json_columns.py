"""The values of one name in many records, as texts, and which of them are strings. Whole columns are read in C: most
hold one kind of value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

import msgspec

from entrepot.workbench.reading.json_policy import BRACKETS, Record

TEXTS = msgspec.json.Decoder(list[str | None])
TEXT = msgspec.json.Decoder(str)
NULL = msgspec.Raw(b"null")
QUOTE = b'"'

Texts = Sequence[str | None]
Strings = bool | Sequence[bool]
"""Of all values alike (but for null), or of each."""
Column = tuple[Texts, Strings]


@dataclass(frozen=True)
class Values:
    """Of one name in many records."""

    raw: Sequence[msgspec.Raw]

    @cached_property
    def together(self) -> bytes:
        return b",".join(self.raw)

    @cached_property
    def has_brackets(self) -> bool:
        return any(bracket in self.together for bracket in BRACKETS)

    @property
    def nested(self) -> Sequence[bytes]:
        """Lists and objects."""
        return [value for value in map(bytes, self.raw) if value.startswith(BRACKETS)] if self.has_brackets else ()

    def read(self) -> Column:
        if self.together.startswith((QUOTE, b"null")) and (texts := only_texts(self.together)) is not None:
            return texts, True
        if QUOTE not in self.together and not self.has_brackets:
            return bare(self.together), False
        return self.mixed()

    def mixed(self) -> Column:
        """JSON holds no NUL."""
        found = b"\0".join(self.raw).decode().split("\0")
        strings = [value.startswith('"') for value in found]
        if not any(strings):
            return [None if value == "null" else value for value in found], False
        return list(map(text, found)), strings


def values_of(records: Sequence[Record], name: str) -> Values:
    """Null where a record has no such name."""
    try:
        return Values(list(map(itemgetter(name), records)))
    except KeyError:
        return Values([record.get(name, NULL) for record in records])


def only_texts(together: bytes) -> list[str | None] | None:
    try:
        return TEXTS.decode(b"[" + together + b"]")
    except msgspec.ValidationError:
        return None


def bare(together: bytes) -> Texts:
    """Numbers, `true`, `false` and `null`: none of them holds a comma."""
    values = together.decode().split(",")
    return [None if value == "null" else value for value in values] if b"null" in together else list(values)


def text(value: str) -> str | None:
    """
    >>> text('"caf\\\\u00e9"'), text("1.50"), text("null"), text('{"a": null}')
    ('café', '1.50', None, '{"a": null}')
    """
    if value.startswith('"'):
        return TEXT.decode(value)
    return None if value == "null" else value


def lacking(numbers: Sequence[int], records: Sequence[Record], name: str) -> list[int]:
    """The numbers of the records that have no such name."""
    return [number for number, record in zip(numbers, records, strict=True) if name not in record]
