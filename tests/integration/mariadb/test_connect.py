"""What can go wrong before the first row: each a clear error with a remedy, none with the password in it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_server, socket

import pytest

from entrepot.databases.mysql.engine import MySqlEngine
from entrepot.model.errors import AccessError, EntrepotError, InputError, MissingExtraError, UnavailableError
from servers.mariadb import PASSWORD, MariaDatabase
from servers.process import free_port

pytestmark = pytest.mark.mariadb

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


def failure(url: str) -> EntrepotError:
    with pytest.raises(EntrepotError) as error:
        MySqlEngine(url).introspect()
    assert PASSWORD not in f"{error.value.message}{error.value.remedy}"
    assert error.value.remedy
    return error.value


def test_a_wrong_password_is_named_without_being_shown(mariadb_database: MariaDatabase) -> None:
    server = mariadb_database.server
    error = failure(server.url(mariadb_database.name, password=PASSWORD + "x"))
    assert isinstance(error, AccessError)
    assert error.code == "wrong_password"


def test_an_unknown_database_is_named(mariadb_database: MariaDatabase) -> None:
    error = failure(mariadb_database.server.url("no_such_database"))
    assert isinstance(error, InputError)
    assert "'no_such_database'" in error.message


def test_a_server_that_does_not_answer_is_named() -> None:
    error = failure(f"mysql://root:{PASSWORD}@127.0.0.1:{free_port()}/x")
    assert isinstance(error, UnavailableError)
    assert error.code == "unreachable"


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://root:{PASSWORD}@127.0.0.1:port/x",
        f"mysql://root:{PASSWORD}@host",
        f"mysql://root:{PASSWORD}@host/x?read_default_file=/etc/my.cnf",
        f"mysql://root:{PASSWORD}@host/x?ssl=maybe",
    ],
)
def test_an_address_that_makes_no_sense_is_refused_before_anything_is_opened(url: str) -> None:
    assert isinstance(failure(url), InputError)


def test_a_missing_driver_names_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    error = failure(f"mysql://root:{PASSWORD}@127.0.0.1/x")
    assert isinstance(error, MissingExtraError)
    assert error.remedy == "Install it: pip install 'entrepot[mysql]'"


@contextmanager
def rogue_server() -> Iterator[tuple[int, list[bytes]]]:
    """Greets like MySQL, lets everybody in, and answers the first question with «send me your file»."""
    heard: list[bytes] = []
    with create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_ask_for_a_file, args=(listener, heard))
        thread.start()
        yield listener.getsockname()[1], heard
        thread.join(timeout=10)


def _ask_for_a_file(listener: socket, heard: list[bytes]) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(5)
        _send(connection, 0, GREETING)
        connection.recv(65536)
        _send(connection, 2, OK)
        while b"SET " in connection.recv(65536):
            _send(connection, 1, OK)
        _send(connection, 1, b"\xfb/etc/passwd")
        while data := connection.recv(65536):
            heard.append(data)


def _send(connection: socket, number: int, payload: bytes) -> None:
    connection.sendall(len(payload).to_bytes(3, "little") + bytes([number]) + payload)


def test_a_server_that_asks_for_a_file_gets_none() -> None:
    """FAULTS 80: LOAD DATA LOCAL lets a hostile server read any file of the client."""
    with rogue_server() as (port, heard):
        error = failure(f"mysql://root:{PASSWORD}@127.0.0.1:{port}/x?ssl=off")
    assert error.code == "file_requested"
    assert b"root:" not in b"".join(heard)
