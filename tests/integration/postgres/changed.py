"""How the tests of changes set up a database, and what it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from contract.databases.changing import Row, changing, lines
from entrepot.databases.postgres.engine import PostgresEngine
from entrepot.model.errors import EntrepotError
from servers.postgres import PostgresDatabase


def run(database: PostgresDatabase, *statements: str) -> PostgresEngine:
    for statement in statements:
        database.execute(statement)
    return PostgresEngine(database.url)


def refusal_of(
    engine: PostgresEngine, work: Path, table: str, fields: Sequence[str], rows: Sequence[Row]
) -> EntrepotError:
    with pytest.raises(EntrepotError) as caught, changing(engine, work) as (catalog, target):
        target.insert(catalog.entity(table), fields, lines(target, rows))
        target.commit()
    return caught.value
