"""Values to which rows refer. Where the database does not hand a change of them on, it refuses it,
and does not say for which record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from entrepot.importing.asking import KEYS, RECORD, columns, take
from entrepot.importing.request import Work
from entrepot.model.catalog import Catalog, Entity, EntityKind, Relation
from entrepot.model.changes import Target
from entrepot.model.drafts import OnConflict
from entrepot.model.matching import Matching, Referred, What
from entrepot.model.templates import Chunk
from entrepot.model.triggers import Event, firing

REFUSED = ("NO ACTION", "RESTRICT")


def referring(catalog: Catalog, entity: Entity, names: Sequence[str], matching: Matching) -> tuple[Relation, ...]:
    """The relations that lead to what an import may change. A trigger may change whoever refers to it."""
    writes = matching.rulings or matching.on_conflict not in (OnConflict.FAIL, OnConflict.SKIP)
    if not writes or matching.versions is not None or any(firing(entity.triggers, [Event.UPDATE])):
        return ()
    changed = {names[at] for at in matching.compared}
    return tuple(
        relation
        for relation in _leading_to(catalog, entity)
        if changed.intersection(relation.parent_fields) and set(names).issuperset(relation.parent_fields)
    )


def _leading_to(catalog: Catalog, entity: Entity) -> Iterator[Relation]:
    for other in catalog.entities:
        if other.kind is EntityKind.TABLE:
            for relation in other.relations:
                late = relation.declared or relation.initially_deferred
                if relation.parent == entity.name and relation.on_update in REFUSED and not late:
                    yield relation


def referred_by(catalog: Catalog, relations: Iterable[Relation], names: Sequence[str]) -> Iterator[Referred]:
    for relation in relations:
        other = catalog.entity(relation.entity)
        titles = ", ".join(other.field(name).title for name in relation.fields)
        fields = tuple(names.index(name) for name in relation.parent_fields)
        own = tuple(names.index(name) for name in relation.fields if name in names)
        is_own = relation.entity == relation.parent
        yield Referred(fields=fields, by=f"{other.title}.{titles}", own=own if is_own else None)


def take_referred(work: Work, target: Target, number: int, *, was_empty: bool) -> None:
    """The records whose values are referred to."""
    for what in (What.REFERRED, What.INSTEAD):
        found = () if was_empty else _found(work, target, what, number)
        take(f"{what}_{number}", [RECORD, *(f"k{at}" for at in range(len(_key(work, what, number))))], found, work)


def _key(work: Work, what: What, number: int) -> Sequence[str]:
    """Where the rows that refer may be changed by the file as well."""
    matching = work.prepared.matching
    own = what is What.REFERRED and matching.referred[number].own is not None
    return work.prepared.named(matching.key) if own else ()


def _found(work: Work, target: Target, what: What, number: int) -> Iterable[Chunk]:
    """By the types of the parent: a child may be too narrow for what it has."""
    relation, name = work.prepared.referring[number], f"{KEYS}_{what}_{number}"
    parent, child = work.prepared.entity, work.run.catalog.entity(relation.entity)
    if not target.keep_keys(name, parent, relation.parent_fields, work.emit(what, target, number), numbered=True):
        return ()
    return target.matching(name, child, relation.fields, columns(child, _key(work, what, number)), numbered=True)
