"""What is good JSON and nevertheless no record for us: docs/reference/json-input.md has the reasons."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from entrepot.workbench.reading.json_scan import fault, is_deep

Record = dict[str, msgspec.Raw]
RECORD = msgspec.json.Decoder(Record)
DEEPEST = 200
LONGEST_EXCERPT = 100
NUL = re.compile(rb"(?<!\\)(?:\\\\)*+\\u0000")
NAME, BRACKETS = b'":', (b"{", b"[")
SPACES = (b" ", b"\t", b"\n", b"\r")
REWRITTEN = (b"\\u0022", b"\\u003a", b"\\u003A")
"""Escapes that would look different when written again."""


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A record that is none."""

    code: str
    value: str | None = None
    name: str | None = None
    """Of the column where it is."""


def is_spotless(whole: bytes, names: int, nested: Sequence[bytes]) -> bool:
    """Whether records that have so many different names, all in all, are certainly without what the policy refuses:
    mostly by counting bytes. `nested` are the lists and objects that are values.

    `":` stands behind every name. If it stands as often as there are different names, no name stands twice.
    It may also stand in texts: then nobody knows, and each record is looked at by itself.
    """
    if b"\\u0000" in whole or any(space in whole and space + b":" in whole for space in SPACES):
        return False
    inside = names_within(nested) if nested else 0
    return inside is not None and whole.count(NAME) == names + inside


def nested_in(whole: bytes, records: Sequence[Record]) -> Sequence[bytes]:
    """The lists and objects that are values of these records."""
    if whole.count(b"{") == len(records) and b"[" not in whole:
        return ()
    return [text for record in records for text in map(bytes, record.values()) if text.startswith(BRACKETS)]


def names_within(nested: Sequence[bytes]) -> int | None:
    """How often `":` stands in them once names that stand twice are gone; None where that is not sure."""
    together = b"[" + b",".join(nested) + b"]"
    if is_deep(together, DEEPEST) or any(escape in together for escape in REWRITTEN):
        return None
    try:
        return msgspec.json.encode(msgspec.json.decode(together)).count(NAME)
    except (ValueError, OverflowError, RecursionError):
        return None


def examined(text: bytes) -> Record | Rejected:
    """One record by itself."""
    try:
        record = RECORD.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        return unreadable(text, error)
    if is_deep(text, DEEPEST):
        return Rejected(code="too_deep")
    if (name := name_twice(text)) is not None:
        return Rejected(code="duplicate_key", value=name[:LONGEST_EXCERPT], name=name)
    if NUL.search(text):
        return with_nul(record)
    return record


def unreadable(text: bytes, error: Exception) -> Rejected:
    if found := fault(text):
        at, words = found
        column = len(text[:at].decode()) + 1
        return Rejected(code="broken_json", value=f"column {column}: {words}")
    if is_deep(text, DEEPEST):
        return Rejected(code="too_deep")
    if isinstance(error, msgspec.ValidationError):
        return Rejected(code="not_an_object", value=excerpt(text))
    return Rejected(code="lone_surrogate", value=excerpt(text))


def with_nul(record: Record) -> Rejected:
    for name, value in record.items():
        if "\0" in name or NUL.search(bytes(value)):
            return Rejected(code="nul_character", name=None if "\0" in name else name, value=excerpt(bytes(value)))
    return Rejected(code="nul_character")


def excerpt(text: bytes) -> str:
    return text[: LONGEST_EXCERPT * 4].decode(errors="ignore")[:LONGEST_EXCERPT]


def name_twice(text: bytes) -> str | None:
    """The first name that stands twice in one object, at any depth."""
    twice: list[str] = []

    def look(members: list[tuple[str, object]]) -> None:
        if len(members) != len({name for name, _ in members}):
            seen: set[str] = set()
            twice.extend(name for name, _ in members if name in seen or seen.add(name))

    json.loads(text, object_pairs_hook=look, parse_int=str, parse_float=str)
    return twice[0] if twice else None
