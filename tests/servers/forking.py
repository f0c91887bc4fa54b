"""Run by `forked.py`: an interpreter that has loaded all that the workbench needs, and becomes one whenever asked."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

import duckdb  # noqa: F401 - what takes longest to load

from entrepot.workbench import child, source  # noqa: F401


def main() -> None:
    for handler in child.HANDLERS.values():
        import_module(f"entrepot.workbench.{handler.partition(':')[0]}")
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's to answer
    channel = socket.socket(fileno=int(sys.argv[1]))
    while True:
        order, descriptors, _, _ = socket.recv_fds(channel, 65_536, 4)
        if not order:
            return reaped(0)
        reaped(os.WNOHANG)
        if os.fork() == 0:
            channel.close()
            keep(json.loads(order), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def reaped(how: int) -> None:
    """Keepers that are done."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


def keep(order: dict[str, str], descriptors: list[int]) -> NoReturn:
    """Say which process the workbench is, and how it ended."""
    *own, status = descriptors
    process_id = os.fork()
    if process_id == 0:
        os.close(status)
        become(order, own)
    for descriptor in own:
        os.close(descriptor)
    os.write(status, b"%d\n" % process_id)
    _, ended = os.waitpid(process_id, 0)
    os.write(status, b"%d\n" % os.waitstatus_to_exitcode(ended))
    os._exit(0)


def become(order: dict[str, str], own: list[int]) -> NoReturn:
    """The workbench, as its module does it when it is run."""
    for number, descriptor in enumerate(own):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(order["work"])
    sys.stdin = os.fdopen(0)
    sys.argv = ["child", order["tables"], order["memory"]]
    try:
        child.main()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(1)


if __name__ == "__main__":
    main()
