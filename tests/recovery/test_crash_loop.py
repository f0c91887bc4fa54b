"""The crash loop: workers die in the middle of all kinds of jobs, on every engine, with the records in a folder and on
a server. Every job ends, and what it leaves is what a clean run leaves. `ENTREPOT_RECOVERY=long` (`make recovery`) goes
through every step."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from recovery import crashes
from recovery.crashes import AFTER, BEFORE, KINDS, strikes_of, table
from servers.postgres import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.mariadb]
LONG = os.environ.get("ENTREPOT_RECOVERY") == "long"
EMBEDDED, SCALED = 1, 3
CASES = (sqlite_case.CASE, postgres_case.CASE, mariadb_case.CASE)
ROUNDS, STEPS = (40, 240) if LONG else (1, 0)
Rounds = Sequence[Sequence[tuple[float, int]]]


@dataclass(frozen=True)
class Ground:
    place: Place
    home: Path
    workers: int
    records: dict[str, str]

    def rounds(self, strikes: Rounds) -> list[dict[str, Any]]:
        for number in range(len(strikes)):
            for kind in KINDS:
                name = table(number, kind)
                rows = ", ".join(f"({key}, '{text}')" for key, text in BEFORE)
                self.place.execute(
                    f"CREATE TABLE {name} (id integer PRIMARY KEY, name varchar(40) NOT NULL)",
                    f"INSERT INTO {name} VALUES {rows}",
                )
        asked = {
            "workers": self.workers,
            "strikes": strikes,
            "place": {**self.records, "ENTREPOT_DB": self.place.url},
        }
        command = [sys.executable, crashes.__file__, json.dumps(asked)]
        done = subprocess.run(command, cwd=self.home, capture_output=True, check=False, timeout=3000 if LONG else 300)
        assert done.returncode == 0, done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()]

    def rows(self, number: int, kind: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.place.rows(f"SELECT id, name FROM {table(number, kind)} ORDER BY id")]

    def exported(self, number: int) -> bytes:
        return (self.home / f"{table(number, 'export')}.csv").read_bytes()


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


def test_whenever_workers_die_every_job_ends_as_in_a_clean_run(ground: Ground) -> None:
    each = range(1, STEPS + 1) if ground.workers == EMBEDDED else ()
    strikes = [[], *(strikes_of(seed, 2) for seed in range(ROUNDS)), *([(step, signal.SIGKILL)] for step in each)]
    rounds = ground.rounds(strikes)
    assert len(rounds) == len(strikes)
    assert any(found["struck"] for found in rounds)
    for number, found in enumerate(rounds):
        same_as_clean(ground, number, found, rounds[0])


def same_as_clean(ground: Ground, number: int, found: dict[str, Any], clean: dict[str, Any]) -> None:
    for kind in KINDS:
        job = {**found["jobs"][kind], "deaths": 0}
        assert job == clean["jobs"][kind], f"round {number}: {kind}"
        assert job["status"] == "completed", job
        assert ground.rows(number, kind) == (BEFORE if kind in ("export", "undo") else AFTER), f"round {number}: {kind}"
    assert ground.exported(number) == ground.exported(0)
