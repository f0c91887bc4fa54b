"""A copy that is made beside other things is whole, or nothing of it is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contract.ledger.pinned import PinnedClock
from entrepot.jobs.coming import coming
from entrepot.model.errors import InputError
from entrepot.state import State, open_state


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state(tmp_path / "state", PinnedClock()) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(b"id,name\n" + b"1,Ann\n" * 2_000_000)
    return path


def left(state: State) -> list[str]:
    return [path.name for path in state.artifacts.folder.iterdir()] if state.artifacts.folder.exists() else []


def test_what_has_come_is_the_file_and_can_be_put_on_record(state: State, file: Path) -> None:
    with coming(state, file, "draft") as copy:
        record = state.record(copy.take(), "text/csv", lasting=timedelta(days=1))
    assert state.artifacts.verify(record).read_bytes() == file.read_bytes()
    assert left(state) == [record.id]


def test_of_a_copy_that_nobody_takes_nothing_is_left(state: State, file: Path) -> None:
    with coming(state, file, "draft"):
        pass
    with pytest.raises(ZeroDivisionError), coming(state, file, "draft"):
        raise ZeroDivisionError
    assert left(state) == []


def test_a_file_that_is_not_there_is_missed_when_it_is_wanted(state: State, tmp_path: Path) -> None:
    with coming(state, tmp_path / "nothing.csv", "draft") as copy, pytest.raises(InputError) as caught:
        copy.take()
    assert caught.value.code == "no_such_file"


def test_what_was_wrong_with_a_copy_is_said_when_it_is_wanted(state: State, file: Path) -> None:
    state.artifacts.folder.write_text("in the way")
    with pytest.raises(Exception, match="artifacts"), coming(state, file, "draft") as copy:
        copy.take()
    with coming(state, file, "draft"):
        pass
