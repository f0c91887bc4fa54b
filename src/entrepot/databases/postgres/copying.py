"""COPY statements: which lane a template can take, and what the server is asked for in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from entrepot.databases.compile import ROWS, Compiler
from entrepot.databases.postgres.forms import loadable, native_line
from entrepot.databases.postgres.names import literal
from entrepot.databases.postgres.stream import copy_lines, copy_rendered
from entrepot.model.catalog import Field
from entrepot.model.selection import Column, Query
from entrepot.model.templates import Chunk, CsvDialect, Escape, Form, RowTemplate, Slot
from entrepot.model.types import Kind, LogicalType

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True, kw_only=True)
class CopyStatements:
    compiler: Compiler

    def is_forwarded(self, template: RowTemplate) -> bool:
        """Transforms and left-out references are expressions of the SELECT, so they do not matter here."""
        return template.csv is not None or template.copy_text

    def chunks(self, connection: psycopg.Connection, query: Query, template: RowTemplate, rows: int) -> Iterator[Chunk]:
        copied = copy_lines if self.is_forwarded(template) else copy_rendered
        return copied(connection, self.copy(query, template), rows)

    def copy(self, query: Query, template: RowTemplate) -> str:
        if template.csv is not None:
            return f"COPY ({self._select(query, native_line)}) TO STDOUT ({csv_options(template.csv)})"
        if template.copy_text:
            return f"COPY ({self._select(query, loadable)}) TO STDOUT"
        costly = frozenset(costly_columns(query, template))
        rows = self._texts_first(query, template, costly) if costly else self.compiler.rows(query, template)
        return f"COPY ({rows}) TO STDOUT (FORMAT binary)"

    def _texts_first(self, query: Query, template: RowTemplate, costly: frozenset[str]) -> str:
        """A text that is looked at several times is made once, in a subquery that OFFSET 0 keeps by itself."""
        fields = {column.field.name: column.field for column in query.columns}
        made = (self._made(field, field.name in costly) for field in fields.values())
        inner = self.compiler.select(query, list(made))
        columns = tuple(as_text(column) if column.field.name in costly else column for column in query.columns)
        return (
            f"SELECT {self.compiler.row(replace(query, columns=columns), template)} FROM ({inner} OFFSET 0) AS {ROWS}"
        )

    def _made(self, field: Field, costly: bool) -> str:
        native = self.compiler.field(field.name)
        if not costly:
            return native
        return f"{self.compiler.dialect.text(native, field, Form.TEXT)} AS {self.compiler.dialect.quote(field.name)}"

    def _select(self, query: Query, native: Callable[[str, LogicalType], str]) -> str:
        return self.compiler.select(query, list(self._expressions(query, native)))

    def _expressions(self, query: Query, native: Callable[[str, LogicalType], str]) -> Iterator[str]:
        for column in query.columns:
            if column.transforms:
                yield self.compiler.value(query.entity, column, Form.TEXT)
            else:
                yield native(self.compiler.native(query.entity, column), column.type)


COSTLY = frozenset({Kind.JSON, Kind.ARRAY, Kind.OTHER})
"""Kinds whose text takes longer to make than to look at, and is the same in every form."""


def costly_columns(query: Query, template: RowTemplate) -> Iterator[str]:
    """Fields whose text an escape looks at again and again. Where a value is kept or not, the condition is about the
    fields as they are, so nothing is changed there."""
    if any(column.keep_when for column in query.columns):
        return
    columns = {column.name: column for column in query.columns}
    for part in template.parts:
        if isinstance(part, Slot) and looks_again(part.escape) and columns[part.column].type.kind in COSTLY:
            yield columns[part.column].field.name


def looks_again(escape: Escape) -> bool:
    return bool(escape.wrap_when or escape.rare or escape.limit or escape.guard_first) and escape.name != "json"


def as_text(column: Column) -> Column:
    return replace(column, field=replace(column.field, type=LogicalType(kind=Kind.TEXT)))


def csv_options(csv: CsvDialect) -> str:
    """FORCE options are not needed: COPY quotes by the rule that the template describes."""
    return (
        f"FORMAT csv, DELIMITER {literal(csv.delimiter)}, QUOTE {literal(csv.quote)}, "
        f"ESCAPE {literal(csv.quote)}, NULL {literal(csv.null)}"
    )
