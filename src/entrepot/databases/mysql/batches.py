"""Rows as Arrow record batches of text columns."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.databases.mysql.stream import texts
from entrepot.model.ports import Batch
from entrepot.model.selection import Column


def batch_of(packets: Sequence[bytes], columns: Sequence[Column]) -> Batch:
    from arro3.core import Array, DataType, RecordBatch

    utf8 = DataType.utf8()
    values = zip(*map(texts, packets), strict=True)
    arrays = [Array(list(column), utf8) for column in values]
    return RecordBatch.from_arrays(arrays, names=[column.name for column in columns])
