"""A server that is none: greets like MySQL, lets everybody in, and asks for a file of the client."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_server, socket

GREETING = (
    b"\x0a8.0.36-rogue\0"
    b"\x01\0\0\0"
    b"12345678\0"
    b"\xff\xf7"
    b"\x2d"
    b"\x02\0"
    b"\xff\x81"
    b"\x15" + bytes(10) + b"123456789012\0" + b"mysql_native_password\0"
)
OK = b"\0\0\0\x02\0\0\0"
END = b"\0\0\0\x04"
"""The empty packet behind two packets of rows."""
FILE = b"/etc/passwd"


@contextmanager
def rogue_server(patience: bytes = b"SET ") -> Iterator[tuple[int, list[bytes]]]:
    """Port, and what it heard after it asked. Statements with `patience` in them are answered honestly."""
    heard: list[bytes] = []
    with create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_ask_for_a_file, args=(listener, patience, heard))
        thread.start()
        yield listener.getsockname()[1], heard
        thread.join(timeout=10)
        assert not thread.is_alive()


def _ask_for_a_file(listener: socket, patience: bytes, heard: list[bytes]) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(5)
        send(connection, 0, GREETING)
        connection.recv(65536)
        send(connection, 2, OK)
        while patience in connection.recv(65536):
            send(connection, 1, OK)
        send(connection, 1, b"\xfb" + FILE)
        while data := connection.recv(65536):
            heard.append(data)
            if data.endswith(END):
                send(connection, END[-1] + 1, OK)


def send(connection: socket, number: int, payload: bytes) -> None:
    connection.sendall(len(payload).to_bytes(3, "little") + bytes([number]) + payload)
