"""What every fingerprint is taken of: the rows as plain CSV, each column with the type of what leaves."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.formats.csv import csv_template
from entrepot.model.ports import RowSource, StagedColumn, Workbench
from entrepot.model.receipts import Fingerprint
from entrepot.model.selection import Column, Query
from entrepot.model.templates import CsvDialect
from entrepot.model.types import Kind, LogicalType


def staged_columns(columns: Sequence[Column]) -> tuple[StagedColumn, ...]:
    return tuple(StagedColumn(name=column.name, type=outgoing_type(column)) for column in columns)


def outgoing_type(column: Column) -> LogicalType:
    """The type of what leaves: a transform may have made another thing of the value."""
    if "timestamp" in column.transforms:
        return LogicalType(kind=Kind.FLOAT, bits=64)
    return LogicalType(kind=Kind.TEXT) if column.transforms else column.type


def fingerprint_query(query: Query, source: RowSource, workbench: Workbench) -> Fingerprint:
    """One read of the rows through the workbench."""
    template = csv_template(query.columns, CsvDialect())
    with workbench.fingerprint(staged_columns(query.columns)) as stream:
        for chunk in source.render(query, template):
            stream.write(chunk.data)
        return stream.finish()
