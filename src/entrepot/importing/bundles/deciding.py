"""What becomes of the records of all tables: each is decided about when those are that it refers to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from entrepot.importing.bundles.members import Member
from entrepot.importing.estimate import Taken
from entrepot.importing.look import planned
from entrepot.importing.match import match
from entrepot.model.changes import Target
from entrepot.model.matching import Decided
from entrepot.model.plans import ImportPlan


@dataclass(frozen=True, kw_only=True)
class Settled:
    """About one part."""

    member: Member
    decided: Decided
    taken: Taken

    def plan(self) -> ImportPlan:
        return planned(self.member.work, self.decided)


def decide(members: Iterable[Member], target: Target) -> list[Settled]:
    return [_decided(member, target) for member in members]


def _decided(member: Member, target: Target) -> Settled:
    clock = member.work.run.clock
    began = clock.monotonic()
    decided = match(member.work, target)
    bring(member)
    taken = replace(member.taken, comparing=clock.monotonic() - began)
    return Settled(member=member, decided=decided, taken=taken)


def again(member: Member) -> Decided:
    """Records that it refers to turned out to fail; the rows are those that were found before."""
    prepared = member.work.prepared
    decided = member.work.bench.decide(prepared.fields, prepared.matching)
    bring(member)
    return decided


def bring(member: Member) -> None:
    """For those who refer to it."""
    prepared = member.work.prepared
    for number, columns in enumerate(member.brings):
        member.work.bench.bring(prepared.fields, prepared.matching, number, columns)


def digest_of(plans: Sequence[ImportPlan]) -> str:
    return hashlib.sha256(msgspec.json.encode([plan.digest for plan in plans])).hexdigest()
