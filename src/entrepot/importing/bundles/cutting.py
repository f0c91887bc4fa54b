"""Which tables of an import in batches are cut. Records that refer to each other, of one table or of several in a
circle, are not: a parent might be in a later batch than what refers to it. They come in by one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
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


def batches_of(circle: Sequence[Member]) -> Iterator[list[Member]]:
    """In their order."""
    prepared = circle[0].work.prepared
    if prepared.matching.batch_size is None:
        yield list(circle)
        return
    for span in spans(prepared.last, prepared.matching.batch_size):
        yield [_within(member, span) for member in circle]


def _within(member: Member, span: Span) -> Member:
    """What its records name others of the same import by was found before these were written: it may be another name
    by now."""
    prepared = member.work.prepared
    matching = replace(prepared.matching, scope=span)
    lookups = tuple(sought for sought in prepared.lookups if sought.lookup.beside is None)
    return replace(member, work=replace(member.work, prepared=replace(prepared, matching=matching, lookups=lookups)))
