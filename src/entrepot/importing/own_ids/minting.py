"""Within the transaction that writes: new rows get keys that nobody else can have, and what became of which id is
remembered before it is committed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from entrepot.importing.asking import take
from entrepot.importing.isolating import Changed
from entrepot.importing.own_ids.tables import scope_of
from entrepot.importing.request import Work
from entrepot.model.changes import Target
from entrepot.model.own_ids import Holder, OwnKey
from entrepot.model.types import Kind


def mint(works: Sequence[Work], target: Target) -> None:
    """Before anything is decided: decisions do not depend on what the keys are."""
    for work in works:
        key = work.prepared.own.key if work.prepared.own else None
        wanted = work.bench.count_new(key) if key else 0
        if key is None or not wanted:
            continue
        entity = work.prepared.entity
        if key.type.kind is not Kind.UUID:
            field = entity.field(entity.primary_key[0])
            take(f"minted_{key.column}", ["key"], target.new_keys(entity, field, wanted), work)
        work.bench.mint_own(key, [holder for other in works for holder in holders(key, work, other)])


def holders(key: OwnKey, work: Work, other: Work) -> Iterator[Holder]:
    """Where the keys of one table stand in another, or in itself."""
    mine, prepared = work.prepared, other.prepared
    if other is work:
        yield Holder(part=mine.part, column=key.column, field=key.field)
    for linked in prepared.own.links if prepared.own else ():
        if linked.link.part == mine.part and linked.link.parent == key.column:
            yield Holder(part=prepared.part, column=linked.link.column, field=linked.link.field)
    for sought in prepared.lookups:
        beside, own_id = sought.lookup.beside, sought.lookup.own_id
        its = beside is not None and (beside.part, beside.id) == (mine.part, key.field)
        if its or (other is work and own_id is not None and own_id.found == key.column):
            place = prepared.names.index(sought.field.name)
            yield Holder(part=prepared.part, column=sought.lookup.column, field=place)


def remember(done: Sequence[Changed]) -> None:
    """What nobody knew before."""
    for one in done:
        prepared, known = one.work.prepared, one.work.run.known_ids
        if known is not None and prepared.own is not None and prepared.own.key is not None:
            pairs = _pairs(one.work, prepared.own.key)
            known.remember(prepared.entity.name, scope_of(prepared.tenancy), pairs)


def _pairs(work: Work, key: OwnKey) -> Iterator[tuple[str, str]]:
    for block in work.bench.own_pairs(key, work.prepared.fields, work.prepared.matching):
        work.run.cancel.check()
        yield from ((own, now) for own, now in csv.reader(io.StringIO(block.decode(), newline="")))
