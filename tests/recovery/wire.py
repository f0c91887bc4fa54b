"""A wire between us and a server that can be cut at a chosen moment."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

PORT = re.compile(r"127\.0\.0\.1:(\d+)")
Cut = Callable[[bytes], bool]
"""Whether what we are sending is where the wire breaks."""


class Wire:
    """Cut once: `before` drops what was being sent, `after` lets it through and drops the answer."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.before: Cut | None = None
        self.after: Cut | None = None
        self.refuses = False
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.open: list[socket.socket] = [self.listener]

    def url(self, url: str) -> str:
        return PORT.sub(f"127.0.0.1:{self.listener.getsockname()[1]}", url)

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                ours, _ = self.listener.accept()
                if (server := self.server()) is None:
                    ours.close()
                    continue
                self.open += [ours, server]
                threading.Thread(target=self.forward, args=(ours, server), daemon=True).start()
                threading.Thread(target=self.back, args=(server, ours), daemon=True).start()

    def server(self) -> socket.socket | None:
        with suppress(ConnectionError):
            return None if self.refuses else socket.create_connection(("127.0.0.1", self.port))
        return None

    def forward(self, ours: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := ours.recv(1 << 16):
                if self.before and self.before(data):
                    self.before = None
                    self.cuts += 1
                    break
                if self.after and self.after(data):
                    self.after = None
                    self.cuts += 1
                    hang_up(ours)  # whatever the server says now, nobody hears it
                    server.sendall(data)
                    return
                server.sendall(data)
        hang_up(ours)
        hang_up(server)

    def back(self, server: socket.socket, ours: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(1 << 16):
                with suppress(OSError):
                    ours.sendall(data)
        hang_up(ours)

    def close(self) -> None:
        for each in self.open:
            hang_up(each)
            each.close()


def hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


@contextmanager
def wire_to(url: str) -> Iterator[Wire]:
    found = PORT.search(url)
    assert found
    wire = Wire(int(found[1]))
    thread = threading.Thread(target=wire.serve, daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        wire.close()
        thread.join(timeout=5)
