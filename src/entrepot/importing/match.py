"""The file's keys go to the database, the rows that have them come back, and every record is decided about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from entrepot.importing.asking import DOUBLED, KEYS, RECORD, columns, take
from entrepot.importing.attachments.tenants import holders, of_others
from entrepot.importing.looking_up import check_found
from entrepot.importing.mirroring.leaving import Going, leaving, take_named, walking, without_rows
from entrepot.importing.mirroring.walk import Walk
from entrepot.importing.own_ids.checking import check_own
from entrepot.importing.request import Work
from entrepot.importing.spelling import is_spelled_variously
from entrepot.importing.unique import without_doubles
from entrepot.importing.versions.histories import besides, table_of
from entrepot.model.catalog import Entity
from entrepot.model.changes import Target
from entrepot.model.matching import Decided, What
from entrepot.model.predicates import Predicate
from entrepot.model.templates import Chunk


def match(work: Work, target: Target, *, was_empty: bool = False) -> Decided:
    """What must be done anew in each transaction; everything before depends on the file alone. `was_empty`: whatever
    rows the entity has now are those of the file."""
    walk = walking([work], target)
    meet(work, target, walk, was_empty=was_empty)
    return decide(work, target, leaving(walk) if walk else None, was_empty=was_empty)


def meet(work: Work, target: Target, walk: Walk | None, *, was_empty: bool = False) -> None:
    """The rows that the records name."""
    prepared = work.prepared
    work.run.reporter.phase(f"Comparing with {prepared.entity.title}")
    check_found(work, target)
    for number in range(len(prepared.matching.unique)):
        _take_taken(work, target, number)
    if prepared.matching.key:
        _take_existing(work, target, was_empty=was_empty)
        check_own(work, target)
    if walk is not None:
        take_named(walk, work)


def decide(work: Work, target: Target, going: Going | None, *, was_empty: bool = False) -> Decided:
    """When all are known that go."""
    look_for_parents(work, target, going, was_empty=was_empty)
    decided = _decided(work, target, going, was_empty=was_empty)
    return going.told(decided, work.prepared.entity) if going else decided


def look_for_parents(work: Work, target: Target, going: Going | None, *, was_empty: bool = False) -> None:
    for number in range(len(work.prepared.relations)):
        _take_parents(work, target, number, going, was_empty=was_empty)


def _decided(work: Work, target: Target, going: Going | None, *, was_empty: bool) -> Decided:
    prepared = work.prepared
    if prepared.matching.others or prepared.matching.referred:
        return without_doubles(work, target, going, was_empty=was_empty)
    return work.bench.decide(prepared.fields, prepared.matching)


def _take_existing(work: Work, target: Target, *, was_empty: bool) -> None:
    """Keys that equal each other are only looked for where their texts may not say it, and once in the whole file."""
    prepared, entity = work.prepared, work.prepared.entity
    key, compared = prepared.named(prepared.matching.key), prepared.named(prepared.matching.compared)
    names = [f"k{n}" for n in range(len(key))] + [f"b{n}" for n in range(len(compared))]
    more = besides(prepared)
    found: Iterable[Chunk] = ()
    doubled: Iterable[Chunk] = ()
    is_empty = was_empty or target.is_empty(entity)
    if not is_empty or any(is_spelled_variously(entity.field(name)) for name in key):
        target.keep_keys(KEYS, entity, key, work.emit(What.KEYS, target), numbered=True)
        doubled = target.doubled(KEYS)
    if not is_empty:
        wanted, own = (*columns(entity, (*key, *compared)), *more), prepared.inside(entity)
        found = target.matching(KEYS, entity, key, wanted, numbered=True, where=own)
    if prepared.matching.scope is None:
        take("doubled", DOUBLED, doubled, work)
    take(table_of(prepared), [RECORD, *names, *(column.name for column in more)], found, work)


def _take_taken(work: Work, target: Target, number: int) -> None:
    """The records whose key somebody else has."""
    numbers = work.prepared.matching.unique[number]
    found: list[Iterable[Chunk]] = []
    doubled: list[Iterable[Chunk]] = []
    for at, (entity, key, others) in enumerate(_holders(work, number)):
        if not target.is_empty(entity):
            name = f"{KEYS}_taken_{number}_{at}"
            target.keep_keys(name, entity, key, work.emit(What.KEYS, target, columns=numbers), numbered=True)
            found.append(target.matching(name, entity, key, (), numbered=True, where=others))
            doubled.append(target.doubled(name))
    take(f"doubled_taken_{number}", DOUBLED, chain.from_iterable(doubled), work)
    take(f"taken_{number}", [RECORD], chain.from_iterable(found), work)


def _holders(work: Work, number: int) -> Iterator[tuple[Entity, tuple[str, ...], Predicate | None]]:
    """The fields whose values cannot be used where they are somebody else's, and which rows these are. A file may be
    pointed to by rows of other entities, too."""
    prepared, entity = work.prepared, work.prepared.entity
    key, tenancy = prepared.named(prepared.matching.unique[number]), prepared.tenancy
    if tenancy is None:
        return
    field = entity.field(key[0])
    if len(key) > 1 or not field.file:
        yield entity, key, tenancy.outside(entity)
        return
    for holder, other in holders(field, work.run.catalog):
        yield holder, (other.name,), of_others(holder, other, tenancy)


def _take_parents(work: Work, target: Target, number: int, going: Going | None, *, was_empty: bool) -> None:
    relation = work.prepared.relations[number]
    parent, fields = work.run.catalog.entity(relation.parent), relation.parent_fields
    found: Iterable[Chunk] = ()
    doubled: Iterable[Chunk] = ()
    elsewhere = work.prepared.matching.references[number].elsewhere
    lost = going.table_of(parent) if going else None
    is_empty = (was_empty and parent == work.prepared.entity) or target.is_empty(parent)
    if not is_empty or (elsewhere is not None and elsewhere.asked):
        name = f"{KEYS}_{number}"
        target.keep_keys(name, parent, fields, work.emit(What.REFERENCE, target, number), numbered=True)
        told = columns(parent, lost.key if lost else ())
        found = target.matching(name, parent, fields, told, numbered=True, where=work.prepared.inside(parent))
        doubled = target.doubled(name)
    take(f"doubled_{number}", DOUBLED, doubled, work)
    take(f"parents_{number}", [RECORD, *(lost.key_names if lost else ())], found, work)
    if lost:
        without_rows(work, f"parents_{number}", [*lost.key_names, RECORD], lost)
