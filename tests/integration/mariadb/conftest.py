"""Sample databases of others, loaded with the `mariadb` client, because they use DELIMITER."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.mariadb import MariaDatabase, MariaServer

CORPORA = Path(__file__).resolve().parents[3].parent / "shared" / "corpora" / "sql"
SAKILA = CORPORA / "sakila" / "mysql-sakila-schema.sql"


@pytest.fixture
def sakila(mariadb_server: MariaServer) -> Iterator[MariaDatabase]:
    """The schema, which names its own database; its three triggers included."""
    if not CORPORA.is_dir():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    database = MariaDatabase(url=mariadb_server.url("sakila"), name="sakila", server=mariadb_server)
    mariadb_server.execute("CREATE DATABASE sakila")
    try:
        done = database.client(script=SAKILA.read_bytes())
        assert done.returncode == 0, done.stderr
        yield database
    finally:
        mariadb_server.execute("DROP DATABASE sakila")
