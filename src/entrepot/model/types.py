"""Logical types: what a field means, whatever engine stores it.

Every engine maps its native types onto these, every format writes them, the workbench hashes them.
`LogicalType` is the only description of a type that crosses a floor; native type text travels
beside it (`Field.native`) for same-engine DDL and for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The families of values. `OTHER` is anything carried as the engine's own text (inet, point, tsvector)."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    TEXT = "text"
    BYTES = "bytes"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    TIMESTAMP_TZ = "timestamp_tz"
    INTERVAL = "interval"
    UUID = "uuid"
    JSON = "json"
    ENUM = "enum"
    ARRAY = "array"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class LogicalType:
    """A kind and the limits that belong to it; a limit that does not apply is None."""

    kind: Kind
    length: int | None = None
    """Most characters (text) or bytes (bytes)."""
    in_bytes: bool = False
    """`length` counts the bytes of a text."""
    precision: int | None = None
    """Most decimal digits in all (decimal)."""
    scale: int | None = None
    """Digits behind the point (decimal), of a second (time, timestamp)."""
    bits: int | None = None
    """Width of an integer or float: 8, 16, 24, 32, 64."""
    unsigned: bool = False
    values: tuple[str, ...] = ()
    """The labels of an enum, in order."""
    element: LogicalType | None = None
    """What an array holds."""

    def describe(self) -> str:
        """The type in a few words, as the catalog prints it: `decimal(14,2)`, `text(40)`, `text[]`."""
        if self.element is not None:
            return f"{self.element.describe()}[]"
        if self.precision is not None:
            return f"{self.kind}({self.precision},{self.scale or 0})"
        if self.length is not None:
            return f"{self.kind}({self.length})"
        return str(self.kind)


NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT})
MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ})
