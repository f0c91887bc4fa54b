"""Whether a database may take two texts for one value, or make another text of one."""

from __future__ import annotations

from entrepot.model.catalog import Field
from entrepot.model.types import Kind

SPELLED_ONCE = frozenset({Kind.INTEGER, Kind.BOOLEAN, Kind.DATE, Kind.UUID})
"""Judged values of these kinds are equal if and only if their texts are."""
PLAIN = frozenset({"text", "varchar", "character varying"})
"""Types without blanks of their own."""
CHARS = frozenset({"char", "character", "bpchar"})
FIXED = frozenset({"char", "binary", "set"})
"""What pads or cuts its values, or sorts them."""
RESPELLED = frozenset({Kind.INTERVAL, Kind.ARRAY, Kind.OTHER})
BINARY = ("binary", "c", "posix", "ucs_basic")


def is_spelled_variously(field: Field) -> bool:
    """By what the catalog says; better once too often than not.

    >>> from entrepot.model.types import LogicalType
    >>> text = LogicalType(kind=Kind.TEXT)
    >>> is_spelled_variously(Field(name="a", type=text, native="TEXT"))
    False
    >>> is_spelled_variously(Field(name="a", type=text, native="TEXT", collation="NOCASE"))
    True
    """
    if field.type.kind in SPELLED_ONCE:
        return False
    plain = field.native.lower().split("(")[0].strip() in PLAIN
    return field.type.kind is not Kind.TEXT or not plain or not _is_binary(field.collation)


def is_char(field: Field) -> bool:
    """
    >>> from entrepot.model.types import LogicalType
    >>> is_char(Field(name="a", type=LogicalType(kind=Kind.TEXT), native="character(5)"))
    True
    >>> is_char(Field(name="a", type=LogicalType(kind=Kind.TEXT), native="character varying(5)"))
    False
    """
    return field.type.kind is Kind.TEXT and field.native.lower().split("(")[0].strip() in CHARS


def is_kept_as_sent(field: Field) -> bool:
    """What is read back is what was sent, or the same value by its kind: nothing is padded, rounded or sorted.

    >>> from entrepot.model.types import LogicalType
    >>> is_kept_as_sent(Field(name="a", type=LogicalType(kind=Kind.TEXT), native="varchar(5)"))
    True
    >>> is_kept_as_sent(Field(name="a", type=LogicalType(kind=Kind.TEXT), native="char(5)"))
    False
    """
    if not field.lossless or field.type.kind in RESPELLED or (field.type.kind, field.type.bits) == (Kind.FLOAT, 32):
        return False
    return field.native.lower().split("(")[0].strip() not in FIXED


def _is_binary(collation: str | None) -> bool:
    """None is the database's own: of PostgreSQL and SQLite byte by byte, and MariaDB always says which."""
    if collation is None:
        return True
    name = collation.rpartition(".")[2].strip('"').lower()
    return name in BINARY or name.endswith(("_nopad_bin", "_0900_bin"))
