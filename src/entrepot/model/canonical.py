"""The canonical form of a value: one text for everything that means the same. docs/reference/fingerprints.md
shows each kind with golden values.

This is the definition. The workbench hashes common values set-wise in SQL and hands the rest to these
functions. A value that does not fit its kind's strict grammar stays as it is (text in a JSON column: as a JSON string):
never dropped, never changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

from entrepot.model.canonical_json import canonical_json
from entrepot.model.canonical_moments import canonical_date, canonical_time, canonical_timestamp, canonical_timestamp_tz
from entrepot.model.canonical_numbers import canonical_decimal, canonical_float, canonical_integer
from entrepot.model.types import Kind

TRUE = frozenset({"true", "t", "1"})
FALSE = frozenset({"false", "f", "0"})
UUID = re.compile(r"([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})")
BYTES = re.compile(r"\\x[0-9a-fA-F]*")
MODULUS = 1 << 128


def canonical(kind: Kind, text: str) -> str:
    """The canonical form of the text form of a value.

    >>> canonical(Kind.DECIMAL, "12.50"), canonical(Kind.BOOLEAN, "t"), canonical(Kind.TEXT, "12.50")
    ('12.5', 'true', '12.50')
    """
    rule = RULES.get(kind)
    return rule(text) if rule else text


def canonical_boolean(text: str) -> str:
    low = text.lower()
    return "true" if low in TRUE else "false" if low in FALSE else text


def canonical_uuid(text: str) -> str:
    """Lowercase, with hyphens."""
    found = UUID.fullmatch(text.lower())
    return "-".join(found.groups()) if found else text


def canonical_bytes(text: str) -> str:
    return text.lower() if BYTES.fullmatch(text) else text


RULES: dict[Kind, Callable[[str], str]] = {
    Kind.BOOLEAN: canonical_boolean,
    Kind.INTEGER: canonical_integer,
    Kind.DECIMAL: canonical_decimal,
    Kind.FLOAT: canonical_float,
    Kind.BYTES: canonical_bytes,
    Kind.DATE: canonical_date,
    Kind.TIME: canonical_time,
    Kind.TIMESTAMP: canonical_timestamp,
    Kind.TIMESTAMP_TZ: canonical_timestamp_tz,
    Kind.UUID: canonical_uuid,
    Kind.JSON: canonical_json,
    Kind.ARRAY: canonical_json,
}
"""Kinds without a rule (text, enum, interval, other) are compared character by character."""


def row_text(kinds: Sequence[Kind], values: Sequence[str | None]) -> str:
    """One row, its columns already sorted by name: for each the length in bytes, a colon and the canonical
    form; a colon alone for NULL.

    >>> row_text([Kind.INTEGER, Kind.TEXT, Kind.TEXT], ["007", None, ""])
    '1:7:0:'
    """
    return "".join(value_text(kind, value) for kind, value in zip(kinds, values, strict=True))


def value_text(kind: Kind, value: str | None) -> str:
    if value is None:
        return ":"
    text = canonical(kind, value)
    return f"{len(text.encode())}:{text}"


def row_hash(kinds: Sequence[Kind], values: Sequence[str | None]) -> int:
    """MD5 of the row's text as a little-endian number. Rows' hashes are added modulo 2^128."""
    digest = hashlib.md5(row_text(kinds, values).encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest, "little")


def digest_text(total: int) -> str:
    """The sum of row hashes as it is shown: 32 hex digits."""
    return f"{total % MODULUS:032x}"
