"""Parents that stand in the lines of their children, and become rows of their own."""

from __future__ import annotations

from dataclasses import replace

from entrepot.importing.columns import whole
from entrepot.importing.request import Prepared
from entrepot.model.bench import Bench
from entrepot.model.drafts import Staged
from entrepot.model.plans import ImportRequest


def only_said(request: ImportRequest, staged: Staged) -> ImportRequest:
    """The other columns are those of the children."""
    if not request.within:
        return request
    columns = [column.name for column in staged.columns]
    said = {whole(column, columns) for field in request.mapping.fields.values() for column in field.columns}
    ignored = tuple(column for column in columns if column not in said)
    return replace(request, mapping=replace(request.mapping, ignored=ignored, guess=False))


def with_parents(prepared: Prepared, bench: Bench) -> Prepared:
    """Each once, with the number of the first record that has it."""
    if not prepared.request.within:
        return prepared
    width = len(prepared.staged.columns)
    columns = sorted({at for field in prepared.fields for at in field.sources if at < width})
    key = prepared.fields[prepared.names.index(prepared.request.key[0])].sources[0]
    records = bench.keep_parents(columns, key)
    return replace(prepared, staged=replace(prepared.staged, records=records, rejected=0))
