"""Unique keys besides the one by which rows are found: whose values two records would give, or another row has.

Only records that would be written are asked about, and only where they bring a value that their row has not yet. What
is equal is for the database to say, so the values go there, unless there are no rows and their texts say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from entrepot.importing.asking import DOUBLED, KEYS, RECORD, columns, take
from entrepot.importing.mirroring.leaving import Going, without_rows
from entrepot.importing.referred import take_referred
from entrepot.importing.request import Work
from entrepot.importing.spelling import is_spelled_variously
from entrepot.model.catalog import Entity
from entrepot.model.changes import Target
from entrepot.model.matching import Decided, Unique, What
from entrepot.model.templates import Chunk
from entrepot.model.unique_keys import unique_in


def unique_keys(entity: Entity, names: Sequence[str], key: Sequence[str]) -> tuple[Unique, ...]:
    """Those that the file fills whole. Rows that differ in the key by which they are found differ in whatever holds
    that key, and in what holds another unique one."""
    found: list[tuple[str, ...]] = []
    for fields in sorted(filter(None, dict.fromkeys(unique_in(entity))), key=len):
        known = [set(one) for one in (key, *found) if one]
        if set(fields) <= set(names) and not any(one <= set(fields) for one in known):
            found.append(fields)
    return tuple(
        Unique(
            fields=tuple(names.index(name) for name in fields),
            titles=tuple(entity.field(name).title for name in fields),
            holder=tuple(entity.field(name).title for name in told_by(entity, key)),
            deferrable=_is_deferrable(entity, fields),
        )
        for fields in found
    )


def _is_deferrable(entity: Entity, fields: Sequence[str]) -> bool:
    """By the engine's own words; the others have no such keys."""
    ddl = [entity.primary_key_ddl] if entity.primary_key == fields else []
    ddl += [key.ddl for key in entity.keys if key.fields == fields]
    return bool(ddl) and all(" DEFERRABLE" in (text or "") and "NOT DEFERRABLE" not in (text or "") for text in ddl)


def without_doubles(work: Work, target: Target, going: Going | None, *, was_empty: bool) -> Decided:
    """What is decided, where records would be written that may give a value twice."""
    fields, matching = work.prepared.fields, work.prepared.matching
    work.bench.begin(fields, matching)
    asked = [_asked(work, target, number, going, was_empty) for number in range(len(matching.others))]
    for number in range(len(matching.referred)):
        take_referred(work, target, number, was_empty=was_empty)
    return work.bench.settle(fields, matching, tuple(number for number, it in enumerate(asked) if not it))


def _asked(work: Work, target: Target, number: int, going: Going | None, was_empty: bool) -> bool:
    """Whether the database was: not where the texts say it all."""
    prepared, entity = work.prepared, work.prepared.entity
    fields, name = prepared.named(prepared.matching.others[number].fields), f"{KEYS}_{What.UNIQUE}_{number}"
    is_empty = was_empty or target.is_empty(entity)
    asked = not is_empty or any(is_spelled_variously(entity.field(field)) for field in fields)
    doubled: Iterable[Chunk] = ()
    found: Iterable[Chunk] = ()
    if asked:
        target.keep_keys(name, entity, fields, work.emit(What.UNIQUE, target, number), numbered=True)
        doubled = target.doubled(name)
    take(f"{What.UNIQUE}_doubled_{number}", DOUBLED, doubled, work)
    if not is_empty:
        told = (*prepared.named(prepared.matching.key), *told_by(entity, prepared.named(prepared.matching.key)))
        own = prepared.inside(entity)
        found = target.matching(name, entity, fields, columns(entity, told), numbered=True, where=own)
    take(f"{What.UNIQUE}_{number}", [RECORD, *holder_names(work)], found, work)
    lost = going.before(entity) if going else None
    if lost and tuple(told_by(entity, prepared.named(prepared.matching.key))) == lost.key:
        keyed = sorted(holder_names(work), key=lambda name: not name.startswith("h"))
        without_rows(work, f"{What.UNIQUE}_{number}", [*keyed, RECORD], lost)
    return asked


def told_by(entity: Entity, key: Sequence[str]) -> Sequence[str]:
    """The fields by which people are told of a row."""
    return entity.primary_key or key


def holder_names(work: Work) -> list[str]:
    key = work.prepared.named(work.prepared.matching.key)
    told = told_by(work.prepared.entity, key)
    return [*(f"k{at}" for at in range(len(key))), *(f"h{at}" for at in range(len(told)))]
