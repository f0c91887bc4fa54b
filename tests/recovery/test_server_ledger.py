"""Imports whose records are kept on a server: killed, at once with others, and through a server that goes away."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest import mock

import pytest

from contract.databases import postgres_case, sqlite_case
from entrepot import Entrepot, ExportOptions
from entrepot.bystanders import SystemClock
from entrepot.config.own_records import own_place
from entrepot.ledger import server, server_owners
from entrepot.model.errors import UnavailableError
from entrepot.model.records import JobRecord
from entrepot.state import Elsewhere, open_state
from entrepot.use_cases.submissions import Manner
from recovery.killing import killed
from recovery.test_import_steps import check, reset
from recovery.yard import AFTER, BEFORE, UPSERT, Watching, Yard, a_yard
from servers.postgres import PostgresServer, installed_server

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
WORDS = ["import", "people.csv", "--into", "people", "--mode", "upsert", "--yes"]


@dataclass(frozen=True)
class ServerYard(Yard):
    ledger: str

    def jobs(self) -> tuple[JobRecord, ...]:
        self.entrepot().undoable()
        with open_state(self.state, SystemClock(), elsewhere=Elsewhere(url=self.ledger)) as state:
            return state.ledger.jobs.latest()

    def begin(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "entrepot", *words, "--db", self.place.url]
        return subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def served(yard: Yard, url: str) -> ServerYard:
    (yard.folder / "tmp").mkdir(exist_ok=True)
    (yard.folder / "entrepot.toml").write_text(f'[state]\nurl = "{url}"\n', encoding="utf-8")
    return ServerYard(yard.case, yard.place, yard.folder, url)


@pytest.fixture
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerYard]:
    """The records are in the database of the application."""
    with a_yard(postgres_case.CASE, request, tmp_path) as made:
        yield served(made, made.place.url)


def test_a_kill_leaves_all_or_nothing_and_the_next_command_knows_which(yard: ServerYard) -> None:
    steps = killed(yard, 0, *WORDS)
    assert steps is not None
    assert yard.rows() == AFTER
    seen = set()
    for fatal in (random.Random(steps).randrange(8, steps - 1), steps):
        reset(yard)
        assert killed(yard, fatal, *WORDS) is None
        seen.add(check(yard, fatal))
    assert seen == {"before", "after"}
    assert not (yard.state / "ledger.db").exists()


def test_processes_that_import_at_once_wait_for_each_other_and_each_can_be_taken_back(yard: ServerYard) -> None:
    plan = yard.entrepot().preview(yard.file, UPSERT)
    (yard.folder / "new.csv").write_text("id,name\n10,New\n", encoding="utf-8")
    words = (("import", "new.csv", "--into", "people", "--yes"), *[("plan", "apply", plan.plan_id)] * 2)
    ends = []
    for process in [yard.begin(*some) for some in words]:
        process.communicate(timeout=120)
        ends.append(process.returncode)
    assert ends[0] == 0
    assert sorted(ends[1:]) == [0, 5], "a plan is carried out once"
    assert yard.rows() == [*AFTER, (10, "New", None)]
    done = [job for job in yard.jobs() if str(job.status) == "completed"]
    assert len(done) == 2
    for job in done:
        yard.entrepot().undo(job.id)
    assert yard.rows() == BEFORE


def test_a_worker_that_stands_elsewhere_finds_the_records_on_the_server(yard: ServerYard, tmp_path: Path) -> None:
    known = {"ENTREPOT_DB": yard.place.url}
    asking = Entrepot(config=yard.folder / "entrepot.toml", environment=known)
    out = yard.folder / "out.csv"
    job = asking.submit_export("people", to=out, options=ExportOptions(format="csv"), manner=Manner(wake=False))
    adapters = asking._adapters
    environment = {**os.environ, **known, **own_place(adapters.loaded, adapters.environment)}
    command = [sys.executable, "-m", "entrepot", "worker", "--once"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    assert str(asking.job(job.id).job.status) == "completed", asking.job(job.id)
    assert len(out.read_text(encoding="utf-8").splitlines()) == 1 + len(BEFORE)
    assert not (yard.state / "ledger.db").exists()


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """A yard whose server of records can be stopped and started."""

    yard: ServerYard
    start: Callable[[], AbstractContextManager[PostgresServer]]
    running: ExitStack

    def stop(self) -> None:
        self.running.close()

    def begin(self) -> None:
        self.running.enter_context(self.start())


@pytest.fixture
def leaving(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Leaving]:
    with a_yard(sqlite_case.CASE, request, tmp_path) as made, installed_server() as installed, ExitStack() as running:
        start = partial(installed, durable=True)
        url = running.enter_context(start()).url()
        yield Leaving(yard=served(made, url), start=start, running=running)


def test_a_server_that_goes_away_and_comes_back_is_waited_for(leaving: Leaving) -> None:
    def restart() -> None:
        leaving.stop()
        leaving.begin()

    watching = Watching(Comparing=restart)
    leaving.yard.entrepot(watching).bring_in(leaving.yard.file, UPSERT)
    assert watching.at["Comparing"] == [], "it went away"
    assert leaving.yard.rows() == AFTER
    assert leaving.yard.statuses() == ["completed"]


def test_without_its_records_nothing_is_written_and_what_became_of_it_is_known_later(leaving: Leaving) -> None:
    yard = leaving.yard
    with mock.patch.object(server, "OUTAGE", 0.1), pytest.raises(UnavailableError) as caught:
        yard.entrepot(Watching(Comparing=leaving.stop)).bring_in(yard.file, UPSERT)
    assert caught.value.code == "ledger_unreachable"
    assert yard.rows() == BEFORE
    leaving.begin()
    with mock.patch.object(server_owners, "COMING_BACK", 0):
        assert yard.statuses() == ["failed"]
    yard.entrepot().bring_in(yard.file, UPSERT)
    assert yard.rows() == AFTER
