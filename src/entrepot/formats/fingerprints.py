"""What every fingerprint is taken of: the rows as plain CSV, each column with the type of what leaves."""

from __future__ import annotations

from entrepot.formats.csv import csv_template
from entrepot.formats.rows import staged_columns
from entrepot.model.ports import RowSource, Workbench
from entrepot.model.receipts import Fingerprint
from entrepot.model.selection import Query
from entrepot.model.templates import CsvDialect


def fingerprint_query(query: Query, source: RowSource, workbench: Workbench, *, into_json: bool = False) -> Fingerprint:
    """One read of the rows through the workbench; `into_json`: as a JSON file can hold them."""
    template = csv_template(query.columns, CsvDialect())
    with workbench.fingerprint(staged_columns(query.columns, into_json=into_json)) as stream:
        for chunk in source.render(query, template):
            stream.write(chunk.data)
        return stream.finish()
