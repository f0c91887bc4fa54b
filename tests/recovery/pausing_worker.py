"""A worker that is paused before it commits, or while it writes to our own records: `python pausing_worker.py
commit|records`, like `entrepot worker`."""

from __future__ import annotations

import os
import signal
import sys
from unittest import mock

from entrepot.cli.parser import main
from entrepot.databases.sqlite.change import SqliteTarget
from entrepot.ledger import orders


def stop(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    owner, name = {"commit": (SqliteTarget, "commit"), "records": (orders, "require_owner")}[sys.argv[1]]
    with mock.patch.object(owner, name, stop):
        sys.exit(main(["worker"]))
