"""One question at a time to the child, and its answer; a dead child is told from a slow one."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TypeVar

from entrepot.model.errors import BugError, EntrepotError, UnavailableError
from entrepot.workbench.framing import frame, read_frame
from entrepot.workbench.lifeline import hold, lifeline
from entrepot.workbench.protocol import REPLIES, Answer, Done, Failed, Request
from entrepot.workbench.refusing import rebuilt

Told = TypeVar("Told", bound=Answer)

GOODBYE_SECONDS = 5.0


def start(work: Path, tables: Path, memory_bytes: int, log: BinaryIO) -> subprocess.Popen[bytes]:
    """A new interpreter that inherits nothing but its lifeline: no environment, no files, no sockets. `-P` keeps files
    of the work folder from being imported. It ends without clearing up: `tables` is the caller's to remove."""
    with lifeline() as (theirs, ours):
        process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", "entrepot.workbench.child", tables, str(memory_bytes), str(theirs)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=work,
            env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONUTF8": "1"},
            close_fds=True,
            pass_fds=[theirs],
        )
        hold(process, ours)
    return process


class Conversation:
    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process, self.log = process, log
        self.requests, self.replies = process.stdin, process.stdout
        self.asked = self.is_used = False

    def ask(self, request: Request) -> None:
        """Two at once would wait for each other for ever."""
        if self.asked:
            raise BugError(
                "workbench_busy",
                f"The workbench was asked for {type(request).__name__} before it had answered.",
                remedy="Please report it.",
            )
        try:
            self.requests.write(frame(request))
            self.requests.flush()
        except BrokenPipeError as error:
            raise self.died() from error
        self.asked = self.is_used = True

    def answer(self) -> Done:
        return self.reply(Done)

    def reply(self, kind: type[Told]) -> Told:
        """Wait for the reply. A child that dies closes its end, so this cannot hang on a dead one."""
        self.asked = False
        data = read_frame(self.replies)
        if data is None:
            raise self.died()
        reply = REPLIES.decode(data)
        if isinstance(reply, Failed):
            raise rebuilt(reply)
        if not isinstance(reply, kind):
            raise BugError("workbench_strayed", f"The workbench answered {type(reply).__name__}.")
        return reply

    def look_after(self, seconds: float) -> None:
        """Before the rows have ended, the child has nothing to say but what is wrong."""
        if select.select([self.replies], [], [], seconds)[0]:
            raise self.gone()

    def gone(self) -> EntrepotError:
        try:
            self.answer()
        except EntrepotError as error:
            return error
        return BugError("workbench_stopped_reading", "The workbench stopped reading early.", remedy="Please report it.")

    def has_answered(self) -> bool:
        return bool(select.select([self.replies], [], [], 0)[0])

    def forget(self) -> None:
        """Nobody wants the reply to what was asked, if it has not come yet."""
        if self.asked:
            self.answer()

    def died(self) -> UnavailableError:
        code = self.process.wait()
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        words = self.log.read_text(errors="replace").strip().splitlines()
        last = f" It said: {words[-1][:300]}" if words else ""
        return UnavailableError(
            "workbench_died",
            f"The workbench process {how} before its work was done.{last}",
            remedy="Try again. If it happens again, the machine may be short of memory.",
        )

    def close(self) -> None:
        """End of its input is the child's signal to go; one that is still starting would hear it late."""
        if not self.is_used:
            self.process.kill()
        with suppress(BrokenPipeError):
            self.requests.close()
        try:
            self.process.wait(GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.replies.close()
