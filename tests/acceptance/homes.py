"""Where a whole database can live: an engine, filled by its own client and dumped by its own tool."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import pytest

from servers.mariadb import PASSWORD, MariaServer
from servers.postgres import PostgresServer


class Home(Protocol):
    @property
    def name(self) -> str:
        """Of the dialect."""
        ...

    def filled(self, script: Path) -> AbstractContextManager[str]:
        """The address of a new database, made by the script."""
        ...

    def dumped(self, url: str) -> bytes: ...


def run(*command: str | Path, script: bytes | None = None) -> bytes:
    done = subprocess.run(command, input=script, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class InSqlite:
    name = "sqlite"

    @contextmanager
    def filled(self, script: Path) -> Iterator[str]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "home.db"
            run("sqlite3", "-bail", file, script=script.read_bytes())
            yield f"sqlite:///{file}"

    def dumped(self, url: str) -> bytes:
        return run("sqlite3", url.removeprefix("sqlite:///"), ".dump")


@dataclass(frozen=True)
class InPostgres:
    server: PostgresServer
    name = "postgres"

    @contextmanager
    def filled(self, script: Path) -> Iterator[str]:
        with self.server.database() as database:
            done = database.psql("-v", "ON_ERROR_STOP=1", "-f", str(script))
            assert done.returncode == 0, done.stderr
            yield database.url

    def dumped(self, url: str) -> bytes:
        return run(self.server.binaries / "pg_dump", url)


@dataclass(frozen=True)
class InMariaDB:
    server: MariaServer
    name = "mysql"

    @contextmanager
    def filled(self, script: Path) -> Iterator[str]:
        with self.server.database() as database:
            done = database.client(script=script.read_bytes())
            assert done.returncode == 0, done.stderr
            yield database.url

    def dumped(self, url: str) -> bytes:
        address = urlsplit(url)
        login = ("--user=root", f"--password={PASSWORD}", "--host=127.0.0.1", f"--port={address.port}")
        tool = shutil.which("mariadb-dump") or pytest.fail("mariadb-dump is missing; `make test` installs it")
        return run(tool, *login, "--protocol=tcp", address.path.strip("/"))


def home_in(name: str, request: pytest.FixtureRequest) -> Home:
    if name == "sqlite":
        return InSqlite()
    if name == "postgres":
        return InPostgres(request.getfixturevalue("postgres_server"))
    return InMariaDB(request.getfixturevalue("mariadb_server"))
