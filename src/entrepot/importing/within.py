"""Parents that stand in the lines of their children, and become rows of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from entrepot.importing.asking import Beside, take_alike
from entrepot.importing.columns import whole
from entrepot.importing.request import Prepared, Run
from entrepot.model.bench import Bench
from entrepot.model.drafts import Staged, TargetField
from entrepot.model.plans import ImportRequest
from entrepot.model.references import Lookup

SPELLINGS = 1_000_000
"""The number of the tables in the workbench that have what parents are told apart by; no file has so many columns."""


def only_said(request: ImportRequest, staged: Staged) -> ImportRequest:
    """The other columns are those of the children."""
    if not request.within:
        return request
    columns = [column.name for column in staged.columns]
    said = {whole(column, columns) for field in request.mapping.fields.values() for column in field.columns}
    ignored = tuple(column for column in columns if column not in said)
    return replace(request, mapping=replace(request.mapping, ignored=ignored, guess=False))


def with_parents(prepared: Prepared, run: Run, bench: Bench) -> Prepared:
    """Each once, with the number of the first record that has it."""
    if not prepared.request.within:
        return prepared
    said = list(_said(prepared))
    key = [name for name, _ in said].index(prepared.request.key[0])
    own = prepared.own.key.own if prepared.own and prepared.own.key else None
    spellings = _compared(prepared, said[key][1], run, bench) if said[key][1] in prepared.fields else None
    records = bench.keep_parents([replace(field, name=name) for name, field in said], key, own, spellings)
    return replace(prepared, staged=replace(prepared.staged, records=records, rejected=0))


def _compared(prepared: Prepared, key: TargetField, run: Run, bench: Bench) -> int:
    """What the lines tell their parents apart by: values that the database takes for the same are one parent."""
    entity = prepared.entity
    bench.seek_parents(Lookup(column=SPELLINGS, sought=(key,), id_type=key.type, words=entity.title))
    with run.engine.change(run.catalog, [entity], run.work, write=False) as target:
        tables = f"wanted_{SPELLINGS}", f"alike_{SPELLINGS}"
        take_alike(tables, entity, prepared.request.key, target, Beside(run=run, bench=bench))
    return SPELLINGS


def _said(prepared: Prepared) -> Iterator[tuple[str, TargetField]]:
    """What the file has for each field: what an id will be is not known yet, and the parents' own stands for a field
    that is there besides."""
    for field in prepared.fields:
        if field.sources and field.found is None:
            yield field.name, field
    for linked in prepared.own.links if prepared.own else ():
        yield linked.field.name, linked.link.own
    for sought in prepared.lookups:
        yield from ((sought.field.name, field) for field in sought.lookup.sought)
        yield from ((sought.field.name, field) for field in (sought.lookup.given,) if field is not None)
