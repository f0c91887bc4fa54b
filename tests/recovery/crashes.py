"""Rounds of jobs whose workers are killed, or stopped for a while: `python crashes.py '{…}'`, in the current folder.

Every round has tables of its own, which are there already, so that rounds can be compared. The workers are forked,
because most of what one takes is an interpreter that starts; then they are what `entrepot worker` is.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from acceptance.work import BY_HAND  # noqa: E402 - this file also runs by itself
from entrepot import Entrepot, ExportOptions, ImportRequest  # noqa: E402
from entrepot import workers as _before_forking  # noqa: E402, F401
from entrepot.cli.parser import main  # noqa: E402
from entrepot.jobs.worker.attempts import ATTEMPT  # noqa: E402
from entrepot.model.drafts import Errors, Mode  # noqa: E402
from entrepot.workbench import client  # noqa: E402
from recovery import jobs  # noqa: E402
from recovery.importing import TARGETS  # noqa: E402
from servers.forked import running_origin  # noqa: E402

KINDS = ("export", "bring_in", "batches", "apply", "undo")
CHANGES = ("mark", "insert", "load", "update", "delete", "commit")
STEPS = tuple(step for step in jobs.STEPS if step[0] not in TARGETS) + tuple((target, CHANGES) for target in TARGETS)
BEFORE = [(n, f"name {n}") for n in range(1, 31)]
CHANGED = [(1, "Ada"), *((n, f"new {n}") for n in range(900, 925))]
AFTER = sorted({**dict(BEFORE), **dict(CHANGED)}.items())


def table(number: int, kind: str) -> str:
    return f"{kind}_{number}"


@dataclass(kw_only=True)
class Crashes:
    workers: int
    strikes: Sequence[Sequence[tuple[float, int]]]
    """Of each round: at which part of the way, or step, and with which signal. Two deaths are what a job survives."""
    place: dict[str, str]
    """The variables that say where the target and the records are."""
    steps: int = 0
    """Of a worker in the first round, in which nobody dies."""
    round: int = 0
    killed: list[datetime] = field(default_factory=list)
    """When, in this round."""

    def rounds(self) -> Iterator[dict[str, Any]]:
        Path("people.csv").write_text("id,name\n" + "".join(f"{n},{name}\n" for n, name in CHANGED))
        shop = Entrepot(environment={**os.environ, **self.place})
        for number, strikes in enumerate(self.strikes):
            if any(at > self.steps > 0 for at, _ in strikes):  # nobody comes so far, nor to those behind it
                return
            self.round = number
            self.killed.clear()
            submitted = {kind: ordered(shop, kind, table(number, kind)) for kind in KINDS}
            struck = self.carried_out(strikes)
            jobs = {kind: found(shop, job) for kind, job in submitted.items()}
            taken_over = [taken for job in submitted.values() for taken in self.taken_over(shop, job)]
            yield {"struck": struck, "jobs": jobs, "taken_over": taken_over, "steps": self.steps}

    def taken_over(self, shop: Entrepot, job: str) -> Iterator[float]:
        """How many seconds after the death of a worker somebody else went on with what it had."""
        deaths = 0
        for event in shop.job_events(job):
            if event.kind == ATTEMPT and event.facts["deaths"] > deaths:
                deaths = event.facts["deaths"]
                yield from [(event.at - moment).total_seconds() for moment in self.killed if moment <= event.at][-1:]

    def carried_out(self, strikes: Sequence[tuple[float, int]]) -> int:
        """How many workers were killed or stopped, until one had nothing to do any more."""
        waiting, alive, struck, done = list(strikes), set[int](), 0, False
        while alive or not done:
            while not done and len(alive) < self.workers:
                at, number = waiting.pop(0) if waiting else (0, 0)
                alive.add(self.begun(math.ceil(at * self.steps if at < 1 else at), number))
            worker, status = os.waitpid(-1, os.WUNTRACED)
            if os.WIFSTOPPED(status):
                struck += 1
                continue
            alive.discard(worker)
            code = os.waitstatus_to_exitcode(status)
            assert code in (0, -signal.SIGKILL), Path("log").read_text()
            if code != 0:
                self.killed.append(datetime.now(UTC))
                struck += 1
            done = done or code == 0
        self.steps = self.steps or sum(int(path.read_text()) for path in Path().glob("steps-*")) // self.workers
        return struck

    def begun(self, fatal: int, number: int) -> int:
        worker = os.fork()
        if worker == 0:
            code = 1
            try:
                code = self.worked(fatal, number)
            finally:
                os._exit(code)
        return worker

    def worked(self, fatal: int, number: int) -> int:
        log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ.update(self.place)
        last = at_step(fatal, lambda: self.strike(number))
        code = main(["worker", "--once", "--concurrency", "1" if self.workers == 1 else "2"])
        Path(f"steps-{os.getpid()}").write_text(str(last()))
        return code

    def strike(self, number: int) -> None:
        os.kill(os.getpid(), number)


def at_step(fatal: int, strike: Callable[[], object]) -> Callable[[], int]:
    """From now on, it strikes before the step of that number; how many there were."""
    steps, last = count(1), [0]

    def step() -> None:
        last[0] = next(steps)
        if last[0] == fatal:
            strike()

    for owner, names in STEPS:
        for name in names:
            mock.patch.object(owner, name, jobs.counted(getattr(owner, name), step)).start()
    return lambda: last[0]


def ordered(shop: Entrepot, kind: str, entity: str) -> str:
    file, request = Path("people.csv"), ImportRequest(entity=entity, mode=Mode.UPSERT)
    if kind == "export":
        options = ExportOptions(format="csv")
        return shop.submit_export(entity, to=Path(f"{entity}.csv").absolute(), options=options, manner=BY_HAND).id
    if kind == "apply":
        return shop.submit_apply(shop.preview(file, request).plan_id, manner=BY_HAND).id
    if kind == "undo":
        return shop.submit_undo(shop.bring_in(file, request).job, manner=BY_HAND).id
    if kind == "batches":
        request = ImportRequest(entity=entity, mode=Mode.UPSERT, batch_size=10, errors=Errors.SKIP)
    return shop.submit_import(file, request, manner=BY_HAND).id


def found(shop: Entrepot, job: str) -> dict[str, Any]:
    view, numbers = shop.job(job), [event.number for event in shop.job_events(job)]
    assert view.order is not None
    return {
        "status": view.job.status.value,
        "error": view.job.error,
        "counts": (view.job.receipt or {}).get("counts"),
        "events": numbers == list(range(1, len(numbers) + 1)),
        "deaths": view.order.deaths,
    }


def strikes_of(seed: int, deaths: int) -> list[tuple[float, int]]:
    chance = Random(seed)
    return [(chance.uniform(0.05, 0.7), signal.SIGKILL.value) for _ in range(deaths)]


if __name__ == "__main__":
    with running_origin() as origin, mock.patch.object(client, "start", origin.start):
        for line in Crashes(**json.loads(sys.argv[1])).rounds():
            sys.stdout.write(json.dumps(line) + "\n")
