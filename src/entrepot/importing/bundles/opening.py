"""The tables of an import, from the files to what can be decided about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from entrepot.importing.bundles.alone import asked_alone, would_wait
from entrepot.importing.bundles.asks import asks_of
from entrepot.importing.bundles.circles import Means, holding_back
from entrepot.importing.bundles.cutting import cut
from entrepot.importing.bundles.members import Member, Read, linked, member_of, read
from entrepot.importing.bundles.order import leads_of, named_in, ordered
from entrepot.importing.bundles.parts import Part, check_parts
from entrepot.importing.own_ids.resolving import Table, resolved
from entrepot.importing.request import Run
from entrepot.model.bench import Bench


def members_of(parts: Sequence[Part], run: Run, bench: Bench) -> tuple[Member, ...]:
    """Numbered by the names of their entities: the order in which files are named changes nothing."""
    entities = check_parts(parts)
    sorted_parts = [parts[at] for at in sorted(range(len(parts)), key=entities.__getitem__)]
    found = [read(part, bench, number) for number, part in enumerate(sorted_parts, start=1)]
    leads = leads_of([one.prepared for one in found], run.catalog)
    circles = ordered(len(found), leads, named_in([one.prepared for one in found]))
    order = [at for circle in circles for at in circle]
    found = _with_own_ids(found, order)
    judged = _judged(found, order)
    late = [lead for lead in leads if order.index(lead.child) < order.index(lead.parent)]
    asks = asks_of([judged[at].work.prepared for at in range(len(found))], leads)
    members = [
        replace(linked(judged[at], at, judged, leads, asks), circle=number)
        for number, circle in enumerate(circles)
        for at in circle
    ]
    members = _alone(list(cut(members)), run)
    means = Means(writing=run.engine.writing, would_wait=partial(would_wait, members=members, run=run))
    return tuple(
        holding_back(member, [lead for lead in late if lead.child == at], members, means)
        for at, member in zip(order, members, strict=True)
    )


def _alone(members: Sequence[Member], run: Run) -> list[Member]:
    """With the keys that are moved out of the way, if that was asked for."""
    found = asked_alone(members, run)
    moved = {
        member.entity.name: tuple(key for key in found.keys if key.entity == member.entity.name) for member in members
    }
    return [
        replace(member, moved=keys, locks=found.locked if keys else ())
        for member in members
        for keys in (moved[member.entity.name],)
    ]


def _with_own_ids(found: Sequence[Read], order: Sequence[int]) -> list[Read]:
    tables = [Table(prepared=found[at].prepared, run=found[at].part.run, bench=found[at].bench) for at in order]
    prepared = dict(zip(order, resolved(tables), strict=True))
    return [replace(one, prepared=prepared[at]) for at, one in enumerate(found)]


def _judged(found: Sequence[Read], order: Sequence[int]) -> dict[int, Member]:
    """By their places; parents first."""
    before: dict[str, Read] = {}
    judged: dict[int, Member] = {}
    for at in order:
        judged[at] = member_of(found[at], before)
        before[found[at].prepared.entity.name] = found[at]
    return judged
