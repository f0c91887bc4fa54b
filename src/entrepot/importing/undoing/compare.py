"""What the journal has beside what is there now: the fate of every row."""

from __future__ import annotations

from dataclasses import replace

from entrepot.importing.asking import KEYS, Asking, columns, take
from entrepot.importing.undoing.job import Undoing
from entrepot.importing.undoing.referring import Child, Parent, newest_in
from entrepot.importing.versions.numbering import is_newest
from entrepot.model.catalog import Entity
from entrepot.model.changes import Target
from entrepot.model.journals import Part
from entrepot.model.selection import Column
from entrepot.model.undoing import BackPart, Claim, Settled, kin


def compared(undoing: Undoing, target: Target) -> Settled:
    """What stands in the way is looked for only where rows would become what they were."""
    for entity in undoing.changed:
        undoing.run.reporter.phase(f"Comparing with {entity.title}")
        for part in undoing.parts:
            if part.entity == entity.name:
                take_now(undoing, entity, target, part)
                undoing.bench.compare(part)
    for child in undoing.standing.children:
        _take_children(undoing, target, child)
    for claim in undoing.standing.claims:
        _take_holders(undoing, target, claim)
    for parent in undoing.standing.parents:
        _take_parents(undoing, target, parent)
    return settled(undoing)


def settled(undoing: Undoing) -> Settled:
    """With what stays by now."""
    return undoing.bench.hold_back(undoing.parts, undoing.standing.beside)


def take_now(work: Asking, entity: Entity, target: Target, part: BackPart) -> None:
    """The rows that have the journal's keys, as the database compares them: each says which one it has."""
    table = part.table("before" if part.part is Part.UPDATED else "journal")
    key = tuple(part.columns[at] for at in part.key)
    keys = work.bench.give(table, ("n", *part.named(part.key)), null=target.null)
    target.keep_keys(KEYS, entity, key, keys, numbered=True)
    wanted = columns(entity, (*part.columns, *part.new))
    found = target.matching(KEYS, entity, key, wanted, numbered=True)
    take(part.table("now"), ("key", *part.names, *part.new_names), found, work)


def _take_children(undoing: Undoing, target: Target, child: Child) -> None:
    """Who refers to whom is the database's affair, however they spell it."""
    one = child.blocking
    created = undoing.parts[one.of]
    named = created.named(created.numbers(one.referred))
    referred = undoing.bench.back(created, ("n", *named), null=target.null)
    target.keep_keys(KEYS, undoing.entity(created), one.referred, referred, numbered=True)
    names = ["of", *(f"p{at}" for at in range(len(one.fields))), *_kin_names(undoing, child.entity)]
    wanted = (*columns(child.entity, one.fields), *_kin(undoing, child.entity))
    found = target.matching(KEYS, child.entity, one.fields, wanted, numbered=True)
    take(f"children_{one.number}", names, found, undoing)
    take(f"same_{one.number}", ("of", "first"), target.doubled(KEYS), undoing)


def _take_holders(undoing: Undoing, target: Target, claim: Claim) -> None:
    """The rows that have what others want back."""
    part = undoing.parts[claim.of]
    entity, numbers = undoing.entity(part), part.numbers(claim.fields)
    wanted = undoing.bench.wanted(part, part.named(numbers), changed=numbers, null=target.null)
    target.keep_keys(KEYS, entity, claim.fields, wanted, numbered=True)
    where = is_newest(entity) if claim.fields in newest_in(entity) else None
    found = target.matching(KEYS, entity, claim.fields, _kin(undoing, entity), numbered=True, where=where)
    take(f"holders_{claim.number}", ["of", *_kin_names(undoing, entity)], found, undoing)


def _take_parents(undoing: Undoing, target: Target, parent: Parent) -> None:
    """What is equal is the database's affair, so it says which are."""
    need, relation = parent.need, parent.relation
    wanted = undoing.bench.references(need, undoing.parts, null=target.null)
    target.keep_keys(KEYS, parent.entity, relation.parent_fields, wanted, numbered=True)
    found = target.matching(KEYS, parent.entity, relation.parent_fields, (), numbered=True)
    take(f"there_{need.number}", ("of",), found, undoing)
    take(f"alike_{need.number}", ("of", "first"), target.doubled(KEYS), undoing)


def _kin(undoing: Undoing, entity: Entity) -> tuple[Column, ...]:
    """Under names of their own, because one field can be part of several keys."""
    found = ((name, columns(entity, (field,))) for name, field in kin(undoing.parts, entity.name))
    return tuple(replace(column, name=f"own {name}") for name, (column,) in found)


def _kin_names(undoing: Undoing, entity: Entity) -> list[str]:
    return [name for name, _ in kin(undoing.parts, entity.name)]
