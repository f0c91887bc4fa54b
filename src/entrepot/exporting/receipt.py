"""From what a format wrote to what is handed over."""

from __future__ import annotations

from entrepot.formats.port import Result, Written
from entrepot.formats.rows import outgoing_type
from entrepot.model.errors import BugError
from entrepot.model.receipts import ColumnReceipt, EntityReceipt
from entrepot.model.selection import Query


def entity_receipts(queries: tuple[Query, ...], result: Result) -> tuple[EntityReceipt, ...]:
    """One receipt per query; a query that nothing was written for is our own mistake, never a silent gap."""
    written = {item.entity: item for item in result.written}
    missing = [query.title for query in queries if query.entity.name not in written]
    if missing:
        raise BugError("entity_not_written", f"The format wrote nothing for {', '.join(missing)}.")
    return tuple(_entity_receipt(query, written[query.entity.name]) for query in queries)


def _entity_receipt(query: Query, written: Written) -> EntityReceipt:
    columns = tuple(
        ColumnReceipt(
            name=column.name,
            field=column.field.name,
            type=outgoing_type(column),
            transforms=column.transforms,
            lossless=column.field.lossless,
        )
        for column in query.columns
    )
    return EntityReceipt(
        entity=query.entity.name,
        title=query.title,
        rows=written.rows,
        lane=written.lane,
        columns=columns,
        fingerprint=written.fingerprint,
        member=written.member,
    )
