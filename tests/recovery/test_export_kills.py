"""An export that is killed at any moment leaves no file with a final name that is not whole, and no rubbish for long;
one that is asked to stop leaves nothing at all."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from entrepot import Entrepot
from recovery.exporting import FILL, FORMATS, Place, empties, whole
from servers.postgres import PostgresDatabase, PostgresServer

pytestmark = pytest.mark.postgres
KILLS_PER_FORMAT = 6


@pytest.fixture(scope="module")
def bank(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    with postgres_server.database() as database:
        database.execute(FILL)
        yield database


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(home=tmp_path).make()


@pytest.fixture
def dice() -> random.Random:
    """Another seed each time; the failing one stands in the report and can be put here."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it when the test fails
    return random.Random(seed)


def finish(process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out.decode(), err.decode()


def whole_run(place: Place, url: str, name: str) -> float:
    started = time.monotonic()
    code, _, said = finish(place.start(url, name))
    assert code == 0, said
    assert whole(place.out / name)
    return time.monotonic() - started


def moments(dice: random.Random, seconds: float, count: int) -> list[float]:
    """One at random in each `count`th of a run, so that every part of it is struck."""
    return [dice.uniform(number, number + 1) / count * seconds for number in range(count)]


@pytest.mark.parametrize("format", FORMATS)
def test_kill_9_at_random_moments_never_leaves_a_wrong_file(
    bank: PostgresDatabase, place: Place, dice: random.Random, format: str
) -> None:
    seconds = whole_run(place, bank.url, f"whole.{format}")
    killed = writing = 0
    for number, moment in enumerate(moments(dice, seconds, KILLS_PER_FORMAT)):
        path = place.out / f"killed-{number}.{format}"
        process = place.start(bank.url, path.name)
        time.sleep(moment) if number % 2 else begin_to_write(process, place, path)
        writing += any(path.name in name for name in place.left_over())
        process.kill()
        killed += finish(process)[0] == -signal.SIGKILL
        assert_nothing_wrong(path)
    assert killed >= KILLS_PER_FORMAT // 2, "most runs were done before they were killed"
    assert writing, "no run was killed while it wrote"
    assert whole_run(place, bank.url, f"again.{format}") > 0
    assert place.left_over() == []
    assert empties(bank)
    for receipt in place.out.glob("*.receipt.json"):
        found = Entrepot().inspect(receipt.with_name(receipt.name.removesuffix(".receipt.json")))
        assert found.ok, found.problems


def begin_to_write(process: subprocess.Popen[bytes], place: Place, path: Path) -> None:
    """Wait until it has a file of another name open, unless it is done before anybody sees that."""
    while process.poll() is None and not any(path.name in name for name in place.left_over()):
        time.sleep(0.002)


def assert_nothing_wrong(path: Path) -> None:
    receipt = path.with_name(f"{path.name}.receipt.json")
    assert not receipt.exists() or path.exists()
    assert not path.exists() or whole(path)


@pytest.mark.parametrize("format", FORMATS)
def test_a_signal_at_a_random_moment_leaves_nothing_or_everything(
    bank: PostgresDatabase, place: Place, dice: random.Random, format: str
) -> None:
    seconds = whole_run(place, bank.url, f"whole.{format}")
    for number in (signal.SIGINT, signal.SIGTERM):
        codes = [
            stopped(place, bank.url, f"{number.name}-{turn}.{format}", number, moment)
            for turn, moment in enumerate([0.0, *moments(dice, seconds / 2, 1)])
        ]
        assert 130 in codes, f"every run was done before {number.name} came"
    assert empties(bank)


def stopped(place: Place, url: str, name: str, number: signal.Signals, moment: float) -> int:
    """The exit code of a run that got a signal: 0 with everything there, or 130 with nothing."""
    path = place.out / name
    process = place.start(url, name)
    assert process.stderr is not None
    process.stderr.readline()  # the snapshot is being opened: it runs, and listens
    time.sleep(moment)
    process.send_signal(number)
    code, _, said = finish(process)
    if code == 0:  # it was done before the signal came
        assert whole(path)
        return code
    assert code == 130, said
    assert said.count("Error: ") == 1
    assert "Traceback" not in said
    assert not list(place.out.glob(f"{path.name}*"))
    assert place.left_over() == []
    return code


def test_ctrl_c_ends_an_export_that_waits_for_a_lock(bank: PostgresDatabase, place: Place) -> None:
    """It cannot listen while it waits; patience with that is short."""
    with locked(bank):
        process = place.start(bank.url, "waits.zip")
        assert waits(bank)
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        code, _, said = finish(process)
    assert code == 130, said
    assert time.monotonic() - started < 5
    assert place.left_over() == []
    assert empties(bank)


def waits(database: PostgresDatabase, seconds: float = 20.0) -> bool:
    """Whether Entrepot stands before a lock, soon."""
    question = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'entrepot' AND wait_event_type = 'Lock'"
    deadline = time.monotonic() + seconds
    while database.value(question) == 0:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def locked(database: PostgresDatabase) -> Iterator[None]:
    """As a migration would do it."""
    with psycopg.connect(database.url) as connection:
        connection.execute("LOCK TABLE note IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()
