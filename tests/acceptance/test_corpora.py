"""Databases that nobody here designed: learned, exported in every format, inspected, and moved to other engines."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from acceptance.corpora import CORPORA, Corpus, load
from entrepot import Entrepot, ExportOptions, Relatives, Selection
from entrepot.model.graph import cycles, load_order
from servers.mariadb import MariaDatabase
from servers.postgres import PostgresDatabase, PostgresServer

FORMATS = ("csv", "json", "ndjson", "xlsx", "pdf", "sql", "parquet", "package")

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module", params=CORPORA, ids=lambda corpus: corpus.name)
def corpus(request: pytest.FixtureRequest) -> Corpus:
    return request.param


@pytest.fixture(scope="module")
def source(corpus: Corpus, postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    with postgres_server.database() as database:
        load(corpus, database)
        yield database


@pytest.fixture(scope="module")
def fingerprints(source: PostgresDatabase) -> dict[str, str]:
    return {name: str(found) for name, found in Entrepot(source.url).fingerprint().items()}


def test_the_catalog_has_every_entity_and_names_the_cycles(corpus: Corpus, source: PostgresDatabase) -> None:
    catalog = Entrepot(source.url).catalog()
    assert len(catalog.entities) == corpus.entities
    assert {frozenset(cycle) for cycle in cycles(catalog)} == set(corpus.cycles)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_holds_every_row_and_passes_inspection(
    corpus: Corpus, source: PostgresDatabase, fingerprints: dict[str, str], tmp_path: Path, format: str
) -> None:
    options = ExportOptions(format=format, fingerprint=True)
    outcome = Entrepot(source.url).export(to=f"{tmp_path}/out/", options=options)
    assert outcome.receipt.totals["rows"] == corpus.rows
    assert {e.title: str(e.fingerprint) for e in outcome.receipt.entities} == fingerprints
    found = Entrepot().inspect(outcome.path)
    assert found.ok, found.problems
    assert found.checks


def test_the_sql_export_fills_an_empty_database_with_the_same_content(
    source: PostgresDatabase, fingerprints: dict[str, str], postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    outcome = Entrepot(source.url).export(to=tmp_path / "all.sql")
    done = postgres_database.psql("-v", "ON_ERROR_STOP=1", "-f", str(outcome.path))
    assert done.returncode == 0, done.stderr
    again = Entrepot(postgres_database.url).fingerprint()
    assert {name: str(found) for name, found in again.items()} == fingerprints


def test_it_moves_to_sqlite_with_the_same_content(
    source: PostgresDatabase, fingerprints: dict[str, str], tmp_path: Path
) -> None:
    options = ExportOptions(dialect="sqlite")
    outcome = Entrepot(source.url).export(to=tmp_path / "all.sql", options=options)
    target = tmp_path / "moved.db"
    with outcome.path.open("rb") as script:
        subprocess.run(["sqlite3", "-bail", str(target)], stdin=script, check=True, timeout=120)
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    again = {name: str(found) for name, found in Entrepot(f"sqlite:///{target}").fingerprint().items()}
    assert unequal(fingerprints, again) <= named_as_lossy(outcome.receipt.warnings)


@pytest.mark.mariadb
def test_it_moves_to_mariadb_with_the_same_content(
    source: PostgresDatabase, fingerprints: dict[str, str], mariadb_database: MariaDatabase, tmp_path: Path
) -> None:
    outcome = Entrepot(source.url).export(to=tmp_path / "all.sql", options=ExportOptions(dialect="mysql"))
    done = mariadb_database.client(script=outcome.path.read_bytes())
    assert done.returncode == 0, done.stderr
    again = {name: str(found) for name, found in Entrepot(mariadb_database.url).fingerprint().items()}
    assert unequal(fingerprints, again) <= named_as_lossy(outcome.receipt.warnings)


def unequal(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Entities whose content differs; none may be missing, and no row either."""
    assert set(before) == set(after)
    assert {name: rows(found) for name, found in before.items()} == {name: rows(found) for name, found in after.items()}
    return {name for name in before if before[name] != after[name]}


def rows(fingerprint: str) -> str:
    return fingerprint.rpartition(":")[2]


def named_as_lossy(warnings: tuple[object, ...]) -> set[str]:
    """What the export said beforehand does not arrive unchanged."""
    return {str(getattr(getattr(warning, "place", None), "entity", None)) for warning in warnings}


def test_a_few_rows_take_their_parents_along(
    source: PostgresDatabase, corpus: Corpus, fingerprints: dict[str, str], tmp_path: Path
) -> None:
    """One row of the last entity in load order that has a key, with all it needs: smaller than the whole, complete."""
    service = Entrepot(source.url)
    catalog = service.catalog()
    ordered = [catalog.entity(name) for component in load_order(catalog) for name in component]
    last = [entity for entity in ordered if entity.primary_key and rows(fingerprints[entity.title]) != "0"][-1]
    selection = Selection(entities=(last.name,), limit=1, related=Relatives.PARENTS)
    outcome = service.export(to=tmp_path / "some.zip", selection=selection)
    assert 0 < outcome.receipt.totals["rows"] < corpus.rows
    assert Entrepot().inspect(outcome.path).ok
