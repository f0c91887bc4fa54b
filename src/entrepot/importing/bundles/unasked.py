"""Parents that were made for records of which none comes in, because they fail or are skipped: these are left out, too.

Whether records come in is known last of all: parents go first, and whatever refers to one of them is decided about as
if it came in. So it may go when nobody needs it, and nothing else is changed by that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from entrepot.importing.bundles.deciding import Settled
from entrepot.importing.isolating import matched


def without_unasked(settled: Sequence[Settled]) -> list[Settled]:
    """In a circle they stay: there, others would be decided about anew."""
    circles = Counter(one.member.circle for one in settled)
    return [_without(one) if is_made(one) and circles[one.member.circle] == 1 else one for one in settled]


def is_made(one: Settled) -> bool:
    return one.member.work.prepared.request.made is not None


def _without(one: Settled) -> Settled:
    work = one.member.work
    prepared = work.prepared
    if not work.bench.leave_unasked(prepared.fields, prepared.matching, one.member.asked):
        return one
    work = matched(work, replace(prepared.matching, unasked=True))
    decided = work.bench.decide(prepared.fields, work.prepared.matching)
    return replace(one, member=replace(one.member, work=work), decided=decided)
