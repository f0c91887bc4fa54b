"""A pipe says more than once that it has ended; its reader believes whoever fills it."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from entrepot.workbench.emitting import blocks_of, turn_away

PATIENCE = 20


@dataclass
class Scribe:
    """Opens the pipe for each text, and answers when all are written."""

    pipe: Path
    texts: list[bytes]
    asked: Event = field(default_factory=Event)
    over: Event = field(default_factory=Event)

    def has_answered(self) -> bool:
        self.asked.set()
        return self.over.is_set()

    def write(self) -> None:
        for text in self.texts:
            self.asked.clear()
            with self.pipe.open("wb") as file:
                file.write(text)
            assert self.asked.wait(PATIENCE)
        self.over.set()


def test_rows_that_come_after_the_pipe_was_closed_are_read_until_their_writer_has_answered(tmp_path: Path) -> None:
    pipe = tmp_path / "rows"
    os.mkfifo(pipe)
    scribe = Scribe(pipe, [b"", b"1,Ada\n", b"", b"2,Bob\n"])
    writer = Thread(target=scribe.write)
    writer.start()
    assert b"".join(blocks_of(pipe, scribe)) == b"1,Ada\n2,Bob\n"
    writer.join()


def test_whoever_comes_to_fill_a_pipe_that_nobody_reads_any_more_is_turned_away(tmp_path: Path) -> None:
    """Nobody could open it otherwise: that waits for the other end."""
    pipe = tmp_path / "rows"
    os.mkfifo(pipe)
    scribe = Scribe(pipe, [])
    unread = Event()

    def write() -> None:
        pipe.write_bytes(b"1,Ada\n")
        assert unread.wait(PATIENCE)
        with suppress(BrokenPipeError):
            pipe.write_bytes(b"2,Bob\n" * 100_000)
        scribe.over.set()

    writer = Thread(target=write, daemon=True)
    writer.start()
    with closing(blocks_of(pipe, scribe)) as blocks:
        assert next(blocks) == b"1,Ada\n"
    unread.set()
    turn_away(pipe, scribe)
    writer.join(PATIENCE)
    assert not writer.is_alive()
