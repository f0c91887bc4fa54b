"""What PostgreSQL's types mean: their logical types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from entrepot.databases.postgres.records import TypeRecord
from entrepot.model.schema_objects import NamedType
from entrepot.model.types import Kind, LogicalType

PLAIN = {
    "bool": LogicalType(kind=Kind.BOOLEAN),
    "int2": LogicalType(kind=Kind.INTEGER, bits=16),
    "int4": LogicalType(kind=Kind.INTEGER, bits=32),
    "int8": LogicalType(kind=Kind.INTEGER, bits=64),
    "oid": LogicalType(kind=Kind.INTEGER, bits=32, unsigned=True),
    "float4": LogicalType(kind=Kind.FLOAT, bits=32),
    "float8": LogicalType(kind=Kind.FLOAT, bits=64),
    "text": LogicalType(kind=Kind.TEXT),
    "citext": LogicalType(kind=Kind.TEXT),
    "name": LogicalType(kind=Kind.TEXT, length=63, in_bytes=True),
    "char": LogicalType(kind=Kind.TEXT, length=1, in_bytes=True),
    "bytea": LogicalType(kind=Kind.BYTES),
    "date": LogicalType(kind=Kind.DATE),
    "uuid": LogicalType(kind=Kind.UUID),
    "json": LogicalType(kind=Kind.JSON),
    "jsonb": LogicalType(kind=Kind.JSON),
    "interval": LogicalType(kind=Kind.INTERVAL),
}
TIMES = {"time": Kind.TIME, "timestamp": Kind.TIMESTAMP, "timestamptz": Kind.TIMESTAMP_TZ}
OTHER = LogicalType(kind=Kind.OTHER)
HEADER = 4
"""PostgreSQL counts the header of a value in the limits of varchar and numeric."""


class TypeBook:
    """Looks up logical types by the server's type numbers."""

    def __init__(self, records: Sequence[TypeRecord]) -> None:
        self._by_id: Mapping[int, TypeRecord] = {record.id: record for record in records}
        self._records = records

    def logical(self, type_id: int, modifier: int = -1) -> LogicalType:
        record = self._by_id[type_id]
        if record.kind == "d":
            return self.logical(record.base, record.modifier)
        if record.kind == "e":
            return LogicalType(kind=Kind.ENUM, values=tuple(record.labels))
        if record.category == "A" and record.element in self._by_id:
            return LogicalType(kind=Kind.ARRAY, element=self.logical(record.element, modifier))
        return _base(record.name, modifier)

    def base_name(self, type_id: int) -> str:
        """The name of the type a domain comes down to: `bpchar` for a domain over char(3)."""
        record = self._by_id[type_id]
        return self.base_name(record.base) if record.kind == "d" else record.name

    def named(self, default_schema: str) -> tuple[NamedType, ...]:
        """Those that the user schemas define, each after what it is made of."""
        return tuple(
            NamedType(
                name=record.name,
                schema=None if record.schema == default_schema else record.schema,
                type=self.logical(record.id),
                ddl=record.ddl,
            )
            for record in self._records
            if record.ddl is not None
        )


def _base(name: str, modifier: int) -> LogicalType:
    if name in ("varchar", "bpchar"):
        return LogicalType(kind=Kind.TEXT, length=modifier - HEADER if modifier >= HEADER else None)
    if name == "numeric":
        return _numeric(modifier)
    if name in TIMES:
        return LogicalType(kind=TIMES[name], scale=modifier if modifier >= 0 else None)
    return PLAIN.get(name, OTHER)


def _numeric(modifier: int) -> LogicalType:
    if modifier < HEADER:
        return LogicalType(kind=Kind.DECIMAL)
    packed = modifier - HEADER
    scale = ((packed & 0x7FF) ^ 0x400) - 0x400  # eleven bits, signed since PostgreSQL 15
    return LogicalType(kind=Kind.DECIMAL, precision=(packed >> 16) & 0xFFFF, scale=scale)


def travels_unchanged(base_name: str, type: LogicalType) -> bool:
    """False for what docs/reference/values.md lists as lossy: padded text, decimals beyond 38 digits."""
    innermost = type
    while innermost.element is not None:
        innermost = innermost.element
    return base_name not in ("bpchar", "_bpchar") and (innermost.precision or 0) <= 38
