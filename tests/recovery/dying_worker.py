"""A worker that is killed as soon as it begins to carry a job out: `python dying_worker.py`, like `entrepot worker`."""

from __future__ import annotations

import os
import signal
import sys
from unittest import mock

from entrepot.cli.parser import main
from entrepot.jobs.worker.running import Attempt
from entrepot.work import Works


def die(_works: Works, _attempt: Attempt) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    with mock.patch.object(Works, "carry_out", die):
        sys.exit(main(["worker", "--once"]))
