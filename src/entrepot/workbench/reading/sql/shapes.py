"""Shapes as MySQL and MariaDB keep them: a number of the reference system, then the well-known binary form. They leave
as well-known text, as the servers write it; the reference system is lost, as in every file."""

from __future__ import annotations

import re
from struct import Struct, error

from entrepot.workbench.reading.sql.dialect import MYSQL
from entrepot.workbench.reading.sql.names import Column

TYPE = re.compile(r"(?:geometry|geometrycollection|(?:multi)?(?:point|linestring|polygon))\b")
NAMES = ("", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION")
POINT, LINE, POLYGON, COLLECTION = 1, 2, 3, 7
SYSTEM_BYTES = 4
DEEPEST = 20


class NoShapeError(Exception):
    """These bytes are none."""


def is_shape(column: Column, dialect: str) -> bool:
    return dialect == MYSQL and TYPE.match(column.type) is not None


def shape_text(raw: bytes) -> str:
    """Raises NoShapeError.

    >>> shape_text(bytes(4) + bytes.fromhex("0101000000000000000000f03f0000000000000440"))
    'POINT(1 2.5)'
    """
    reader = Reader(raw)
    try:
        found = reader.shape()
    except (error, IndexError):
        raise NoShapeError from None
    if reader.at != len(raw):
        raise NoShapeError
    return found


class Reader:
    def __init__(self, raw: bytes) -> None:
        self.raw, self.at, self.depth = raw, SYSTEM_BYTES, 0

    def shape(self) -> str:
        kind, order = self.head()
        return f"{NAMES[kind]}({self.inside(kind, order)})"

    def head(self) -> tuple[int, str]:
        order = "<" if self.raw[self.at] else ">"
        self.at += 1
        kind = self.number(order)
        if not POINT <= kind <= COLLECTION:
            raise NoShapeError
        return kind, order

    def inside(self, kind: int, order: str) -> str:
        if kind == POINT:
            return self.point(order)
        count = self.number(order)
        if count > len(self.raw) or self.depth > DEEPEST:
            raise NoShapeError
        self.depth += 1
        parts = ",".join(self.part(kind, order) for _ in range(count))
        self.depth -= 1
        return parts

    def part(self, kind: int, order: str) -> str:
        if kind == LINE:
            return self.point(order)
        if kind == POLYGON:
            return f"({self.inside(LINE, order)})"
        if kind == COLLECTION:
            return self.shape()
        member, inner = self.head()
        text = self.inside(member, inner)
        return text if member == POINT else f"({text})"

    def point(self, order: str) -> str:
        pair = Struct(f"{order}2d")
        x, y = pair.unpack_from(self.raw, self.at)
        self.at += pair.size
        return f"{plainly(x)} {plainly(y)}"

    def number(self, order: str) -> int:
        whole = Struct(f"{order}I")
        (found,) = whole.unpack_from(self.raw, self.at)
        self.at += whole.size
        return int(found)


def plainly(number: float) -> str:
    return repr(number).removesuffix(".0")
