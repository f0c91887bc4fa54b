"""Which tables of an import in batches are cut. Records that refer to each other, of one table or of several in a
circle, are not: a parent might be in a later batch than what refers to it. They come in by one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from entrepot.importing.batches import own_references, spans
from entrepot.importing.bundles.members import Member
from entrepot.importing.isolating import matched
from entrepot.model.matching import Span


def cut(members: Sequence[Member]) -> Iterator[Member]:
    """What a batch may count on differs from what a whole table may."""
    circles = Counter(member.circle for member in members)
    for member in members:
        matching = member.work.prepared.matching
        if circles[member.circle] > 1 or own_references(member.work.prepared):
            yield replace(member, work=matched(member.work, replace(matching, batch_size=None)))
        else:
            yield member


def batches_of(circle: Sequence[Member], written: Set[str]) -> Iterator[list[Member]]:
    """In their order. `written`: the entities whose records came in before, by transactions of their own."""
    prepared = circle[0].work.prepared
    size = prepared.matching.batch_size
    for span in spans(prepared.last, size) if size is not None else [None]:
        yield [_within(member, span, written) for member in circle]


def _within(member: Member, span: Span | None, written: Set[str]) -> Member:
    """What its records name others of the same import by was found, and looked at again, before these were written: it
    may be another name by now."""
    prepared = member.work.prepared
    matching = replace(prepared.matching, scope=span) if span else prepared.matching
    lookups = tuple(sought for sought in prepared.lookups if sought.parent.name not in written)
    return replace(member, work=replace(member.work, prepared=replace(prepared, matching=matching, lookups=lookups)))
