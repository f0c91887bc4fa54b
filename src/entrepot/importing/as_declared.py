"""The columns of a table as its archive declares them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from entrepot.importing.request import Draft
from entrepot.model.drafts import SourceColumn, Staged
from entrepot.model.errors import DamagedError

NESTED = frozenset({"json", "ndjson"})
"""Formats in which a record need not have all columns."""
SHOWN = 10


def as_declared(staged: Staged, draft: Draft) -> Staged:
    """With the declared names where the file has none of its own, or ones that its format had to change; itself, if
    nothing is to be changed. DamagedError where columns are declared that it lacks."""
    table = draft.packed
    if table is None or not table.fields or staged.reading.format in NESTED:
        return staged
    names = [column.name for column in staged.columns]
    lacking = [name for name in table.fields if name not in names]
    if not lacking:
        return staged
    if table.in_order and len(table.fields) == len(names):
        return replace(staged, columns=renamed(staged.columns, table.fields))
    more = f" and {len(lacking) - SHOWN:,} more" if len(lacking) > SHOWN else ""
    raise DamagedError(
        "columns_differ",
        f"{table.declared_by} declares columns that {table.member} lacks: {', '.join(lacking[:SHOWN])}{more}.",
        remedy="Get an undamaged copy, or correct what is declared.",
    )


def renamed(columns: Sequence[SourceColumn], names: Sequence[str]) -> tuple[SourceColumn, ...]:
    return tuple(replace(column, name=name) for column, name in zip(columns, names, strict=True))
