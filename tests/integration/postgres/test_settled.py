"""Somebody drops tables while the catalog is read: the server's own functions fail then, and it is read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
import pytest

from entrepot.databases.postgres import introspect, settled
from entrepot.databases.postgres.engine import PostgresEngine
from entrepot.databases.postgres.records import read
from entrepot.model.errors import EntrepotError
from servers.postgres import PostgresDatabase

pytestmark = pytest.mark.postgres
STAYS = "stays"


@pytest.fixture
def dropping(postgres_database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """From now on, each of so many looks at the constraints comes just after a table is gone that it has seen."""

    def begin(times: int) -> None:
        going = [f"goes_{number}" for number in range(times)]
        for name in (STAYS, *going):
            postgres_database.execute(f"CREATE TABLE {name} (id int PRIMARY KEY)")

        def look(
            connection: psycopg.Connection, query: str, record: type[object], values: Mapping[str, object] | None = None
        ) -> object:
            if query == "constraints" and going:
                postgres_database.execute(f"DROP TABLE {going.pop()}")
            return read(connection, query, record, values)

        monkeypatch.setattr(settled, "PAUSE", 0.0)
        monkeypatch.setattr(introspect, "read", look)

    return begin


def test_the_catalog_is_the_one_after_the_last_change(
    postgres_database: PostgresDatabase, dropping: Callable[[int], None]
) -> None:
    dropping(settled.AGAIN)
    assert [entity.name for entity in PostgresEngine(postgres_database.url).introspect().entities] == [STAYS]


def test_a_snapshot_does_not_mind_what_becomes_of_other_tables(
    postgres_database: PostgresDatabase, dropping: Callable[[int], None], tmp_path: Path
) -> None:
    postgres_database.execute(f"CREATE TABLE {STAYS}_too (id int PRIMARY KEY)")
    engine = PostgresEngine(postgres_database.url)
    catalog = engine.introspect()
    dropping(1)
    with engine.snapshot(catalog, catalog.entities, tmp_path) as session:
        assert session.identity


def test_a_schema_that_never_rests_is_told(
    postgres_database: PostgresDatabase, dropping: Callable[[int], None]
) -> None:
    dropping(settled.AGAIN + 1)
    with pytest.raises(EntrepotError) as told:
        PostgresEngine(postgres_database.url).introspect()
    assert "cache lookup failed" in told.value.message
