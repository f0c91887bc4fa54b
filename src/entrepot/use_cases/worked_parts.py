"""Large exports that several workers make: the parts of one, as its worker offers them and as any worker makes them."""

from __future__ import annotations

from functools import partial

from entrepot.adapters import Adapters
from entrepot.exporting.fanned import ROWS
from entrepot.jobs.part_files import keep_part, opened_part
from entrepot.jobs.worker.fabric import LedgerFabric
from entrepot.jobs.worker.running import Attempt
from entrepot.jobs.worker.telling import Telling
from entrepot.model.errors import BugError
from entrepot.model.fabric import Fan, Making, PartRecord, SharesRows
from entrepot.model.ports import Engine
from entrepot.model.records import Document
from entrepot.state import State

PLACE = "place"
"""Which database, as orders say it: nothing secret is in it."""


def fan_of(attempt: Attempt, adapters: Adapters) -> Fan | None:
    """None: nobody else could make a part."""
    rows = adapters.loaded.settings.work.part_rows
    if rows < 1 or not attempt.state.ledger.home.several:
        return None
    fabric = LedgerFabric(
        state=attempt.state,
        job=attempt.job,
        cancel=attempt.cancel,
        common={PLACE: attempt.order.request[PLACE]},
        elsewhere=attempt.reporter.elsewhere if isinstance(attempt.reporter, Telling) else lambda _rows: None,
    )
    return Fan(fabric=fabric, opened=partial(opened_part, attempt.state), rows=rows)


def made_part(state: State, part: PartRecord, making: Making, engine: Engine) -> Document:
    if part.function != ROWS or not isinstance(engine, SharesRows):
        raise BugError("unknown_part", f"No worker can make a part of the kind '{part.function}' from {engine.name}.")
    with engine.share(part.spec) as read, making.cancel.on_cancel(read.cancel):
        return keep_part(state, read.chunks(), making.progress)
