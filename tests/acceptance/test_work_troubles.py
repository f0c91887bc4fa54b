"""What goes wrong around workers ends as one clear problem each, or heals."""

from __future__ import annotations

import logging
import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast
from unittest import mock

import pytest

from acceptance.work import BY_HAND, drained, environment_of, facts, service
from entrepot import Entrepot, ExportOptions, ImportRequest
from entrepot.databases.sqlite.change import SqliteTarget
from entrepot.jobs.worker import begin
from entrepot.jobs.worker.attempts import MOST_DEATHS
from entrepot.jobs.worker.begin import waited_for
from entrepot.jobs.worker.loop import Loop
from entrepot.model.drafts import Errors
from entrepot.model.errors import AccessError, EntrepotError, UnavailableError
from entrepot.model.records import Status
from entrepot.state import State

BYTES, ROOM = 1_000_000, 1_250_000
"""Of what is exported, which takes more as text; and how long files may get: enough for the ledger, and for a copy of
the database."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection, connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        connection.execute("CREATE TABLE large (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")
        connection.executemany("INSERT INTO large VALUES (?, ?)", [(n, bytes(10_000)) for n in range(BYTES // 10_000)])
    (tmp_path / "people.csv").write_text("id,name\n" + "".join(f"{n},n{n}\n" for n in range(1, 9)))
    return tmp_path


@pytest.fixture
def shop(home: Path, forked_workbench: None) -> Entrepot:
    return service(home)


def test_a_job_whose_workers_died_behind_some_batches_says_that_they_stand(home: Path, shop: Entrepot) -> None:
    request = ImportRequest(entity="users", batch_size=3, errors=Errors.SKIP)
    job = shop.submit_import(home / "people.csv", request, manner=BY_HAND)
    rounds: list[Loop] = []
    commit = SqliteTarget.commit

    def goes_behind_the_first(target: SqliteTarget) -> None:
        commit(target)
        rounds[0].stop()

    with mock.patch.object(SqliteTarget, "commit", goes_behind_the_first):
        drained(home, ready=rounds.append)

    def died(loop: Loop) -> None:
        owned = loop.state.ledger.jobs.take_over(loop.state.ledger.jobs.get(job.id), "process-1-ab")
        for _ in range(MOST_DEATHS - 1):
            loop.state.ledger.orders.begin_attempt(owned, died=True)

    drained(home, ready=died)
    error = facts(shop.job(job.id).job.error)
    assert error["code"] == "worker_died"
    assert f"`entrepot undo {job.id}` takes back the batches" in str(error["remedy"])
    assert f"`entrepot jobs retry {job.id}`" in str(error["remedy"])
    shop.undo(job.id)
    assert counted(home) == 0


def counted(home: Path) -> int:
    with closing(sqlite3.connect(home / "app.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM users").fetchone()[0])


def test_an_export_for_which_there_is_no_room_fails_and_leaves_nothing(home: Path, shop: Entrepot) -> None:
    """A real worker, whose files may not grow; what comes after it is done."""
    csv = ExportOptions(format="csv")
    jobs = [
        shop.submit_export(entity, to=to and home / to, options=csv, manner=replace(BY_HAND, priority=number))
        for number, (entity, to) in enumerate((("large", "large.csv"), ("large", None), ("users", "users.csv")))
    ]
    command = [sys.executable, "-m", "entrepot", "worker", "--once"]
    done = subprocess.run(
        command,
        cwd=home,
        env=environment_of(home),
        capture_output=True,
        check=False,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM)),
    )
    assert done.returncode == 0, done.stderr.decode()
    *failed, last = [shop.job(job.id).job for job in jobs]
    for job in failed:
        assert job.status is Status.FAILED
        assert facts(job.error)["exit_code"] == 6, job.error
        assert facts(job.error)["remedy"]
    assert last.status is Status.COMPLETED
    assert not list(home.glob("*large*"))
    assert not list((home / "state" / "artifacts").glob("*"))


class Opening:
    """Records that can be reached after a while."""

    def __init__(self, *errors: EntrepotError) -> None:
        self.errors = [*errors]

    @contextmanager
    def __call__(self) -> Iterator[State]:
        if self.errors:
            raise self.errors.pop(0)
        yield cast("State", self)


AWAY = UnavailableError("ledger_unreachable", "The records cannot be reached.", remedy="Start the server.")


def test_a_worker_waits_for_records_that_cannot_be_reached_yet(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(begin, "PAUSE", 0.001)
    opening = Opening(AWAY, AWAY)
    with caplog.at_level(logging.WARNING, "entrepot.worker"), waited_for(opening, threading.Event(), stays=True) as it:
        assert it is opening
    assert [record.message for record in caplog.records] == [f"{AWAY} This worker waits for them."]


def test_a_worker_that_is_asked_to_go_while_it_waits_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begin, "PAUSE", 30)
    going, opening = threading.Event(), Opening(*[AWAY] * 100)
    timer = threading.Timer(0.05, going.set)
    timer.start()
    with waited_for(opening, going, stays=True) as it:
        assert it is None
    timer.join()


def test_nobody_waits_for_what_will_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever goes when there is nothing to do does not stay for a server; and no server heals a wrong password."""
    monkeypatch.setattr(begin, "MOST_SECONDS", 0.0)
    refused = AccessError("ledger_refused", "Wrong password.", remedy="Mend it.")
    for error, stays in ((AWAY, False), (refused, True)):
        with pytest.raises(type(error)), waited_for(Opening(*[error] * 100), threading.Event(), stays=stays):
            pass
