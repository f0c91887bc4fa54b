"""A worker inside the test."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

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


@contextmanager
def at_work(folder: Path, *, work: Work | None = None) -> Iterator[None]:
    """A worker in a thread, which stays for the block."""
    begun: Queue[Loop] = Queue()

    def ready(loop: Loop) -> None:
        loop.idle_exit = None
        begun.put(loop)

    thread = threading.Thread(target=drained, args=(folder,), kwargs={"ready": ready, "work": work})
    thread.start()
    loop = begun.get(timeout=60)
    try:
        yield
    finally:
        loop.stop()
        thread.join()


def workers(home: Path, state: str = "state") -> list[int]:
    """The processes that work for this folder."""
    wanted = f"ENTREPOT_STATE={home / state}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            ours = wanted in (process / "environ").read_bytes().split(b"\0")
            if ours and b"worker" in (process / "cmdline").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def facts(told: Mapping[str, object] | None) -> Mapping[str, object]:
    assert told is not None
    return told
