"""What a worker does besides its jobs keeps none of them waiting, and does not end it."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from acceptance.work import drained
from entrepot.bystanders import SystemClock
from entrepot.jobs.worker.loop import Loop
from entrepot.jobs.worker.running import Attempt
from entrepot.model.errors import UnavailableError
from entrepot.model.orders import Wish
from entrepot.model.records import Status
from entrepot.state import State, open_state

WISH = Wish(kind="export", request={}, database="d", principal={"name": "p", "role": "system_admin", "tenant": None})


class Done:
    """Fulfils `jobs.worker.running.Work`: the job is over, and whoever waits for that may go on."""

    def __init__(self) -> None:
        self.over = threading.Event()

    def settled(self, attempt: Attempt) -> bool:
        return False

    def carry_out(self, attempt: Attempt) -> None:
        attempt.state.ledger.jobs.finish(attempt.job, Status.COMPLETED)
        self.over.set()


def submitted(home: Path) -> str:
    with open_state(home / "state", SystemClock()) as state:
        return state.ledger.orders.submit(WISH).id


@pytest.mark.parametrize("failure", [UnavailableError("away", "It is away.", remedy="Wait."), KeyError("x")], ids=repr)
def test_a_job_begins_while_a_chore_takes_long_and_the_next_chore_is_done_though_it_fails(
    tmp_path: Path, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    job, work, next_one = submitted(tmp_path), Done(), threading.Event()

    def slow(_: State) -> None:
        assert work.over.wait(60), "no job begins"
        raise failure

    def ready(loop: Loop) -> None:
        loop.chores = (slow, lambda _: next_one.set())

    with caplog.at_level(logging.WARNING, "entrepot.worker"):
        drained(tmp_path, work=work, ready=ready)
    assert next_one.is_set()
    assert str(failure) in caplog.text
    with open_state(tmp_path / "state", SystemClock()) as state:
        assert state.ledger.jobs.get(job).status is Status.COMPLETED
