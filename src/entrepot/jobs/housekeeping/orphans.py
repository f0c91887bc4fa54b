"""Stored files that no record knows. A process that died between the two leaves one; so do records that were lost,
and then the file is what is left of it. Another installation may have put it there, too: it goes only if somebody says
so, and never while it may be on its way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from entrepot.model.cleanup import ORPHAN, Gone
from entrepot.model.identifiers import made_at
from entrepot.model.ports import Cancel
from entrepot.state import State

ON_ITS_WAY = timedelta(days=2)
"""A file is stored before its record is; a large one takes a while."""


def orphans(state: State) -> tuple[Gone, ...]:
    """The files first: what is stored meanwhile has a record when these are asked for."""
    sizes, before = state.artifacts.sizes(), state.ledger.records.now() - ON_ITS_WAY
    known = state.ledger.artifacts.known() | {one.id for one in state.ledger.removals.undone()}
    strange = ((it, made_at(it)) for it in sorted(sizes.keys() - known))
    return tuple(Gone(kind=ORPHAN, id=it, bytes=sizes[it], since=at) for it, at in strange if at < before)


def drop_orphans(state: State, found: Iterable[Gone], cancel: Cancel) -> Iterator[Gone]:
    for one in found:
        cancel.check()
        state.artifacts.delete(one.id)
        yield one
