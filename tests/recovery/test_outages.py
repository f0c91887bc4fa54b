"""The server that has the records of jobs goes away while three workers are in the middle of them, and comes back:
every job ends, and what it leaves is what a clean run leaves. `ENTREPOT_RECOVERY=long`: for half a minute, several
times, and some workers are killed meanwhile."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from contract.databases import postgres_case
from recovery import outages
from recovery.deploys import wait_until
from recovery.grounds import LONG, Ground, taken_over
from recovery.outages import DIES, GOES_ON
from servers.postgres import PostgresServer, installed_server

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
WORKERS = 3
SECONDS, ROUNDS = (30, 4) if LONG else (6, 1)


@dataclass(frozen=True, kw_only=True)
class Outage:
    ground: Ground
    start: Callable[[], AbstractContextManager[PostgresServer]]
    running: ExitStack

    def through(self, strikes: Sequence[Sequence[tuple[float, int]]]) -> list[dict[str, Any]]:
        """Each round but the first with an outage."""
        command = self.ground.prepared(outages.__file__, strikes)
        with (self.ground.home / "errors").open("wb") as errors:
            process = subprocess.Popen(command, cwd=self.ground.home, stdout=subprocess.PIPE, stderr=errors)
        for number in range(1, len(strikes)):
            self.happens(number, process)
        out, _ = process.communicate(timeout=120 + SECONDS)
        assert process.returncode == 0, (self.ground.home / "errors").read_text()
        return [json.loads(line) for line in out.splitlines()]

    def happens(self, number: int, process: subprocess.Popen[bytes]) -> None:
        home = self.ground.home
        wait_until(
            lambda: process.poll() is not None or bool(outages.reached(home, number)), "nobody comes that far", 240
        )
        time.sleep(1)  # the others are at work, too
        self.running.close()
        outages.away(home, number).touch()
        time.sleep(SECONDS)
        self.running.enter_context(self.start())


@pytest.fixture
def outage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outage]:
    home = tmp_path / "home"
    home.mkdir()
    with (
        postgres_case.CASE.place(request, tmp_path) as place,
        installed_server() as installed,
        ExitStack() as running,
    ):
        start = partial(installed, durable=True)
        url = running.enter_context(start()).url()
        records = {"ENTREPOT_STATE": url, "ENTREPOT_STATE_FOLDER": str(home / "state")}
        yield Outage(ground=Ground(place, home, WORKERS, records), start=start, running=running)


def test_jobs_whose_records_go_away_meanwhile_end_as_in_a_clean_run(
    outage: Outage, record_property: Callable[[str, object], None]
) -> None:
    strikes = [[], *(strikes_of(seed) for seed in range(ROUNDS))]
    rounds = outage.through(strikes)
    for number, found in enumerate(rounds):
        outage.ground.same_as_clean(number, found, rounds[0])
        deaths = sum(job["deaths"] for job in found["jobs"].values())
        assert deaths == 0 or found["struck"], "somebody at work was taken for dead"
    record_property("figures", taken_over(rounds))


def strikes_of(seed: int) -> list[tuple[float, int]]:
    """Each worker comes to a part of its way; in every second round one of them does not survive it."""
    chance = Random(seed)
    return [(chance.uniform(0.1, 0.6), DIES if seed % 2 and not worker else GOES_ON) for worker in range(WORKERS)]
