"""What a worker takes next when others have died: the last chance of a job alone, and nothing for ever behind it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from entrepot.bystanders import SystemClock
from entrepot.jobs.worker.claims import Claims
from entrepot.jobs.worker.running import Running
from entrepot.model.errors import UnavailableError
from entrepot.model.orders import DEFAULT_QUEUE, Wish
from entrepot.model.records import JobRecord, Status
from entrepot.state import State, open_state

WISH = Wish(kind="export", request={}, database="d", principal={"name": "local", "role": "system_admin"})
DEAD = "process-1-ab"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state(tmp_path / "state", SystemClock()) as opened:
        yield opened


@pytest.fixture
def claims(state: State) -> Iterator[Claims]:
    with state.owning() as owner:
        seconds = count(step=2)
        yield Claims(state=state, owner=owner, queues=(DEFAULT_QUEUE,), seconds=lambda: next(seconds))


def ordinary(state: State) -> JobRecord:
    return state.ledger.orders.submit(WISH)


def orphan(state: State, deaths: int) -> JobRecord:
    job = state.ledger.jobs.take_over(ordinary(state), DEAD)
    for _ in range(deaths):
        state.ledger.orders.begin_attempt(job, died=True)
    return job


def taken(claims: Claims, *at_work: Running) -> list[Running]:
    return list(claims.take(2, at_work))


def test_what_is_left_by_the_dead_comes_before_what_nobody_has_begun(state: State, claims: Claims) -> None:
    later, left = ordinary(state), orphan(state, 0)
    assert [each.job.id for each in taken(claims)] == [left.id, later.id]


def test_nothing_new_begins_before_the_last_chance_of_a_job(state: State, claims: Claims) -> None:
    ordinary(state)
    (busy,) = taken(claims)
    killer, innocent, later = orphan(state, 1), orphan(state, 0), ordinary(state)
    assert taken(claims, busy) == []
    assert taken(claims, busy) == []
    state.ledger.jobs.finish(busy.job, Status.COMPLETED)
    (alone,) = taken(claims)
    assert alone.job.id == killer.id
    assert taken(claims, alone) == []
    state.ledger.jobs.finish(alone.job, Status.COMPLETED)
    assert [each.job.id for each in taken(claims)] == [innocent.id, later.id]


def test_what_this_worker_could_not_write_down_is_no_death(
    state: State, claims: Claims, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ordinary(state)

    def busy(*_: object, **__: object) -> None:
        raise UnavailableError("ledger_busy", "Another program holds it.", remedy="Try again.")

    with monkeypatch.context() as patched:
        patched.setattr("entrepot.ledger.orders.Orders.begin_attempt", busy)
        with pytest.raises(UnavailableError):
            taken(claims)
    (again,) = taken(claims)
    assert (again.job.id, again.order.deaths, again.order.attempts) == (job.id, 0, 1)
