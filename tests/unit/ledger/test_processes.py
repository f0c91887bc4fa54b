"""A paused process is ended, and nobody else who has its number."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from entrepot.ledger.processes import end, this_process
from entrepot.model.lives import Process

TOLD = (
    "import sys, json, dataclasses; from entrepot.ledger.processes import this_process;"
    "print(json.dumps(dataclasses.asdict(this_process())), flush=True); sys.stdin.read()"
)
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="nobody is known by when he was born")


@pytest.fixture
def paused() -> Iterator[tuple[subprocess.Popen[bytes], Process]]:
    environment = {"PYTHONPATH": ":".join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", TOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        told = Process(**json.loads(process.stdout.readline()))
        process.send_signal(signal.SIGSTOP)
        yield process, told
        process.kill()


def test_a_paused_process_is_ended(paused: tuple[subprocess.Popen[bytes], Process]) -> None:
    process, told = paused
    assert end(told)
    assert process.wait(10) == -signal.SIGKILL
    assert not end(told)


def test_one_with_its_number_that_was_born_at_another_time_is_left_alone(
    paused: tuple[subprocess.Popen[bytes], Process],
) -> None:
    process, told = paused
    assert not end(replace(told, born=told.born - 1))
    assert process.poll() is None


def test_one_of_another_machine_or_of_none_that_is_known_is_left_alone(
    paused: tuple[subprocess.Popen[bytes], Process],
) -> None:
    process, told = paused
    assert not end(replace(told, machine="another"))
    assert not end(replace(told, machine=""))
    assert process.poll() is None


def test_nobody_ends_himself() -> None:
    assert not end(this_process())
