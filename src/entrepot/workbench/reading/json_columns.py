"""The values of one name in many records, as texts, and which of them are strings. Whole columns are read in C: most
hold one kind of value."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

import msgspec

from entrepot.workbench.reading.json_policy import Record

TEXTS = msgspec.json.Decoder(list[str | None])
TEXT = msgspec.json.Decoder(str)
NULL = msgspec.Raw(b"null")
QUOTE, BRACKETS = b'"', (b"{", b"[")


Strings = bool | Sequence[bool]
"""Of all values alike (but for null), or of each."""


def column(records: Sequence[Record], name: str) -> tuple[list[str | None], Strings]:
    """None for null, and where a record has no such name."""
    try:
        values = list(map(itemgetter(name), records))
    except KeyError:
        values = [record.get(name, NULL) for record in records]
    together = b",".join(values)
    if together.startswith((QUOTE, b"null")) and (texts := only_texts(together)) is not None:
        return texts, True
    if QUOTE not in together and not any(bracket in together for bracket in BRACKETS):
        return bare(together), False
    return [text(bytes(value)) for value in values], [bytes(value).startswith(QUOTE) for value in values]


def only_texts(together: bytes) -> list[str | None] | None:
    try:
        return TEXTS.decode(b"[" + together + b"]")
    except msgspec.ValidationError:
        return None


def bare(together: bytes) -> list[str | None]:
    """Numbers, `true`, `false` and `null`: none of them holds a comma."""
    values = together.decode().split(",")
    return [None if value == "null" else value for value in values] if b"null" in together else list(values)


def text(value: bytes) -> str | None:
    """
    >>> text(b'"caf\\\\u00e9"'), text(b"1.50"), text(b"null"), text(b'{"a": null}')
    ('café', '1.50', None, '{"a": null}')
    """
    if value.startswith(QUOTE):
        return TEXT.decode(value)
    return None if value == b"null" else value.decode()


def lacking(numbers: Sequence[int], records: Sequence[Record], name: str) -> list[int]:
    """The numbers of the records that have no such name."""
    return [number for number, record in zip(numbers, records, strict=True) if name not in record]
