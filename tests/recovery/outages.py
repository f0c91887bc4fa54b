"""Jobs whose server of records goes away in the middle: `python outages.py '{…}'`, in the current folder.

A worker that comes to its step says so (`reached-ROUND-…`), and goes on when the server is away (`away-ROUND`); or is
killed then.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from unittest import mock

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from entrepot.workbench import client  # noqa: E402 - this file also runs by itself
from recovery.crashes import Crashes  # noqa: E402
from servers.forked import running_origin  # noqa: E402

GOES_ON, DIES = 0, signal.SIGKILL.value


def reached(home: Path, number: int) -> list[Path]:
    """By which workers the step was."""
    return list(home.glob(f"reached-{number}-*"))


def away(home: Path, number: int) -> Path:
    return home / f"away-{number}"


class Outages(Crashes):
    def strike(self, number: int) -> None:
        Path(f"reached-{self.round}-{os.getpid()}").touch()
        while not away(Path(), self.round).exists():
            time.sleep(0.02)
        if number == DIES:
            os.kill(os.getpid(), number)


if __name__ == "__main__":
    with running_origin() as origin, mock.patch.object(client, "start", origin.start):
        for line in Outages(**json.loads(sys.argv[1])).rounds():
            sys.stdout.write(json.dumps(line) + "\n")
