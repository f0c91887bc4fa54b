"""What becomes of the records of all tables: each is decided about when those are that it refers to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import msgspec

from entrepot.importing.bundles.members import Member
from entrepot.importing.estimate import Taken
from entrepot.importing.journal import JournalWriter
from entrepot.importing.lanes import MAPPED, named
from entrepot.importing.look import planned
from entrepot.importing.match import decide as decide_one
from entrepot.importing.match import meet
from entrepot.importing.mirroring.leaving import Going, leaving, walking
from entrepot.importing.mirroring.walk import Walk
from entrepot.model.changes import Target
from entrepot.model.errors import InputError
from entrepot.model.matching import Decided
from entrepot.model.plans import ImportPlan

MOST = 1_000
"""Rounds: each is a look at all records of a circle."""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """About one part."""

    member: Member
    decided: Decided
    taken: Taken
    going: Going | None = None
    """Which rows of all tables go; None: none does."""
    journal: JournalWriter | None = None
    """Begun before anything is written, where rows go."""

    def plan(self) -> ImportPlan:
        lane = named(MAPPED, exclusive=bool(self.member.moved))
        return replace(planned(self.member.work, self.decided), lane=lane, locks=self.member.locks)


def decide(members: Sequence[Member], target: Target) -> list[Settled]:
    """What goes is known when it is for all of them what their records name."""
    walk = walking([member.work for member in members], target)
    met = [_met(member, walk, target) for member in members]
    going = leaving(walk) if walk else None
    found: list[Settled] = []
    for _, some in groupby(met, lambda member: member.circle):
        circle = list(some)
        if len(circle) > 1:
            for member in circle:
                hope(member)
        decided = [_decided(member, target, going) for member in circle]
        found += settle_circle(decided) if len(circle) > 1 else decided
    return found


def settle_circle(circle: Sequence[Settled]) -> list[Settled]:
    """Each was decided about as if all records of the others came in; who fails lets down whoever refers to it, until
    nobody more does."""
    now = list(circle)
    for _ in range(MOST):
        before = [one.decided.digest for one in now]
        for at, one in enumerate(now):
            now[at] = replace(one, decided=again(one))
        if [one.decided.digest for one in now] == before:
            return now
    raise InputError(
        "references_too_long",
        f"More than {MOST:,} records of {now[0].member.title} and of others refer to each other one by one, and fail.",
        remedy="Correct the first record that fails, and look again.",
    )


def hope(member: Member) -> None:
    """Before anything is decided: whatever is not wrong by itself may come in."""
    prepared = member.work.prepared
    for number, columns in enumerate(member.brings):
        member.work.bench.bring(prepared.fields, prepared.matching, number, columns, decided=False)


def _met(member: Member, walk: Walk | None, target: Target) -> Member:
    clock = member.work.run.clock
    began = clock.monotonic()
    meet(member.work, target, walk)
    return replace(member, taken=replace(member.taken, comparing=clock.monotonic() - began))


def _decided(member: Member, target: Target, going: Going | None) -> Settled:
    clock = member.work.run.clock
    began = clock.monotonic()
    decided = decide_one(member.work, target, going)
    bring(member)
    taken = replace(member.taken, comparing=member.taken.comparing + clock.monotonic() - began)
    return Settled(member=member, decided=decided, taken=taken, going=going)


def again(one: Settled) -> Decided:
    """Records that it refers to turned out to fail; the rows are those that were found before."""
    prepared = one.member.work.prepared
    decided = one.member.work.bench.decide(prepared.fields, prepared.matching)
    bring(one.member)
    return one.going.told(decided, prepared.entity) if one.going else decided


def bring(member: Member) -> None:
    """For those who refer to it."""
    prepared = member.work.prepared
    for number, columns in enumerate(member.brings):
        member.work.bench.bring(prepared.fields, prepared.matching, number, columns)


def digest_of(plans: Sequence[ImportPlan]) -> str:
    return hashlib.sha256(msgspec.json.encode([plan.digest for plan in plans])).hexdigest()
