"""Stored files whose time is over: first their records go, then the files; whoever dies in between is followed by
somebody who finds what is left to do written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from entrepot.ledger.topics import Ledger
from entrepot.model.cleanup import Removal
from entrepot.storage.artifacts import ArtifactStore

AT_OPENING = 100
"""So many go when the folder is opened, where they lie in it: nobody waits long for it."""


def remove_expired(ledger: Ledger, artifacts: ArtifactStore, until: datetime) -> Iterator[Removal]:
    """What was over by then, and whatever somebody else has left half done."""
    finish(ledger, artifacts)
    while gone := ledger.removals.take_expired(until):
        finish(ledger, artifacts)
        yield from gone


def finish(ledger: Ledger, artifacts: ArtifactStore) -> None:
    """The files of records that are gone."""
    for one in ledger.removals.undone():
        artifacts.delete(one.id)
        ledger.removals.done([one.id])


def remove_some(ledger: Ledger, artifacts: ArtifactStore) -> None:
    """In passing, of what had expired when somebody looked before, too: the clock may be wrong just now."""
    if ledger.removals.expired(ledger.records.now(), 1) and (until := ledger.removals.look()):
        ledger.removals.take_expired(until, AT_OPENING)
        finish(ledger, artifacts)
