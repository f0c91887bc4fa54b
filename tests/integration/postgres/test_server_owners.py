"""An owner on a server lives as long as its process, and through a server that starts again."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import text

from contract.ledger.pinned import PinnedClock
from entrepot.ledger import server_owners
from entrepot.ledger.homes import Home
from entrepot.ledger.opening import Ledger, open_server_ledger
from entrepot.model.errors import UnavailableError
from entrepot.model.lives import Life, Process
from servers.postgres import PostgresDatabase, PostgresServer, installed_server

pytestmark = pytest.mark.postgres
CLOCK = PinnedClock()
LIFE = Life(process=Process(host="here", machine="m", pid=1, born=2), lease=0.1)
DEAD = "INSERT INTO workers VALUES (:owner, 1, 5000, 'gone', 'there', 'm', 1, 1)"
HOLDERS = "SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
PROGRAM = """
import sys, time
from contract.ledger.pinned import PinnedClock
from entrepot.ledger.opening import open_server_ledger
with open_server_ledger(sys.argv[1], PinnedClock()) as ledger, ledger.home.owning() as owner:
    print(owner, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def ledger(postgres_database: PostgresDatabase) -> Iterator[Ledger]:
    with open_server_ledger(postgres_database.url, CLOCK) as opened:
        yield opened


def in_the_end(true: Callable[[], bool]) -> bool:
    """A server takes a moment to notice that somebody is gone, or to start."""
    deadline = time.monotonic() + 60
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def test_an_owner_lives_as_long_as_its_block(ledger: Ledger) -> None:
    with ledger.home.owning() as owner, ledger.home.owning() as other:
        assert owner != other
        assert ledger.home.is_alive(owner)
    assert not ledger.home.is_alive(owner)


@pytest.mark.parametrize("name", ["", "ann", "process-1-0a", "session-99999999999999-0a"])
def test_who_never_was_there_is_not_alive(ledger: Ledger, name: str) -> None:
    assert not ledger.home.is_alive(name)


def test_an_owner_of_another_database_is_not_alive_here(ledger: Ledger, postgres_server: PostgresServer) -> None:
    with (
        postgres_server.database() as other,
        open_server_ledger(other.url, CLOCK) as theirs,
        theirs.home.owning() as owner,
    ):
        assert not ledger.home.is_alive(owner)


def test_a_paused_owner_lives_and_a_killed_one_does_not(ledger: Ledger, postgres_database: PostgresDatabase) -> None:
    command = [sys.executable, "-c", PROGRAM, postgres_database.url]
    environment = {"PYTHONPATH": ":".join(sys.path)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        owner = process.stdout.readline().strip()
        assert ledger.home.is_alive(owner)
        process.send_signal(signal.SIGSTOP)
        assert ledger.home.is_alive(owner)
        process.kill()
    assert in_the_end(lambda: not ledger.home.is_alive(owner))


def test_an_owner_whose_session_was_ended_signs_in_again(
    ledger: Ledger, postgres_database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_owners, "LOOK", 0.02)
    with ledger.home.owning() as owner:
        ((first,),) = postgres_database.rows(HOLDERS)
        assert postgres_database.value(f"SELECT pg_terminate_backend({first})") is True
        assert in_the_end(lambda: postgres_database.rows(HOLDERS) not in ([], [(first,)]))
        assert ledger.home.is_alive(owner)
    assert not ledger.home.is_alive(owner)


def test_a_worker_gives_signs_of_life_until_it_goes(ledger: Ledger) -> None:
    with ledger.home.owning(LIFE) as owner, ledger.home.owning() as other:
        first = ledger.home.pulses()
        assert owner != other
        assert {name: pulse.life for name, pulse in first.items()} == {owner: LIFE}
        assert in_the_end(lambda: ledger.home.pulses()[owner].beat > first[owner].beat)
    assert ledger.home.pulses() == {}


def test_what_a_paused_worker_has_open_is_ended_and_it_comes_back(
    ledger: Ledger, postgres_database: PostgresDatabase
) -> None:
    with open_server_ledger(postgres_database.url, CLOCK) as paused, paused.home.owning(LIFE) as owner:
        with pytest.raises(UnavailableError), paused.records.writing() as connection:
            ledger.home.end_sessions(owner)
            connection.execute(text("SELECT 1"))
        assert ledger.jobs.latest() == ()
        assert in_the_end(lambda: ledger.home.is_alive(owner))
        before = ledger.home.pulses()[owner].beat
        assert in_the_end(lambda: ledger.home.pulses()[owner].beat > before)


def test_signs_of_the_dead_are_kept_as_long_as_they_have_left_a_job(ledger: Ledger) -> None:
    gone, left = "session-99999999999999-0a", "session-99999999999999-0b"
    ledger.jobs.begin("import", owner=left, database="d")
    with ledger.home.writing() as connection:
        for owner in (gone, left):
            connection.execute(text(DEAD), {"owner": owner})
    with ledger.home.owning(LIFE) as owner:
        assert set(ledger.home.pulses()) == {left, owner}


@pytest.mark.slow
def test_a_server_that_starts_again_takes_nobody_for_dead_who_is_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_owners, "LOOK", 0.02)
    with installed_server() as start, ExitStack() as opened:
        with start(durable=True) as server:
            home = opened.enter_context(open_server_ledger(server.url(), CLOCK)).home
            with home.owning() as finished:
                owner = opened.enter_context(home.owning())
        with start(durable=True):
            assert home.is_alive(owner)
            assert in_the_end(lambda: holds(home, owner))
            assert not holds(home, finished)
            opened.close()


def holds(home: Home, owner: str) -> bool:
    """Without the time for which it is believed to be coming back."""
    with home.reading() as connection:
        return server_owners.is_alive(connection, owner, patience=0)
