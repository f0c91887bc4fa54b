"""The file's keys go to the database, the rows that have them come back, and every record is decided about."""

from __future__ import annotations

from collections.abc import Iterable

from entrepot.importing.asking import DOUBLED, KEYS, RECORD, columns, take
from entrepot.importing.looking_up import check_found
from entrepot.importing.request import Work
from entrepot.importing.spelling import is_spelled_variously
from entrepot.importing.unique import without_doubles
from entrepot.model.changes import Target
from entrepot.model.matching import Decided, What
from entrepot.model.templates import Chunk


def match(work: Work, target: Target, *, was_empty: bool = False) -> Decided:
    """What must be done anew in each transaction; everything before depends on the file alone. `was_empty`: whatever
    rows the entity has now are those of the file."""
    prepared = work.prepared
    work.run.reporter.phase(f"Comparing with {prepared.entity.title}")
    check_found(work, target)
    for number in range(len(prepared.matching.unique)):
        _take_taken(work, target, number)
    if prepared.matching.key:
        _take_existing(work, target, was_empty=was_empty)
    for number in range(len(prepared.relations)):
        _take_parents(work, target, number, was_empty=was_empty)
    if prepared.matching.others or prepared.matching.referred:
        return without_doubles(work, target, was_empty=was_empty)
    return work.bench.decide(prepared.fields, prepared.matching)


def _take_existing(work: Work, target: Target, *, was_empty: bool) -> None:
    """Keys that equal each other are only looked for where their texts may not say it, and once in the whole file."""
    prepared, entity = work.prepared, work.prepared.entity
    key, compared = prepared.named(prepared.matching.key), prepared.named(prepared.matching.compared)
    names = [f"k{n}" for n in range(len(key))] + [f"b{n}" for n in range(len(compared))]
    found: Iterable[Chunk] = ()
    doubled: Iterable[Chunk] = ()
    is_empty = was_empty or target.is_empty(entity)
    if not is_empty or any(is_spelled_variously(entity.field(name)) for name in key):
        target.keep_keys(KEYS, entity, key, work.emit(What.KEYS, target), numbered=True)
        doubled = target.doubled(KEYS)
    if not is_empty:
        wanted, own = columns(entity, (*key, *compared)), prepared.inside(entity)
        found = target.matching(KEYS, entity, key, wanted, numbered=True, where=own)
    if prepared.matching.scope is None:
        take("doubled", DOUBLED, doubled, work)
    take("existing", [RECORD, *names], found, work)


def _take_taken(work: Work, target: Target, number: int) -> None:
    """The records whose key somebody else has."""
    prepared, entity = work.prepared, work.prepared.entity
    numbers, name = prepared.matching.unique[number], f"{KEYS}_taken_{number}"
    found: Iterable[Chunk] = ()
    doubled: Iterable[Chunk] = ()
    if prepared.tenancy is not None and not target.is_empty(entity):
        key, others = prepared.named(numbers), prepared.tenancy.outside(entity)
        target.keep_keys(name, entity, key, work.emit(What.KEYS, target, columns=numbers), numbered=True)
        found = target.matching(name, entity, key, (), numbered=True, where=others)
        doubled = target.doubled(name)
    take(f"doubled_taken_{number}", DOUBLED, doubled, work)
    take(f"taken_{number}", [RECORD], found, work)


def _take_parents(work: Work, target: Target, number: int, *, was_empty: bool) -> None:
    relation = work.prepared.relations[number]
    parent, fields = work.run.catalog.entity(relation.parent), relation.parent_fields
    found: Iterable[Chunk] = ()
    doubled: Iterable[Chunk] = ()
    elsewhere = work.prepared.matching.references[number].elsewhere
    is_empty = (was_empty and parent == work.prepared.entity) or target.is_empty(parent)
    if not is_empty or (elsewhere is not None and elsewhere.asked):
        name = f"{KEYS}_{number}"
        target.keep_keys(name, parent, fields, work.emit(What.REFERENCE, target, number), numbered=True)
        found = target.matching(name, parent, fields, (), numbered=True, where=work.prepared.inside(parent))
        doubled = target.doubled(name)
    take(f"doubled_{number}", DOUBLED, doubled, work)
    take(f"parents_{number}", [RECORD], found, work)
