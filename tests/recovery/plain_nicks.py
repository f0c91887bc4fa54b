"""What becomes of nicks, which no two people may share, and in which order people are written: the part of the model
that is about several records at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from entrepot.model.drafts import Decision

if TYPE_CHECKING:
    from recovery.plain_import import Fate, Foretold, Wanted


def twice(foretold: Foretold) -> Iterator[int]:
    """Records whose nick an earlier one gives."""
    seen: set[str | None] = set()
    for number, fate in enumerate(foretold.fates):
        if gives(fate):
            nick = (fate.becomes or {})["nick"]
            if nick in seen:
                yield number
            seen.add(nick)


def taken(foretold: Foretold) -> Iterator[int]:
    """Records whose nick somebody has who keeps it."""
    for number, fate in enumerate(foretold.fates):
        holder = held_by(fate, foretold) if gives(fate) else None
        if holder is not None and giver(holder, foretold) is None:
            yield number


def stuck(foretold: Foretold, wanted: Wanted) -> set[int]:
    """Records for which there is no order: all new people come at once, and the others one after the other."""
    needs = {number: set(_needs(number, foretold, wanted)) for number in range(len(foretold.fates))}
    new = {number for number, fate in enumerate(foretold.fates) if fate.decision is Decision.CREATED}
    late: set[int] = set()
    while more := {number for number in needs.keys() - new - late if needs[number] & (new | late)}:
        late |= more
    return {number for number in new if needs[number] & late} | _in_circles(needs, new, late)


def _in_circles(needs: Mapping[int, set[int]], new: set[int], late: set[int]) -> set[int]:
    left = set(needs) - new
    while free := {number for number in left if not needs[number] & (left & late if number in late else left)}:
        left -= free
    return left


def _needs(number: int, foretold: Foretold, wanted: Wanted) -> Iterator[int]:
    fate, record = foretold.fates[number], wanted.records[number]
    holder = held_by(fate, foretold) if gives(fate) else None
    if holder is not None:
        found = giver(holder, foretold)
        yield from [] if found is None else [found]
    if fate.decision is Decision.UPDATED and record is not None:
        for other, its in enumerate(foretold.fates):
            if its.decision is Decision.CREATED and its.becomes and its.becomes["id"] == record.get("boss") is not None:
                yield other


def gives(fate: Fate) -> bool:
    if fate.becomes is None or fate.becomes["nick"] is None:
        return False
    return fate.met is None or fate.met["nick"] != fate.becomes["nick"]


def held_by(fate: Fate, foretold: Foretold) -> str | None:
    """The id of somebody else who has the nick."""
    nick, own = (fate.becomes or {})["nick"], fate.met["id"] if fate.met else None
    return next((row["id"] for row in foretold.world.people if row["nick"] == nick and row["id"] != own), None)


def giver(holder: str, foretold: Foretold) -> int | None:
    """The record that takes the holder's nick away."""
    for number, fate in enumerate(foretold.fates):
        if fate.becomes and fate.met and fate.met["id"] == holder and fate.becomes["nick"] != fate.met["nick"]:
            return number
    return None
