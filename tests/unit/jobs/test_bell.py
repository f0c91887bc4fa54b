"""Whoever submits rings, and whoever listens looks; nobody ever waits for it."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrepot.jobs.orders.bell import hearing, ring
from entrepot.state_folder import BELL

PATIENCE = 10.0


@pytest.fixture(autouse=True)
def nobody_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def test_whoever_listens_hears_every_time(tmp_path: Path) -> None:
    heard = threading.Event()
    with hearing(tmp_path, heard.set):
        for _ in range(3):
            ring(tmp_path)
            assert heard.wait(PATIENCE)
            heard.clear()


def test_a_process_that_was_forked_keeps_nobody_from_the_end(tmp_path: Path) -> None:
    with hearing(tmp_path, threading.Event().set):
        child = os.fork()
        if child == 0:
            time.sleep(3 * PATIENCE)
            os._exit(0)
        began = time.monotonic()
    assert time.monotonic() - began < PATIENCE
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_a_folder_that_went_away_meanwhile_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    with hearing(tmp_path / "state", threading.Event().set):
        shutil.rmtree(tmp_path / "state")


def test_where_nobody_listens_it_is_rung_in_vain(tmp_path: Path) -> None:
    ring(tmp_path)
    ring(tmp_path / "nowhere")
    os.mkfifo(tmp_path / BELL)
    ring(tmp_path)


def test_a_worker_that_is_paused_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / BELL)
    bell = os.open(tmp_path / BELL, os.O_RDWR)
    for _ in range(70_000):
        ring(tmp_path)
    os.close(bell)


@pytest.mark.parametrize("way", ["file", "link", "folder"])
def test_what_is_no_bell_is_left_alone(tmp_path: Path, way: str) -> None:
    other = tmp_path / "other"
    other.write_text("mine", encoding="utf-8")
    match way:
        case "file":
            other.rename(other := tmp_path / BELL)
        case "link":
            (tmp_path / BELL).symlink_to(other)
        case _:
            (tmp_path / BELL).mkdir()
    with hearing(tmp_path, threading.Event().set):
        ring(tmp_path)
    assert other.read_text(encoding="utf-8") == "mine"


def test_the_folder_of_a_worker_that_went_can_be_copied(tmp_path: Path) -> None:
    with hearing(tmp_path, threading.Event().set):
        assert (tmp_path / BELL).is_fifo()
    shutil.copytree(tmp_path, tmp_path / "copy")
