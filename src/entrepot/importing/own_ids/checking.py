"""Within the transaction that writes: what an id was found to be, it must still be."""

from __future__ import annotations

from entrepot.importing.looking_up import take_found
from entrepot.importing.request import Work
from entrepot.model.changes import Target
from entrepot.model.errors import ChangedError
from entrepot.model.matching import Span


def check_own(work: Work, target: Target) -> None:
    """After the rows that the keys of the file meet were found."""
    own = work.prepared.own
    if own is None or own.key is None:
        return
    changed = work.bench.check_own(own.key)
    if not changed and own.natural is not None:
        work.bench.seek_parents(own.natural.lookup, Span(first=1, last=work.prepared.last))
        take_found(own.natural, work, target)
        changed = work.bench.compare_parents(own.natural.lookup)
    if changed:
        raise ChangedError(
            "ids_changed",
            f"Since the file was read, rows of {work.prepared.entity.title} that its ids mean have come or gone, so"
            " nothing was written.",
            remedy="Import it again.",
        )
