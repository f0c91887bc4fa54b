"""Killed at each single operation on the disk: what has a final name is whole, the rest goes at the next run."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.storage.published import NEW, OLD, Shape, left_over, shape
from entrepot.storage.parts import sweep
from recovery.sealing import child, killed

pytestmark = pytest.mark.slow
SHAPES = ("plain", "zstd+age", "gzip+age folder")
MOMENTS = ("before", "after")


@pytest.mark.parametrize("when", MOMENTS)
@pytest.mark.parametrize("name", SHAPES)
def test_killed_at_any_operation_nothing_half_has_a_final_name(name: str, when: str, tmp_path: Path) -> None:
    chosen = shape(name)
    *killed_in, whole = killed(name, tmp_path, OLD, when)
    for home in killed_in:
        assert chosen.judge(home) <= {OLD, None}
        assert_next_run_heals(chosen, home)
    assert len(killed_in) >= 5
    assert chosen.judge(whole) == {OLD}


@pytest.mark.parametrize("when", MOMENTS)
def test_killed_while_overwriting_every_file_is_whole_in_one_version(when: str, tmp_path: Path) -> None:
    name = "gzip+age folder"
    chosen = shape(name)
    *killed_in, whole = killed(name, tmp_path, NEW, when)
    for home in killed_in:
        assert chosen.judge(home) <= {OLD, NEW}
        assert_next_run_heals(chosen, home)
    assert len(killed_in) >= 5
    assert chosen.judge(whole) == {NEW}


def assert_next_run_heals(chosen: Shape, home: Path) -> None:
    """The user repeats the command, allowing what it left to be replaced."""
    chosen.publish(home, NEW, overwrite=True)
    assert chosen.judge(home) == {NEW}
    assert left_over(home) == []


@contextmanager
def holder(file: Path, *, around: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """A living process with a part of `file`."""
    process = subprocess.Popen([*around, *child("hold", file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == b"held\n"
            yield process
        finally:
            process.kill()


def test_the_living_keep_their_parts_and_the_killed_lose_them(tmp_path: Path) -> None:
    with holder(tmp_path / "a.csv") as process:
        assert sweep(tmp_path) == ()
        (part,) = left_over(tmp_path)
        process.kill()
        process.wait()
        assert [path.name for path in sweep(tmp_path)] == [part]
    assert left_over(tmp_path) == []


def own_process_numbers() -> tuple[str, ...]:
    """A command that runs another in a space of process numbers of its own, where each has the number 1."""
    around = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child")
    if (
        shutil.which("unshare") is None
        or subprocess.run([*around, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("this system allows no process numbers of one's own")
    return around


def test_process_numbers_play_no_part(tmp_path: Path) -> None:
    """Neither that of a holder in another container, nor one that was given away again."""
    around = own_process_numbers()
    with holder(tmp_path / "a.csv", around=around), holder(tmp_path / "a.csv", around=around):
        assert sweep(tmp_path) == ()
        assert len(left_over(tmp_path)) == 2
    assert swept_in_the_end(tmp_path) == 2


def swept_in_the_end(home: Path) -> int:
    """Those in another space die a moment after the one that is killed here."""
    count, deadline = 0, time.monotonic() + 10
    while left_over(home) and time.monotonic() < deadline:
        count += len(sweep(home))
        time.sleep(0.01)
    return count
