"""A paused process is ended, and nobody else who has its number."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from entrepot.ledger.processes import end, this_process
from entrepot.ledger.signs import end_silent
from entrepot.model.lives import Life, Process

TOLD = (
    "import sys, json, dataclasses; from entrepot.ledger.processes import this_process;"
    "print(json.dumps(dataclasses.asdict(this_process())), flush=True); sys.stdin.read()"
)
ME = os.geteuid()
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="nobody is known by when he was born")


@pytest.fixture
def held(tmp_path: Path) -> Path:
    (tmp_path / "held").touch()
    return tmp_path / "held"


@pytest.fixture
def paused(held: Path) -> Iterator[tuple[subprocess.Popen[bytes], Process]]:
    environment = {"PYTHONPATH": ":".join(sys.path)}
    with (
        held.open("r+") as file,
        subprocess.Popen(
            [sys.executable, "-c", TOLD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            pass_fds=[file.fileno()],
        ) as process,
    ):
        assert process.stdout is not None
        told = Process(**json.loads(process.stdout.readline()))
        process.send_signal(signal.SIGSTOP)
        yield process, told
        process.kill()


def test_a_paused_process_is_ended(paused: tuple[subprocess.Popen[bytes], Process], held: Path) -> None:
    process, told = paused
    assert end(told, [held], ME)
    assert process.wait(10) == -signal.SIGKILL
    assert not end(told, [held], ME)


def test_one_with_its_number_that_was_born_at_another_time_is_left_alone(
    paused: tuple[subprocess.Popen[bytes], Process], held: Path
) -> None:
    process, told = paused
    assert not end(replace(told, born=told.born - 1), [held], ME)
    assert process.poll() is None


def test_one_of_another_machine_or_of_none_that_is_known_is_left_alone(
    paused: tuple[subprocess.Popen[bytes], Process], held: Path
) -> None:
    process, told = paused
    assert not end(replace(told, machine="another"), [held], ME)
    assert not end(replace(told, machine=""), [held], ME)
    assert process.poll() is None


def test_one_that_has_nothing_of_it_open_or_is_of_another_user_is_left_alone(
    paused: tuple[subprocess.Popen[bytes], Process], held: Path, tmp_path: Path
) -> None:
    """Who it is, others may have written."""
    process, told = paused
    (tmp_path / "other").touch()
    assert not end(told, [tmp_path / "other", tmp_path / "none"], ME)
    assert not end(told, [held], ME + 1)
    assert process.poll() is None


def test_whom_a_lock_names_that_he_does_not_hold_is_left_alone(
    paused: tuple[subprocess.Popen[bytes], Process], tmp_path: Path
) -> None:
    process, told = paused
    lock = tmp_path / "worker.lock"
    lock.write_bytes(msgspec.json.encode(Life(process=told, lease=0.2)))
    os.utime(lock, (0, 0))
    assert end_silent(lock) is None
    assert process.poll() is None


def test_nobody_ends_himself(held: Path) -> None:
    with held.open():
        assert not end(this_process(), [held], ME)
