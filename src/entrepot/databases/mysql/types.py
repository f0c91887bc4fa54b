"""What MySQL's types mean: their logical types."""

from __future__ import annotations

import re

from entrepot.databases.mysql.records import ColumnRecord
from entrepot.model.types import Kind, LogicalType

WIDTHS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "integer": 32, "bigint": 64}
BYTES = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"})
TEXTS = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext"})
MOMENTS = {"time": Kind.TIME, "datetime": Kind.TIMESTAMP, "timestamp": Kind.TIMESTAMP_TZ}
GEOMETRIES = frozenset(
    {
        *("geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"),
        *("geometrycollection", "geomcollection"),
    }
)
SIMPLE = {
    "date": LogicalType(kind=Kind.DATE),
    "year": LogicalType(kind=Kind.INTEGER, bits=16, unsigned=True),
    "json": LogicalType(kind=Kind.JSON),
    "uuid": LogicalType(kind=Kind.UUID),
    "bit": LogicalType(kind=Kind.INTEGER, bits=64, unsigned=True),
    "float": LogicalType(kind=Kind.FLOAT, bits=32),
    "double": LogicalType(kind=Kind.FLOAT, bits=64),
}
BOOLEAN = LogicalType(kind=Kind.BOOLEAN)
LABEL = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.DOTALL)
ESCAPED = re.compile(r"''|\\(.)", re.DOTALL)
UNESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a", "b": "\b"}


def logical(column: ColumnRecord, *, is_json: bool) -> LogicalType:
    """`is_json`: a check says so, which is how MariaDB declares JSON."""
    name = column.type.lower()
    if is_json and name == "longtext":
        return SIMPLE["json"]
    if is_boolean(column):
        return BOOLEAN
    return SIMPLE.get(name) or _number(column, name) or _longer(column, name)


def is_boolean(column: ColumnRecord) -> bool:
    """`tinyint(1)` is what BOOLEAN is kept as; a counter of that type is a number all the same."""
    native = column.native.lower()
    return native == "bit(1)" or (native == "tinyint(1)" and "auto_increment" not in column.extra.lower())


def _number(column: ColumnRecord, name: str) -> LogicalType | None:
    if name in WIDTHS:
        return LogicalType(kind=Kind.INTEGER, bits=WIDTHS[name], unsigned="unsigned" in column.native.lower())
    if name == "decimal":
        return LogicalType(kind=Kind.DECIMAL, precision=column.digits, scale=column.scale)
    return None


def _longer(column: ColumnRecord, name: str) -> LogicalType:
    if name in TEXTS:
        return LogicalType(kind=Kind.TEXT, length=column.length if name in ("char", "varchar") else None)
    if name in BYTES:
        return LogicalType(kind=Kind.BYTES, length=column.length if name in ("binary", "varbinary") else None)
    if name in MOMENTS:
        return LogicalType(kind=MOMENTS[name], scale=column.fraction or 0)
    if name in ("enum", "set"):
        none = ("",) if name == "set" else ()  # a set of nothing is a value
        return LogicalType(kind=Kind.ENUM, values=(*labels(column.native), *none))
    return LogicalType(kind=Kind.OTHER)


def labels(native: str) -> tuple[str, ...]:
    r"""
    >>> labels(r"enum('a','it''s','c\\d','x,y')")
    ('a', "it's", 'c\\d', 'x,y')
    """
    return tuple(ESCAPED.sub(_unescaped, found[1]) for found in LABEL.finditer(native))


def _unescaped(found: re.Match[str]) -> str:
    return "'" if found[1] is None else UNESCAPED.get(found[1], found[1])


def travels_unchanged(column: ColumnRecord, type: LogicalType) -> bool:
    """False for what docs/reference/values.md lists as lossy: decimals beyond 38 digits, geometry without its SRID."""
    return column.type.lower() not in GEOMETRIES and (type.precision or 0) <= 38
