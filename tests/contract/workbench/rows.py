"""Rows as the workbench gets them, and the fingerprint they must have, said in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from entrepot.model.canonical import digest_text, row_hash
from entrepot.model.ports import StagedColumn
from entrepot.model.receipts import Fingerprint
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.client import ChildWorkbench

Rows = Sequence[Sequence[str | None]]


def column(name: str, kind: Kind = Kind.TEXT, **limits: Any) -> StagedColumn:
    return StagedColumn(name=name, type=LogicalType(kind=kind, **limits))


def csv(rows: Rows) -> bytes:
    return "".join(",".join(cell(value) for value in row) + "\n" for row in rows).encode()


def cell(value: str | None) -> str:
    if value is None:
        return ""
    return '"' + value.replace('"', '""') + '"' if not value or set(value) & set(',"\n\r') else value


def expected(columns: Sequence[StagedColumn], rows: Rows) -> Fingerprint:
    order = sorted(range(len(columns)), key=lambda at: columns[at].name)
    kinds = [columns[at].type.kind for at in order]
    total = sum(row_hash(kinds, [row[at] for at in order]) for row in rows)
    return Fingerprint(rows=len(rows), digest=digest_text(total))


def measured(workbench: ChildWorkbench, columns: Sequence[StagedColumn], rows: Rows) -> Fingerprint:
    with workbench.fingerprint(columns) as stream:
        stream.write(csv(rows))
        return stream.finish()
