"""Rows of text forms on their way between floors: `,` `"` `\\n`, NULL unquoted and empty, `''` quoted."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.selection import Column
from entrepot.model.templates import Escape, Form, RowTemplate, Slot

VALUE = Escape(name="csv", null="", open='"', close='"', replace=(('"', '""'),), wrap_when=',"\n\r')


def csv_rows(columns: Sequence[Column]) -> RowTemplate:
    parts: list[str | Slot] = []
    for column in columns:
        parts += [",", Slot(column=column.name, form=Form.TEXT, escape=VALUE)]
    return RowTemplate(parts=(*parts[1:], "\n"))
