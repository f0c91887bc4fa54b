"""What can go wrong before the first row: each a clear error with a remedy, none with the password in it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from entrepot.databases.mysql.address import Address
from entrepot.databases.mysql.connect import connect_to_change
from entrepot.databases.mysql.engine import MySqlEngine
from entrepot.databases.mysql.local_load import load_rows
from entrepot.databases.mysql.running import Running
from entrepot.model.changes import Mark
from entrepot.model.errors import AccessError, EntrepotError, InputError, MissingExtraError, UnavailableError
from entrepot.model.sessions import Signature
from integration.mariadb.rogue import FILE, rogue_server
from servers import mariadb
from servers.mariadb import PASSWORD, MariaDatabase
from servers.process import free_port

pytestmark = pytest.mark.mariadb


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


def test_a_server_that_asks_for_a_file_gets_none() -> None:
    """FAULTS 80: LOAD DATA LOCAL lets a hostile server read any file of the client."""
    with rogue_server() as (port, heard):
        error = failure(f"mysql://root:{PASSWORD}@127.0.0.1:{port}/x?ssl=off")
    assert error.code == "file_requested"
    assert b"root:" not in b"".join(heard)


def rogue_address(port: int) -> Address:
    return Address(f"mysql://root:{PASSWORD}@127.0.0.1:{port}/x?ssl=off")


def test_an_import_gives_no_file_either_although_it_can_send_rows() -> None:
    with rogue_server() as (port, heard), pytest.raises(AccessError) as error:
        MySqlEngine(f"mysql://root:{PASSWORD}@127.0.0.1:{port}/x?ssl=off").was_applied(Mark(job="j"))
    assert error.value.code == "file_requested"
    assert b"root:" not in b"".join(heard)


def test_a_server_that_asked_for_a_file_hears_no_more_of_us() -> None:
    with rogue_server() as (port, heard):
        address = rogue_address(port)
        with closing(connect_to_change(address)) as connection:
            running = Running(connection, address)
            with pytest.raises(AccessError), running.working("asking"):
                running.execute("DO 1")
            with pytest.raises(UnavailableError), running.working("asking again"):
                running.execute("DO 1")
    assert heard == []


def test_whatever_name_is_asked_for_the_answer_is_the_rows_of_our_load() -> None:
    with rogue_server() as (port, heard), closing(connect_to_change(rogue_address(port))) as connection:
        load_rows(connection, "LOAD DATA LOCAL INFILE 'rows' INTO TABLE t", [b"1,a\n", b"2,b\n"])
    assert FILE == b"/etc/passwd"
    assert b"".join(heard) == b"\x04\0\0\x021,a\n\x04\0\0\x032,b\n\0\0\0\x04\x01\0\0\0\x01"


@pytest.fixture
def observed(monkeypatch: pytest.MonkeyPatch) -> Iterator[MariaDatabase]:
    """A server that asks sessions who they are, as MariaDB does when it is told to."""
    monkeypatch.setattr(mariadb, "SETTINGS", (*mariadb.SETTINGS, "--performance-schema=ON"))
    with mariadb.running_server() as server, server.database() as database:
        database.execute("CREATE TABLE people (id integer PRIMARY KEY)")
        yield database


def test_every_session_of_a_job_says_whose_it_is_where_the_server_asks(observed: MariaDatabase, tmp_path: Path) -> None:
    """Those that only read, too."""
    catalog, engine = MySqlEngine(observed.url).introspect(), MySqlEngine(observed.url)
    engine.sign(Signature(job="exp_1m7yxxkp00000000", epoch=2))
    with (
        engine.snapshot(catalog, catalog.entities, tmp_path),
        engine.change(catalog, catalog.entities, tmp_path, write=True),
    ):
        told = observed.rows(
            "SELECT attr_value FROM performance_schema.session_connect_attrs"
            " WHERE attr_name = 'program_name' AND attr_value LIKE 'entrepot exp%'"
        )
    assert told == (("entrepot exp_1m7yxxkp00000000 2",),) * 2
