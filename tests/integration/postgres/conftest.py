"""Sample databases of others, loaded once and copied per test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from servers.postgres import PostgresDatabase, PostgresServer

CORPORA = Path(__file__).resolve().parents[3].parent / "shared" / "corpora" / "sql"
HARMLESS = b'extension "plpgsql" already exists'
"""The one complaint that these files make on a PostgreSQL of today."""


@contextmanager
def loaded(server: PostgresServer, files: Sequence[str]) -> Iterator[PostgresDatabase]:
    if not CORPORA.is_dir():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    with server.database() as database:
        for file in files:
            done = database.psql("-f", str(CORPORA / file))
            complaints = [line for line in done.stderr.splitlines() if b"ERROR" in line and HARMLESS not in line]
            assert not complaints, complaints
        yield database


@pytest.fixture(scope="session")
def sakila(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    files = ["sakila/postgres-sakila-schema.sql", "sakila/postgres-sakila-insert-data-using-copy.sql"]
    with loaded(postgres_server, files) as database:
        yield database


@pytest.fixture(scope="session")
def pagila(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    with loaded(postgres_server, ["pagila/pagila-schema.sql", "pagila/pagila-data.sql"]) as database:
        yield database
