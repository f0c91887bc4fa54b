"""A pipe says more than once that it has ended; its reader believes whoever fills it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from entrepot.workbench.emitting import blocks_of

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
