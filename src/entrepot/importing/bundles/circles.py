"""Tables that refer to each other in a circle: what is written before something that it refers to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from entrepot.importing.bundles.members import Member
from entrepot.importing.bundles.order import Lead
from entrepot.importing.changes import identity
from entrepot.model.catalog import Relation
from entrepot.model.changes import Waits, Writing
from entrepot.model.drafts import Errors
from entrepot.model.errors import InputError

ONE_FIRST = "Import one of them first, without the references to the others, and add these by an update."
ALONE = "Keep everybody else out of these tables meanwhile, so that all references are checked in the end: --exclusive."


@dataclass(frozen=True, kw_only=True)
class Means:
    """What the database offers."""

    writing: Writing
    would_wait: Callable[[Relation], bool]
    """Whether the exclusive lane would take the key away until the end."""


def holding_back(member: Member, late: Sequence[Lead], members: Sequence[Member], means: Means) -> Member:
    """What refers to a part that is written later: the database looks when all is written, or it is filled then."""
    prepared, writing = member.work.prepared, means.writing
    relations = [prepared.relations[lead.reference] for lead in late]
    relations = [relation for relation in relations if not (relation.declared or relation in member.moved)]
    if prepared.request.errors is not Errors.SKIP:
        here = [relation for relation in relations if not _can_wait(relation, member, writing)]
    else:
        here = relations  # single records are tried, which looks at once
    held = dict.fromkeys(name for relation in here for name in _held(relation, member, members, means))
    work = replace(member.work, prepared=replace(prepared, held=tuple(held)))
    return replace(member, work=work, waits=len(here) < len(relations))


def late_keys(members: Sequence[Member], writing: Writing) -> tuple[Relation, ...]:
    """Those that are looked up all at once because tables of a circle have to wait for each other."""
    if writing.waits is not Waits.LAST:
        return ()
    waiting = {member.circle for member in members if member.waits}
    first = next((at for at, member in enumerate(members) if member.circle in waiting), len(members))
    return tuple(relation for member in members[first:] for relation in member.entity.relations)


def _can_wait(relation: Relation, member: Member, writing: Writing) -> bool:
    if writing.waits is Waits.LAST:
        return not (_empty_at_first(relation, member) and _is_found_again(member))
    return writing.waits is Waits.ALL or (writing.waits is Waits.DEFERRABLE and relation.deferrable)


def _empty_at_first(relation: Relation, member: Member) -> list[str]:
    prepared, key = member.work.prepared, identity(member.entity)
    fixed = {*key, *prepared.named(prepared.matching.key)}
    return [name for name in relation.fields if member.entity.field(name).nullable and name not in fixed]


def _is_found_again(member: Member) -> bool:
    """By its primary key."""
    key = identity(member.entity)
    given = {field.name for field in member.work.prepared.fields if field.required or field.constant is not None}
    return bool(key) and given.issuperset(key)


def _held(relation: Relation, member: Member, members: Sequence[Member], means: Means) -> list[str]:
    """The fields that are empty at first."""
    found = _empty_at_first(relation, member)
    if found and _is_found_again(member):
        return found
    circle = [one.entity.title for one in members if one.circle == member.circle]
    why = f"{', '.join(relation.fields)} of {member.entity.title} can neither be empty at first nor be checked later"
    if found:
        why = f"the file has no complete primary key of {member.entity.title}, by which its rows are found again"
    raise InputError(
        "references_in_circle",
        f"The tables refer to each other in a circle, {' → '.join([*circle, circle[0]])}, and {why}.",
        remedy=ALONE if means.would_wait(relation) else ONE_FIRST,
    )
