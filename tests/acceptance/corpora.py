"""Sample databases, loaded once per server: one of our own, which is always there, and those that others made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from servers.postgres import PostgresDatabase

OWN = Path(__file__).resolve().parent
FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "corpora" / "sql"
Places = frozenset[tuple[str, str]]
"""Entities with one of their fields each."""


@dataclass(frozen=True, kw_only=True)
class Corpus:
    name: str
    files: tuple[str, ...]
    entities: int
    rows: int
    """In all entities together."""
    cycles: tuple[frozenset[str], ...] = ()
    padded: Places = frozenset()
    """What the receipt does not promise to compare equal elsewhere: `char(n)`, which another engine may pad to its
    full width. SQLite and MariaDB do not, so that the content below is nevertheless the same."""
    changed: Mapping[str, Places] = field(default_factory=dict)
    """By dialect: fields whose content really is another after the journey. Nothing else may be.
    MySQL rounds after 30 decimals, and has no moments with a time zone."""
    settings: str = ""
    ours: bool = False
    dumped: tuple[str, ...] = ()
    """Tables whose rows in the last of the files are compared with those of the database."""


CORPORA = (
    Corpus(
        name="workshop",
        ours=True,
        files=("workshop.sql",),
        entities=7,
        rows=18,
        cycles=(frozenset({"site", "person"}), frozenset({"part"})),
        padded=frozenset({("job", "code")}),
        changed={"mysql": frozenset({("job", "exact ratio"), ("person", "since")})},
        settings='[entities.earned]\nview = true\nname = "earned"\n',
    ),
    Corpus(
        name="sakila",
        files=("postgres-sakila-schema.sql", "postgres-sakila-insert-data-using-copy.sql"),
        entities=21,
        rows=46_273,
        cycles=(frozenset({"staff", "store"}),),
        padded=frozenset({("language", "name")}),
        dumped=("film", "payment", "staff", "city"),
    ),
    Corpus(
        name="pagila",
        files=("pagila-schema.sql", "pagila-data.sql"),
        entities=21,
        rows=46_273,
        cycles=(frozenset({"staff", "store"}),),
        padded=frozenset({("language", "name")}),
        dumped=("rental", "store", "customer"),
    ),
    Corpus(
        name="chinook",
        files=("Chinook_PostgreSql_utf8.sql",),
        entities=11,
        rows=15_607,
        cycles=(frozenset({"Employee"}),),
        dumped=("Track", "Artist", "PlaylistTrack"),
    ),
    Corpus(
        name="world",
        files=("world.sql",),
        entities=3,
        rows=5_302,
        padded=frozenset(
            {
                ("city", "countrycode"),
                ("country", "code"),
                ("country", "code2"),
                ("countrylanguage", "countrycode"),
            }
        ),
        dumped=("city", "country", "countrylanguage"),
    ),
)


def load(corpus: Corpus, database: PostgresDatabase) -> None:
    """Trusted scripts, run by the server's own client as its superuser. Those of others are old; ours must be right."""
    folder = OWN if corpus.ours else FOLDER / corpus.name
    if not folder.is_dir():
        pytest.skip(f"{corpus.name} is a database of others, which is not beside this folder (shared/corpora/sql)")
    for name in corpus.files:
        done = database.psql("-v", f"ON_ERROR_STOP={int(corpus.ours)}", "-f", str(folder / name))
        assert done.returncode == 0, done.stderr
