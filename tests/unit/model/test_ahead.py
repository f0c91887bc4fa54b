"""Chunks come in order, memory stays bounded, errors come where they belong, and a read that is left ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from entrepot.model.ahead import ReadAhead
from entrepot.model.errors import UnavailableError
from entrepot.model.templates import Chunk

PATIENCE = 10.0


class Rows:
    """A read that tells how far it has come and whether it was ended properly."""

    def __init__(self, count: int, size: int = 1, *, fails: bool = False) -> None:
        self.count, self.size, self.fails = count, size, fails
        self.made = 0
        self.paused = threading.Event()
        self.ended_by: threading.Thread | None = None

    def __iter__(self) -> Iterator[Chunk]:
        try:
            for number in range(self.count):
                self.made += 1
                yield Chunk(bytes([number % 256]) * self.size, 1)
            if self.fails:
                raise UnavailableError("lost", "The connection is lost.", remedy="Try again.")
        finally:
            self.ended_by = threading.current_thread()
            self.paused.set()


def test_all_chunks_arrive_in_order() -> None:
    read = ReadAhead(iter(Rows(1000)))
    assert [chunk.data[0] for chunk in read] == [number % 256 for number in range(1000)]


def test_an_error_comes_after_the_chunks_before_it_and_only_once() -> None:
    read = ReadAhead(iter(Rows(3, fails=True)))
    assert [next(read).data for _ in range(3)] == [b"\0", b"\1", b"\2"]
    with pytest.raises(UnavailableError):
        next(read)
    assert next(read, None) is None


def test_no_more_is_read_than_the_limit_and_one_chunk() -> None:
    rows = Rows(1000, size=10)
    read = ReadAhead(iter(rows), limit=50)
    next(read)
    read.close()
    assert rows.made <= 1 + 5 + 1 + 1  # taken, waiting, and the one that found no room or was let in by the end


def test_a_read_that_is_left_is_ended_by_its_own_thread() -> None:
    rows = Rows(1000, size=10)
    read = ReadAhead(iter(rows), limit=50)
    next(read)
    read.close()
    assert rows.paused.is_set()
    assert rows.ended_by is not threading.current_thread()
    assert not [thread for thread in threading.enumerate() if thread.name == "entrepot-read-ahead"]


def test_a_failure_behind_what_was_taken_does_not_matter() -> None:
    read = ReadAhead(iter(Rows(2, fails=True)))
    next(read)
    read.close()
    assert next(read, None) is None


def test_nothing_is_read_before_it_is_asked_for() -> None:
    rows = Rows(3)
    read = ReadAhead(iter(rows))
    read.close()
    assert rows.made == 0


def test_the_read_goes_on_while_the_taker_is_busy() -> None:
    rows = Rows(5)
    read = ReadAhead(iter(rows))
    next(read)
    assert rows.paused.wait(PATIENCE)
    assert rows.made == 5
