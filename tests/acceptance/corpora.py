"""The sample databases that others made, loaded once per server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from servers.postgres import PostgresDatabase

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "corpora" / "sql"


@dataclass(frozen=True, kw_only=True)
class Corpus:
    name: str
    files: tuple[str, ...]
    entities: int
    rows: int
    """In all entities together."""
    cycles: tuple[frozenset[str], ...] = ()


CORPORA = (
    Corpus(
        name="sakila",
        files=("postgres-sakila-schema.sql", "postgres-sakila-insert-data-using-copy.sql"),
        entities=21,
        rows=46_273,
        cycles=(frozenset({"staff", "store"}),),
    ),
    Corpus(
        name="pagila",
        files=("pagila-schema.sql", "pagila-data.sql"),
        entities=21,
        rows=46_273,
        cycles=(frozenset({"staff", "store"}),),
    ),
    Corpus(
        name="chinook",
        files=("Chinook_PostgreSql_utf8.sql",),
        entities=11,
        rows=15_607,
        cycles=(frozenset({"Employee"}),),
    ),
    Corpus(name="world", files=("world.sql",), entities=3, rows=5_302),
)


def load(corpus: Corpus, database: PostgresDatabase) -> None:
    """Trusted scripts, run by the server's own client as its superuser."""
    if not FOLDER.is_dir():
        pytest.skip("shared/corpora is not here")
    for name in corpus.files:
        done = database.psql("-v", "ON_ERROR_STOP=0", "-f", str(FOLDER / corpus.name / name))
        assert done.returncode == 0, done.stderr
