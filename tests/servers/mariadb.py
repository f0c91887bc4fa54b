"""A disposable MariaDB server for the tests: own data folder, free port, gone at the end.

Binaries come from the PATH or from where Debian puts them. mariadbd does not like to run as root, so as root it
runs as the OS user `mysql` or `nobody`.
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pymysql
import pytest

from servers.process import free_port, run_as, serving, serving_user

PASSWORD = "s3cret-of-the-tests"
FOLDERS = ("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/usr/libexec")
REMEDY = "install it: `apt-get install mariadb-server-core mariadb-client-core`"
SETTINGS = (
    "--bind-address=127.0.0.1",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_general_ci",
    "--local-infile=0",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=256M",
    "--innodb-log-file-size=64M",
    "--max-allowed-packet=1G",
)
FORGETFUL = ("--innodb-flush-log-at-trx-commit", "--innodb-flush-method", "--innodb-doublewrite", "--local-infile")
"""What no server of people does."""


@dataclass(frozen=True, kw_only=True)
class MariaDatabase:
    """One database of the test server."""

    url: str
    name: str
    server: MariaServer

    def execute(self, *statements: str) -> None:
        """Run statements one by one, each committed, as the superuser."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def rows(self, sql: str) -> tuple[tuple[object, ...], ...]:
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def value(self, sql: str) -> object:
        return self.rows(sql)[0][0]

    def connect(self, database: str | None = None) -> pymysql.Connection[Any]:
        return self.server.connect(database or self.name)

    def client(self, *arguments: str, script: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """Run the `mariadb` client on this database; the caller looks at the return code."""
        command = [*self.server.client_command(), *arguments, self.name]
        return subprocess.run(command, input=script, capture_output=True, check=False, timeout=300)


@dataclass(frozen=True, kw_only=True)
class MariaServer:
    port: int
    process_id: int
    client: Path

    def url(self, database: str = "", user: str = "root", password: str = PASSWORD) -> str:
        return f"mysql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def client_command(self) -> list[str]:
        """The `mariadb` command line up to the options of the caller."""
        place = ["--protocol=tcp", "--host=127.0.0.1", f"--port={self.port}", "--user=root", f"--password={PASSWORD}"]
        return [str(self.client), "--no-defaults", *place, "--default-character-set=utf8mb4"]

    def connect(self, database: str | None = None, password: str = PASSWORD) -> pymysql.Connection[Any]:
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user="root",
            password=password,
            database=database,
            charset="utf8mb4",
            autocommit=True,
            ssl_disabled=True,  # it would read all certificates of the system each time
        )

    def execute(self, *statements: str) -> None:
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    @contextmanager
    def database(self) -> Iterator[MariaDatabase]:
        """A fresh database, dropped at the end."""
        name = f"test_{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield MariaDatabase(url=self.url(name), name=name, server=self)
        finally:
            self.execute(f"DROP DATABASE {name}")


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def mariadb_database(mariadb_server: MariaServer) -> Iterator[MariaDatabase]:
    with mariadb_server.database() as database:
        yield database


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[MariaServer]:
    """Start a server, stop it when the block (or the interpreter) ends."""
    with installed_server() as start, start(durable=durable) as server:
        yield server


@contextmanager
def installed_server() -> Iterator[Callable[..., AbstractContextManager[MariaServer]]]:
    """A data folder of its own, whose server can be started more than once, always on one port."""
    server, installer, client = (_binary(*names) for names in BINARIES)
    user = serving_user("mysql")
    folder = Path(tempfile.mkdtemp(prefix="entrepot-mariadb-"))
    if user is not None:
        shutil.chown(folder, user.pw_uid, user.pw_gid)
    try:
        data = folder / "data"
        options = ["--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
        run_as(user, [installer, *options, f"--tmpdir={folder}", "--skip-test-db", "--skip-name-resolve"], folder)
        yield partial(_process, server, client, folder, free_port())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


BINARIES = (("mariadbd", "mysqld"), ("mariadb-install-db", "mysql_install_db"), ("mariadb", "mysql"))


def _binary(*names: str) -> Path:
    found = find_binary(*names)
    return found or pytest.fail(f"There is no {names[0]} on this machine: {REMEDY}.", pytrace=False)


def find_binary(*names: str) -> Path | None:
    """The first of `names` on the PATH or where distributions put servers."""
    on_path = (shutil.which(name) for name in names)
    installed = (str(Path(folder) / name) for folder in FOLDERS for name in names if (Path(folder) / name).exists())
    found = next((path for path in (*on_path, *installed) if path), None)
    return Path(found) if found else None


@contextmanager
def _process(
    binary: Path, client: Path, folder: Path, port: int, *, durable: bool, again: bool = False
) -> Iterator[MariaServer]:
    files = [f"--datadir={folder / 'data'}", f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}"]
    # a server that starts removes the temporary tables of any other one that shares its folder, and that one crashes
    own = f"--tmpdir={folder}"
    settings = [setting for setting in SETTINGS if not (durable and setting.startswith(FORGETFUL))]
    command = [binary, "--no-defaults", *files, own, f"--port={port}", *settings]
    password = PASSWORD if again else ""
    with serving(serving_user("mysql"), command, folder, lambda: _answers(port, password)) as process:
        server = MariaServer(port=port, process_id=process.pid, client=client)
        if not again:
            _protect(server)
        yield server


def _protect(server: MariaServer) -> None:
    with closing(server.connect(password="")) as connection, connection.cursor() as cursor:
        for host in ("localhost", "127.0.0.1"):
            cursor.execute(f"CREATE OR REPLACE USER root@'{host}' IDENTIFIED BY '{PASSWORD}'")
            cursor.execute(f"GRANT ALL ON *.* TO root@'{host}' WITH GRANT OPTION")


def _answers(port: int, password: str) -> bool:
    try:
        pymysql.connect(
            host="127.0.0.1", port=port, user="root", password=password, connect_timeout=5, ssl_disabled=True
        ).close()
    except pymysql.OperationalError:
        return False
    return True
