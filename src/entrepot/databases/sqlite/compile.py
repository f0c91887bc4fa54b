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
