"""A walk of random steps with jobs, beside a plain model: `python random_walks.py SEED STEPS`, in the current folder.
Prints how often each step was taken; whatever differs from the model ends it.

Workers are forked: some do what there is, some are killed on their way, some are asked to go, and some hear that a job
is cancelled. The clock goes forward in leaps, so that what is kept expires.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from unittest import mock

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from acceptance.work import BY_HAND, drained  # noqa: E402 - this file also runs by itself
from entrepot import ExportOptions, ImportRequest  # noqa: E402
from entrepot.bystanders import SystemClock  # noqa: E402
from entrepot.jobs.worker.loop import Loop  # noqa: E402
from entrepot.model.errors import ChangedError, InputError  # noqa: E402
from entrepot.model.records import Status  # noqa: E402
from entrepot.workbench import client  # noqa: E402
from recovery.crashes import at_step  # noqa: E402
from recovery.walked import EXPORTED, FILE, IMPORT, KEPT, KEPT_DAYS, OUT, UNDO, Walked, World  # noqa: E402
from servers.forked import running_origin  # noqa: E402

CSV = ExportOptions(format="csv")
LAST_STEP = 60
"""Workers that are to die later survive."""
CHECK_EVERY = 200
AGAIN = (Status.FAILED, Status.CANCELLED)


@dataclass(kw_only=True)
class Walk:
    world: World
    chance: Random

    def steps(self) -> dict[Callable[[], object], int]:
        """Each with how often it is taken among the others."""
        return {
            self.export_and_keep: 12,
            self.export_to_a_file: 8,
            self.bring_in: 10,
            self.undo: 6,
            self.ask_again_with_the_key: 4,
            self.cancel: 14,
            self.retry: 10,
            self.download: 12,
            self.let_time_pass: 3,
            self.work: 6,
            self.work_and_die: 9,
            self.work_and_go: 3,
            self.work_while_somebody_cancels: 3,
        }

    def export_and_keep(self) -> None:
        key = f"key {self.world.number()}"
        job = self.world.shop.submit_export("users", options=CSV, manner=replace(BY_HAND, key=key))
        self.world.jobs.append(Walked(id=job.id, kind=KEPT, since=self.world.now(), key=key))

    def export_to_a_file(self) -> None:
        path = self.world.home / OUT / f"{self.world.number()}.csv"
        job = self.world.shop.submit_export("users", to=path, options=CSV, manner=BY_HAND)
        self.world.jobs.append(Walked(id=job.id, kind=FILE, since=self.world.now(), path=path))

    def bring_in(self) -> None:
        first = 10 * self.world.number()
        ids = range(first, first + self.chance.randint(1, 9))
        file = self.world.home / f"{first}.csv"
        file.write_text("id,name\n" + "".join(f"{each},name {each}\n" for each in ids))
        job = self.world.shop.submit_import(file, ImportRequest(entity="people"), manner=BY_HAND)
        file.unlink()
        self.world.jobs.append(Walked(id=job.id, kind=IMPORT, since=self.world.now(), ids=frozenset(ids)))

    def undo(self) -> None:
        """What is not being taken back already."""
        unless = (None, Status.COMPLETED)
        done = [job for job in self.world.jobs if job.kind == IMPORT and job.ended is Status.COMPLETED]
        of = self.one([job for job in done if not any(undo.ended in unless for undo in job.undone_by)])
        if of is not None:
            job = self.world.shop.submit_undo(of.id, manner=BY_HAND)
            self.taken_back(of, Walked(id=job.id, kind=UNDO, since=self.world.now(), undoes=of))

    def taken_back(self, of: Walked, undo: Walked) -> None:
        of.undone_by.append(undo)
        self.world.jobs.append(undo)

    def ask_again_with_the_key(self) -> None:
        known = self.one([job for job in self.world.jobs if job.key is not None])
        if known is not None:
            same = self.world.shop.submit_export("users", options=CSV, manner=replace(BY_HAND, key=known.key))
            assert same.id == known.id

    def cancel(self) -> None:
        job = self.one(self.world.open()) if self.chance.random() < 0.8 else self.one(self.world.jobs)
        if job is None:
            return
        view = self.world.shop.job(job.id)
        try:
            left = self.world.shop.cancel_job(job.id)
        except ChangedError:
            assert job.ended is not None, str(job)
            return
        assert job.ended is None, str(job)
        job.cancelled = True
        if view.job.epoch == 0:
            assert left.status is Status.CANCELLED, f"{job}: nobody has begun it"
        self.world.look()

    def retry(self) -> None:
        """Once: what is done again twice would be there twice."""
        job = self.one([job for job in self.world.jobs if not job.again and job.ended is not None])
        if job is None:
            return None
        if job.ended not in AGAIN:
            try:
                self.world.shop.retry_job(job.id)
            except ChangedError:
                return None
            raise AssertionError(f"{job} is done again")
        job.again = True
        fresh = replace(job, id=self.world.shop.retry_job(job.id).id, key=None, undone_by=[])
        fresh.again, fresh.cancelled, fresh.ended, fresh.over_since = False, False, None, None
        if fresh.undoes is not None:
            return self.taken_back(fresh.undoes, fresh)
        return self.world.jobs.append(fresh)

    def download(self) -> None:
        job = self.one([job for job in self.world.jobs if job.kind == KEPT][-40:])
        if job is None:
            return
        to = self.world.home / f"{self.world.number()}.csv"
        try:
            for path in self.world.shop.download(job.id, to=to):
                content = path.read_bytes()
                path.unlink()
                assert path != to or content == EXPORTED, f"{job}: {content!r}"
        except InputError as error:
            assert error.code == "nothing_to_download"
            gone = job.over_since is None or self.world.is_older(job.over_since, KEPT_DAYS)
            assert gone or job.ended is not Status.COMPLETED, f"{job} is not there"
        else:
            assert job.ended is Status.COMPLETED, str(job)

    def let_time_pass(self) -> None:
        self.world.ahead += timedelta(hours=self.chance.choice((1, 30, 100, 200, 500)))

    def work(self) -> None:
        self.worker(0, lambda _: None)
        assert self.world.open() == [], [*map(str, self.world.open())]

    def work_and_die(self) -> None:
        self.worker(self.chance.randint(1, LAST_STEP), lambda _: os.kill(os.getpid(), signal.SIGKILL))

    def work_and_go(self) -> None:
        """Whoever is asked before there are rounds has nothing to bring to an end."""
        self.worker(self.chance.randint(1, LAST_STEP), lambda loop: loop.stop() if loop else os._exit(0))

    def work_while_somebody_cancels(self) -> None:
        job = self.one(self.world.open())
        if job is not None:
            job.cancelled = True
            self.worker(self.chance.randint(1, LAST_STEP), lambda _: self.cancel_if_open(job))

    def cancel_if_open(self, job: Walked) -> None:
        with suppress(ChangedError):
            self.world.shop.cancel_job(job.id)

    def worker(self, fatal: int, strike: Callable[[Loop | None], object]) -> None:
        process = os.fork()
        if process == 0:
            loops: list[Loop] = []
            at_step(fatal, lambda: strike(loops[0] if loops else None))
            code = 1
            try:
                drained(self.world.home, ready=loops.append)
                code = 0
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(code)
        _, status = os.waitpid(process, 0)
        assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL)
        self.world.look()

    def one(self, of: list[Walked]) -> Walked | None:
        return self.chance.choice(of) if of else None


def walk(seed: int, steps: int) -> Counter[str]:
    world, taken = World(home=Path.cwd()), Counter[str]()
    walk = Walk(world=world, chance=Random(seed))
    known = walk.steps()

    def now(_: SystemClock) -> datetime:
        return datetime.now(UTC) + world.ahead

    with mock.patch.object(SystemClock, "now", now), mock.patch("entrepot.use_cases.inquiries.wake"):
        for number in range(steps):
            (step,) = walk.chance.choices([*known], [*known.values()])
            taken[step.__name__] += 1
            step()
            if number % CHECK_EVERY == 0:
                world.check()
        walk.work()
        world.over()
    return taken + Counter(str(job.ended) for job in world.jobs)


if __name__ == "__main__":
    with running_origin() as origin, mock.patch.object(client, "start", origin.start):
        sys.stdout.write(json.dumps(walk(int(sys.argv[1]), int(sys.argv[2]))) + "\n")
