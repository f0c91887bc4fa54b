"""The shared compiler, with what only SQLite's own scripts need: values written as literals of their own type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from entrepot.databases.compile import Compiler
from entrepot.databases.sqlite.literals import LITERALS, stored_literal
from entrepot.model.selection import Column, Query
from entrepot.model.templates import RowTemplate, Slot


@dataclass(frozen=True)
class SqliteCompiler(Compiler):
    def slot_texts(self, column: Column, slot: Slot) -> Iterator[str]:
        """A script that SQLite writes for SQLite keeps every value exactly, whatever its column declares."""
        if slot.escape in LITERALS and not column.transforms:
            yield stored_literal(self.field(column.field.name))
        else:
            yield from super().slot_texts(column, slot)

    def rows(self, query: Query, template: RowTemplate) -> str:
        return self.select(query, [f"{self.row(query, template)} AS line"])

    def slice(self, query: Query, template: RowTemplate, rowid: str) -> str:
        """The rows between two rowids (bound) as one blob, and how many they are."""
        inner = f"SELECT {self.row(query, template)} AS line{self.between(query, rowid)} ORDER BY {rowid}"
        return f"SELECT CAST(group_concat(line, '') AS BLOB), count(*) FROM ({inner})"

    def border(self, query: Query, rowid: str) -> str:
        """The rowid of the n-th row from a rowid on (both bound; n counts from 0)."""
        return f"SELECT {rowid}{self.between(query, rowid)} ORDER BY {rowid} LIMIT 1 OFFSET ?"

    def between(self, query: Query, rowid: str) -> str:
        return f"{self.source(query)}{' WHERE' if query.where is None else ' AND'} {rowid} BETWEEN ? AND ?"


@dataclass(frozen=True)
class ReturningCompiler(SqliteCompiler):
    """RETURNING knows a table's fields by their bare names only."""

    def field(self, name: str) -> str:
        return self.dialect.quote(name)
