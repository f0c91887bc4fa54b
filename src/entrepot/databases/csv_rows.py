"""Rows of text forms on their way between floors: `,` `"` `\\n`, NULL unquoted and empty, `''` quoted."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.catalog import Entity, Field
from entrepot.model.selection import Column, Query
from entrepot.model.templates import CsvDialect, Escape, Form, RowTemplate, Slot

VALUE = Escape(name="csv", null="", open='"', close='"', replace=(('"', '""'),), wrap_when=',"\n\r')


def csv_rows(columns: Sequence[Column]) -> RowTemplate:
    """COPY writes just that, but for a row of one value, where it has a way of its own with a backslash."""
    parts: list[str | Slot] = []
    for column in columns:
        parts += [",", Slot(column=column.name, form=Form.TEXT, escape=VALUE)]
    return RowTemplate(parts=(*parts[1:], "\n"), csv=CsvDialect() if len(columns) > 1 else None)


def query_of(entity: Entity, columns: Sequence[Column]) -> Query:
    return Query(entity=entity, columns=tuple(columns))


def named_fields(entity: Entity, names: Sequence[str]) -> list[Field]:
    return [entity.field(name) for name in names]


def named_columns(entity: Entity, names: Sequence[str]) -> list[Column]:
    return [Column(field=field, name=field.name) for field in named_fields(entity, names)]
