"""Why a job waits, as whoever looks at it is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from acceptance.work import BY_HAND, drained, environment_of
from entrepot import Entrepot, ExportOptions
from entrepot.bystanders import SystemClock
from entrepot.cli import main
from entrepot.jobs.orders.waking import at_hand
from entrepot.ledger.processes import this_process
from entrepot.model.lives import Life
from entrepot.model.orders import Waiting, WhyWaiting
from entrepot.state import State, open_state
from entrepot.use_cases.submissions import Manner

CSV = ExportOptions(format="csv")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY); INSERT INTO users VALUES (1), (2);")
    (tmp_path / "entrepot.toml").write_text('[databases.main]\nurl = "sqlite:///app.db"\n[work]\nper_database = 1\n')
    return tmp_path


@pytest.fixture
def shop(home: Path) -> Entrepot:
    return Entrepot("main", config=home / "entrepot.toml", environment=environment_of(home))


def submitted(shop: Entrepot, priority: int = 0) -> str:
    return shop.submit_export("users", options=CSV, manner=Manner(wake=False, priority=priority)).id


def waits(shop: Entrepot, job: str) -> Waiting:
    found = shop.job(job).waiting
    assert found is not None
    return found


@contextmanager
def a_worker(home: Path) -> Iterator[State]:
    """Who is there, and has not looked yet."""
    life = Life(process=this_process(), lease=3600)
    with open_state(home / "state", SystemClock()) as state, at_hand(home / "state", life, alone=True):
        yield state


def test_where_no_worker_is_there_that_is_why(shop: Entrepot) -> None:
    assert waits(shop, submitted(shop)).why is WhyWaiting.NOBODY


def test_the_most_urgent_is_next_and_the_others_come_behind(home: Path, shop: Entrepot) -> None:
    first, urgent = submitted(shop), submitted(shop, priority=-1)
    with a_worker(home):
        assert [waits(shop, job).why for job in (first, urgent)] == [WhyWaiting.OTHERS, WhyWaiting.NEXT]


def test_a_limit_that_is_reached_is_named(home: Path, shop: Entrepot) -> None:
    working, job = submitted(shop), submitted(shop)
    with a_worker(home) as state:
        with state.owning() as owner:
            state.ledger.jobs.take_over(state.ledger.jobs.get(working), owner)
            found = waits(shop, job)
            assert (found.why, "work.per_database (1)" in found.words) == (WhyWaiting.LIMIT, True)
            assert shop.job(working).waiting is None
        assert waits(shop, job).why is not WhyWaiting.LIMIT  # who is dead fills nothing


def test_what_is_put_off_says_until_when_and_what_went_wrong(
    home: Path, shop: Entrepot, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submitted(shop)
    with a_worker(home) as state, state.owning() as owner:
        mine = state.ledger.jobs.take_over(state.ledger.jobs.get(job), owner)
        facts = {"code": "away", "message": "It does not answer.", "attempt": 2, "seconds": 3600}
        state.ledger.events.add(mine, "again", facts)
        until = state.ledger.records.now() + timedelta(hours=1)
        state.ledger.orders.put_off(mine, until)
        state.ledger.jobs.give_back(mine)
    found = waits(shop, job)
    assert (found.why, found.until) == (WhyWaiting.PUT_OFF, until)
    assert "(attempt 2: It does not answer.)" in found.words
    monkeypatch.setenv("ENTREPOT_STATE", str(home / "state"))
    assert main(["jobs", "show", job, "--config", str(home / "entrepot.toml")]) == 0
    assert "waits" in capsys.readouterr().out


def test_what_is_over_waits_for_nothing(home: Path, shop: Entrepot) -> None:
    job = shop.submit_export("users", options=CSV, manner=BY_HAND).id
    drained(home)
    assert shop.job(job).waiting is None
