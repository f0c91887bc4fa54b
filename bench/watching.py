"""What it costs to watch many jobs at once: processor time of the watching process alone."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from entrepot import Entrepot, ExportOptions
from entrepot.bystanders import SystemClock
from entrepot.jobs.orders.waking import at_hand
from entrepot.ledger.processes import this_process
from entrepot.model.lives import Life
from entrepot.state import open_state
from entrepot.use_cases.submissions import Manner

WATCHERS, SETTLING, SECONDS = 200, 3.0, 15.0
MOST = 0.05
CSV, BY_HAND = ExportOptions(format="csv"), Manner(wake=False)


def watched(folder: Path) -> list[tuple[str, float]]:
    """The part of a processor that it takes while nothing happens, and while every job goes on twice a second. Whoever
    waits for a job would start a worker if there seemed to be none."""
    home = folder / "watched"
    shop = Entrepot(f"sqlite:///{folder / 'app.db'}", environment={"ENTREPOT_STATE": str(home)})
    jobs = [shop.submit_export("tiny", options=CSV, manner=BY_HAND).id for _ in range(WATCHERS)]
    with at_hand(home, Life(process=this_process(), lease=3600), alone=True):
        idle = asyncio.run(_share(shop, jobs))
        with subprocess.Popen([sys.executable, "-m", "bench.watching", str(home), *jobs]) as writer:
            try:
                busy = asyncio.run(_share(shop, jobs))
            finally:
                writer.terminate()
    return [("nothing happens", idle), ("each goes on twice a second", busy)]


async def _share(shop: Entrepot, jobs: list[str]) -> float:
    """From when all of them are there."""
    there: set[str] = set()
    watching = [asyncio.create_task(_watch(shop, job, there)) for job in jobs]
    while len(there) < len(jobs):
        await asyncio.sleep(0.1)
    await asyncio.sleep(SETTLING)
    began, used = time.monotonic(), time.process_time()
    await asyncio.sleep(SECONDS)
    share = (time.process_time() - used) / (time.monotonic() - began)
    for each in watching:
        each.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    return share


async def _watch(shop: Entrepot, job: str, there: set[str]) -> None:
    async for _ in shop.awaited(job).events():
        there.add(job)


def _go_on(home: Path, jobs: list[str]) -> None:
    """As workers write it down: each job for itself."""
    with open_state(home, SystemClock()) as state, state.owning() as owner:
        mine = [state.ledger.jobs.take_over(state.ledger.jobs.get(job), owner) for job in jobs]
        rows = 0
        while True:
            began, rows = time.monotonic(), rows + 1000
            for job in mine:
                state.ledger.events.tell(job, [], {"phase": "Opening a snapshot", "entity": "tiny", "rows": rows})
            time.sleep(max(0.0, 0.5 - (time.monotonic() - began)))


if __name__ == "__main__":
    _go_on(Path(sys.argv[1]), sys.argv[2:])
