"""Servers on loopback that answer letters in every way there is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Heard:
    port: int = 0
    answer: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    requests: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)


@contextmanager
def web(heard: Heard) -> Iterator[Heard]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.requests.append((self.path, dict(self.headers.items()), body))
            self.send_response(heard.answer)
            for name, value in heard.headers.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(b"x" * 100_000)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    heard.port = server.server_address[1]
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    serving.start()
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


@contextmanager
def spoken(
    lines: list[bytes], *, replies: Mapping[bytes, bytes] | None = None, greeting: bytes = b"220 x\r\n"
) -> Iterator[int]:
    """The port of a mail server that keeps what it hears; `replies` by the beginning of a line."""
    said = {b"EHLO": b"250 x\r\n", b"DATA": b"354 go\r\n", b"QUIT": b"221 x\r\n", **(replies or {})}
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as heard:
                connection.sendall(b"220 x\r\n")
                _talk(connection, iter(heard.readline, b""), said, lines)

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        serving.join(5)


def _talk(connection: socket.socket, heard: Iterator[bytes], said: Mapping[bytes, bytes], lines: list[bytes]) -> None:
    for line in heard:
        lines.append(line)
        connection.sendall(said.get(line[:4].upper(), b"250 ok\r\n"))
        if line[:4].upper() == b"DATA":
            for text in heard:
                lines.append(text)
                if text == b".\r\n":
                    connection.sendall(b"250 taken\r\n")
                    break


@contextmanager
def silent(*, says: bytes = b"") -> Iterator[int]:
    """The port of a server that takes connections, says so much again and again, and never comes to an end."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                while not over.wait(0.02):
                    connection.sendall(says)

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        listener.close()
        serving.join(5)
