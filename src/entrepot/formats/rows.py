"""What every text format asks about the rows of one query: which way they come, and whether all of them came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from entrepot.model.errors import BugError
from entrepot.model.ports import RowSource, StagedColumn
from entrepot.model.selection import Column, Query
from entrepot.model.templates import RowTemplate
from entrepot.model.types import Kind, LogicalType


@runtime_checkable
class TellsLane(Protocol):
    """A source that knows how it would give its rows: sessions of a database do, rows in memory need not."""

    def lane(self, query: Query, template: RowTemplate) -> str: ...


def lane_of(source: RowSource, query: Query, template: RowTemplate) -> str:
    return source.lane(query, template) if isinstance(source, TellsLane) else "rendered"


def outgoing_type(column: Column) -> LogicalType:
    """The type of what leaves: the last transform may have made another thing of the value."""
    if column.transforms[-1:] == ("timestamp",):
        return LogicalType(kind=Kind.FLOAT, bits=64)
    return LogicalType(kind=Kind.TEXT) if column.transforms else column.type


def outgoing_kind(column: Column) -> Kind:
    return outgoing_type(column).kind


def staged_columns(columns: Sequence[Column], *, into_json: bool = False) -> tuple[StagedColumn, ...]:
    """How the workbench is told about them."""
    return tuple(
        StagedColumn(
            name=column.name,
            type=outgoing_type(column),
            null_is_missing=into_json and outgoing_kind(column) is Kind.JSON,
        )
        for column in columns
    )


def check_count(query: Query, declared: int, written: int) -> None:
    """A count and a read of one snapshot must agree; a file that declares otherwise must not be published."""
    if declared != written:
        raise BugError(
            "count_differs",
            f"{query.title} has {declared:,} rows by count, but {written:,} were read in the same snapshot.",
            remedy="Nothing was published. Please report this with the engine's version.",
        )
