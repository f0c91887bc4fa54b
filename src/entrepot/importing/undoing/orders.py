"""In which order rows are taken back, of one entity or of several that refer to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from entrepot.importing.undoing.freeing import freed
from entrepot.importing.undoing.job import Undoing
from entrepot.importing.undoing.rings import rings
from entrepot.model.journals import Part
from entrepot.model.matching import Span
from entrepot.model.undoing import BackPart, Settled


class Way(StrEnum):
    DELETE = "delete"
    RESTORE = "restore"
    REINSERT = "reinsert"
    UNTIE = "untie"
    """Rows that go or change: what they refer to, or what must be unique, becomes empty, so that others can go or come
    first."""
    BRING = "bring"
    """Rows come back, such references empty."""
    TIE = "tie"
    """And get them."""


WAYS = {Part.CREATED: Way.DELETE, Part.UPDATED: Way.RESTORE, Part.REMOVED: Way.REINSERT}
PREPARING = frozenset({Way.UNTIE, Way.BRING})
"""After which no row is yet what it was."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Rows that are taken back at once."""

    part: BackPart
    way: Way
    span: Span | None = None
    """As they were lined up; None: all of the part."""
    fields: tuple[str, ...] = ()
    """References that are empty for a while."""


Turns = Sequence[tuple[bool | Part, ...]]
UP, DOWN = True, False
"""Children first, or parents."""
TURNS = (
    ((UP, Part.CREATED, Part.UPDATED), (DOWN, Part.REMOVED)),
    ((UP, Part.UPDATED), (UP, Part.CREATED), (DOWN, Part.REMOVED)),
    ((UP, Part.CREATED), (DOWN, Part.REMOVED), (DOWN, Part.UPDATED)),
    ((DOWN, Part.REMOVED), (DOWN, Part.UPDATED), (UP, Part.CREATED)),
    ((UP, Part.CREATED), (DOWN, Part.UPDATED, Part.REMOVED)),
)
"""First what goes, so that its keys are free for what comes back; or what refers to it; or what others refer to, before
what will refer to it, and before what they refer to now."""
FREED = (TURNS[3], TURNS[2])
"""Where each waits for another: what must be unique is empty for a while, or references are."""


@dataclass(frozen=True, kw_only=True)
class Orders:
    whole: list[list[Step]]
    """Each in which whole parts can be taken back; after the plain ones those that cut circles, of references alone and
    of whatever else rows wait for."""
    one_by_one: list[Step]
    """The one in which single rows are looked for."""


def orders(undoing: Undoing, settled: Settled) -> Orders:
    there = [part for part in undoing.parts if settled.back(part)]
    plain = list(_plain(there, TURNS))
    loose = rings(undoing.run.catalog, there)
    cutting = [cut(order, loose) for order in plain] if loose else []
    free = freed(undoing.run.catalog, there, loose)
    freeing = [cut(order, free) for order in _plain(there, FREED)] if free != loose else []
    return Orders(whole=[*plain, *cutting, *freeing], one_by_one=(freeing or cutting or plain)[0])


def _plain(there: Sequence[BackPart], several: Sequence[Turns]) -> Iterator[list[Step]]:
    for parts in dict.fromkeys(tuple(_sorted(there, turns)) for turns in several):
        yield [Step(part=part, way=WAYS[part.part]) for part in parts]


def _sorted(parts: Sequence[BackPart], turns: Turns) -> Iterator[BackPart]:
    down = list(dict.fromkeys(part.entity for part in parts))
    for up, *kinds in turns:
        for name in reversed(down) if up else down:
            for kind in kinds:
                yield from (part for part in parts if part.entity == name and part.part is kind)


def cut(order: Sequence[Step], loose: Mapping[int, tuple[str, ...]]) -> list[Step]:
    """What is loose is empty before anything goes; it is filled with the rest of a row, or after all came back."""
    tied = [replace(step, fields=loose[step.part.number]) for step in order if step.part.number in loose]
    first = [replace(step, way=Way.UNTIE) for step in tied if step.way is not Way.REINSERT]
    last = [replace(step, way=Way.TIE) for step in tied if step.way is Way.REINSERT]
    brought = {step.part.number: replace(step, way=Way.BRING) for step in last}
    return [*first, *(brought.get(step.part.number, step) for step in order), *last]
