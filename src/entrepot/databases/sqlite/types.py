"""Declared types → logical types. SQLite enforces none of them (except in STRICT tables), so a declared type says
what most values are; each value still carries a type of its own."""

from __future__ import annotations

import re

from entrepot.model.types import Kind, LogicalType

SHAPE = re.compile(r"\s*([^()]*?)\s*(?:\(\s*([0-9]+)\s*(?:,\s*([0-9]+)\s*)?\))?\s*(?:WITH TIME ZONE)?\s*")

NAMED = {
    "BOOLEAN": Kind.BOOLEAN,
    "BOOL": Kind.BOOLEAN,
    "DATE": Kind.DATE,
    "TIME": Kind.TIME,
    "DATETIME": Kind.TIMESTAMP,
    "TIMESTAMP": Kind.TIMESTAMP,
    "TIMESTAMPTZ": Kind.TIMESTAMP_TZ,
    "TIMESTAMP WITH TIME ZONE": Kind.TIMESTAMP_TZ,
    "TIMESTAMP WITHOUT TIME ZONE": Kind.TIMESTAMP,
    "INTERVAL": Kind.INTERVAL,
    "INTERVAL TEXT": Kind.INTERVAL,
    "UUID TEXT": Kind.UUID,
    "JSON TEXT": Kind.JSON,
    "UUID": Kind.UUID,
    "JSON": Kind.JSON,
    "JSONB": Kind.JSON,
    "ARRAY TEXT": Kind.ARRAY,
    "DECIMAL TEXT": Kind.DECIMAL,
    "OTHER TEXT": Kind.OTHER,
    "ANY": Kind.OTHER,
    "": Kind.OTHER,
}
"""The names that say more than an affinity. Those with TEXT behind them are how our own scripts keep every digit."""
AFFINITIES = (
    (("INT",), Kind.INTEGER),
    (("CHAR", "CLOB", "TEXT"), Kind.TEXT),
    (("BLOB", "BINARY"), Kind.BYTES),
    (("REAL", "FLOA", "DOUB"), Kind.FLOAT),
    (("DEC", "NUM", "MONEY"), Kind.DECIMAL),
)
"""SQLite's own rules, in its order."""
WHOLE_DIGITS = 15
"""A decimal of so many digits survives as the double that SQLite makes of it."""


def logical_type(declared: str) -> LogicalType:
    """
    >>> logical_type("VARCHAR(40)").describe(), logical_type("DECIMAL(10, 2)").describe()
    ('text(40)', 'decimal(10,2)')
    """
    found = SHAPE.fullmatch(declared)
    name, *sizes = found.groups() if found else (declared, None, None)
    kind = _kind(" ".join(declared.upper().split()), " ".join((name or "").upper().split()))
    return _sized(kind, [int(size) for size in sizes if size])


def _kind(declared: str, name: str) -> Kind:
    for known in (declared, name):
        if known in NAMED:
            return NAMED[known]
    return next((kind for words, kind in AFFINITIES if any(word in name for word in words)), Kind.OTHER)


def _sized(kind: Kind, sizes: list[int]) -> LogicalType:
    if kind is Kind.DECIMAL and sizes:
        return LogicalType(kind=kind, precision=sizes[0], scale=sizes[1] if len(sizes) > 1 else 0)
    if kind in (Kind.TEXT, Kind.BYTES) and sizes:
        return LogicalType(kind=kind, length=sizes[0])
    return LogicalType(kind=kind, bits=64 if kind in (Kind.INTEGER, Kind.FLOAT) else None)


def is_lossless(declared: str, kind: Kind) -> bool:
    """Decimals become doubles unless their column keeps text; a column without a type promises nothing."""
    if kind is Kind.DECIMAL:
        return keeps_text(declared)
    return kind is not Kind.OTHER or keeps_text(declared)


def keeps_text(declared: str) -> bool:
    """Whether the column has TEXT affinity: numbers put into it become text, so it never holds any."""
    name = declared.upper()
    return "INT" not in name and any(word in name for word in ("CHAR", "CLOB", "TEXT"))
