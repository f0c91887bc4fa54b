"""A worker inside the test."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from entrepot import Entrepot
from entrepot.bystanders import SystemClock
from entrepot.jobs.worker.claims import Claims
from entrepot.jobs.worker.loop import Loop
from entrepot.jobs.worker.running import Work
from entrepot.model.orders import DEFAULT_QUEUE
from entrepot.state import HERE, Elsewhere, open_state
from entrepot.use_cases.submissions import Manner
from entrepot.work import Works

BY_HAND = Manner(wake=False)
"""Nobody starts a worker by itself."""


def environment_of(folder: Path) -> dict[str, str]:
    return {**os.environ, "ENTREPOT_STATE": str(folder / "state")}


def service(folder: Path, db: str | None = None) -> Entrepot:
    return Entrepot(db or f"sqlite:///{folder / 'app.db'}", environment=environment_of(folder))


def drained(
    folder: Path,
    *,
    work: Work | None = None,
    places: int = 2,
    ready: Callable[[Loop], object] | None = None,
    elsewhere: Elsewhere = HERE,
) -> None:
    """Until nothing is left to do. `ready` is given the round before it begins."""
    home = folder / "state"
    with open_state(home, SystemClock(), elsewhere=elsewhere) as state, state.owning() as owner:
        loop = Loop(
            state=state,
            claims=Claims(state=state, owner=owner, queues=(DEFAULT_QUEUE,)),
            work=work or Works({"ENTREPOT_STATE": str(home)}, environment_of(folder)),
            places=places,
            idle_exit=0.0,
        )
        if ready is not None:
            ready(loop)
        loop.run()


def facts(told: Mapping[str, object] | None) -> Mapping[str, object]:
    assert told is not None
    return told
