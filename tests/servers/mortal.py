"""A server that can be killed as a whole, and started again on its data and its port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress

import psutil

from servers.mariadb import MariaServer
from servers.postgres import PostgresServer

Server = PostgresServer | MariaServer


class Mortal:
    def __init__(self, start: Callable[[bool], AbstractContextManager[Server]]) -> None:
        self.start, self.stack = start, ExitStack()
        self.server = self.stack.enter_context(start(False))

    def kill(self) -> None:
        """All of its processes at once, as when the power goes."""
        first = psutil.Process(self.server.process_id)
        everyone = [first, *first.children(recursive=True)]
        for process in everyone:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(everyone[1:], timeout=20)
        self.stack.close()

    def begin_again(self) -> None:
        self.server = self.stack.enter_context(self.start(True))


@contextmanager
def mortal(start: Callable[[bool], AbstractContextManager[Server]]) -> Iterator[Mortal]:
    """`start` is told whether the server ran before."""
    made = Mortal(start)
    try:
        yield made
    finally:
        made.stack.close()
