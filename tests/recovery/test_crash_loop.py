"""The crash loop: workers die in the middle of all kinds of jobs, on every engine, with the records in a folder and on
a server. Every job ends, and what it leaves is what a clean run leaves. `ENTREPOT_RECOVERY=long` (`make recovery`) goes
through every step."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase
from recovery import crashes
from recovery.crashes import strikes_of
from recovery.grounds import LONG, Ground, Rounds, taken_over
from servers.postgres import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.mariadb]
EMBEDDED, SCALED = 1, 3
CASES = (sqlite_case.CASE, postgres_case.CASE, mariadb_case.CASE)
ROUNDS, STEPS = (40, 240) if LONG else (1, 0)
GROUNDS = [(case, workers) for case in CASES for workers in (EMBEDDED, SCALED)]
SHORT = [(postgres_case.CASE, SCALED), (mariadb_case.CASE, EMBEDDED)]
"""An import into SQLite that is killed in a worker: `test_job_kills.py`."""


def named(ground: tuple[EngineCase, int]) -> str:
    return f"{ground[0].name}-{'embedded' if ground[1] == EMBEDDED else 'scaled'}"


@pytest.fixture(params=GROUNDS if LONG else SHORT, ids=named)
def ground(request: pytest.FixtureRequest, postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Ground]:
    case, workers = request.param
    home = tmp_path / "home"
    home.mkdir()
    with ExitStack() as stack:
        records = {"ENTREPOT_STATE": str(home / "state")}
        if workers == SCALED:
            ledger = stack.enter_context(postgres_server.database())
            records = {"ENTREPOT_STATE": ledger.url, "ENTREPOT_STATE_FOLDER": str(home / "state")}
        yield Ground(stack.enter_context(case.place(request, tmp_path)), home, workers, records)


def test_whenever_workers_die_every_job_ends_as_in_a_clean_run(
    ground: Ground, record_property: Callable[[str, object], None]
) -> None:
    each = range(1, STEPS + 1) if ground.workers == EMBEDDED else ()
    strikes = [[], *(strikes_of(seed, 2) for seed in range(ROUNDS)), *([(step, signal.SIGKILL)] for step in each)]
    rounds = gone_through(ground, strikes)
    steps = rounds[0]["steps"]
    assert len(rounds) == 1 + ROUNDS + min(len(each), steps)
    assert not each or steps < STEPS, "some were not gone through"
    assert any(found["struck"] for found in rounds)
    for number, found in enumerate(rounds):
        ground.same_as_clean(number, found, rounds[0])
    record_property("figures", taken_over(rounds))


def gone_through(ground: Ground, strikes: Rounds) -> list[dict[str, Any]]:
    command = ground.prepared(crashes.__file__, strikes)
    done = subprocess.run(command, cwd=ground.home, capture_output=True, check=False, timeout=3000 if LONG else 300)
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]
