"""Whole databases, most of them by others: learned, exported in every format, inspected, moved to other engines."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from acceptance.corpora import CORPORA, FOLDER, Corpus, Places, load
from acceptance.journeys import changed_fields, named_fields, unpromised_fields
from entrepot import Entrepot, ExportOptions, ExportOutcome, Relatives, Selection
from entrepot.model.drafts import Mode, Reading
from entrepot.model.graph import cycles, load_order
from entrepot.model.plans import ImportRequest
from entrepot.model.receipts import Fingerprint
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
def service(corpus: Corpus, source: PostgresDatabase, tmp_path_factory: pytest.TempPathFactory) -> Entrepot:
    settings = tmp_path_factory.mktemp(corpus.name) / "entrepot.toml"
    settings.write_text(corpus.settings, encoding="utf-8")
    return Entrepot(source.url, config=settings)


@pytest.fixture(scope="module")
def fingerprints(service: Entrepot) -> dict[str, str]:
    return texts(service.fingerprint())


def test_the_catalog_has_every_entity_and_names_the_cycles(corpus: Corpus, service: Entrepot) -> None:
    catalog = service.catalog()
    assert len(catalog.entities) == corpus.entities
    assert {frozenset(cycle) for cycle in cycles(catalog)} == set(corpus.cycles)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_holds_every_row_and_passes_inspection(
    corpus: Corpus, service: Entrepot, fingerprints: dict[str, str], tmp_path: Path, format: str
) -> None:
    options = ExportOptions(format=format, fingerprint=True)
    outcome = service.export(to=f"{tmp_path}/out/", options=options)
    assert outcome.receipt.totals["rows"] == corpus.rows
    assert {e.title: str(e.fingerprint) for e in outcome.receipt.entities} == fingerprints
    found = Entrepot().inspect(outcome.path)
    assert found.ok, found.problems
    assert found.checks


def test_the_sql_export_fills_an_empty_database_with_the_same_content(
    service: Entrepot, fingerprints: dict[str, str], postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    outcome = service.export(to=tmp_path / "all.sql")
    done = postgres_database.psql("-v", "ON_ERROR_STOP=1", "-f", str(outcome.path))
    assert done.returncode == 0, done.stderr
    assert texts(Entrepot(postgres_database.url).fingerprint()) == fingerprints


def test_it_moves_to_sqlite_and_changes_only_where_it_said_so(
    corpus: Corpus, service: Entrepot, tmp_path: Path
) -> None:
    outcome = service.export(to=tmp_path / "all.sql", options=ExportOptions(dialect="sqlite"))
    target = tmp_path / "moved.db"
    with outcome.path.open("rb") as script:
        subprocess.run(["sqlite3", "-bail", str(target)], stdin=script, check=True, timeout=120)
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert_kept(corpus, "sqlite", outcome, changed_fields(service, Entrepot(f"sqlite:///{target}")))


@pytest.mark.mariadb
def test_it_moves_to_mariadb_and_changes_only_where_it_said_so(
    corpus: Corpus, service: Entrepot, mariadb_database: MariaDatabase, tmp_path: Path
) -> None:
    outcome = service.export(to=tmp_path / "all.sql", options=ExportOptions(dialect="mysql"))
    done = mariadb_database.client(script=outcome.path.read_bytes())
    assert done.returncode == 0, done.stderr
    assert_kept(corpus, "mysql", outcome, changed_fields(service, Entrepot(mariadb_database.url)))


def test_the_rows_of_its_script_are_those_of_the_database_that_it_made(corpus: Corpus, service: Entrepot) -> None:
    """Read as data here, run by the server's own client there."""
    for table in corpus.dumped:
        request = ImportRequest(entity=table, mode=Mode.UPSERT, reading=Reading(entity=table))
        plan = service.preview(FOLDER / corpus.name / corpus.files[-1], request)
        (rows,) = (found.rows for found in service.fingerprint(table).values())
        assert plan.counts["unchanged"] == plan.staged.records == rows > 0, (table, plan.findings, plan.differences)


def assert_kept(corpus: Corpus, dialect: str, outcome: ExportOutcome, changed: Places) -> None:
    """Field by field: what changed is exactly what this journey changes, and all of it was said beforehand."""
    assert changed == corpus.changed.get(dialect, frozenset())
    assert changed <= named_fields(outcome.receipt)
    assert unpromised_fields(outcome.receipt) == corpus.padded


def test_a_few_rows_take_their_parents_along(
    service: Entrepot, corpus: Corpus, fingerprints: dict[str, str], tmp_path: Path
) -> None:
    """One row of the last entity in load order that has a key, with all it needs: smaller than the whole, complete."""
    catalog = service.catalog()
    ordered = [catalog.entity(name) for component in load_order(catalog) for name in component]
    last = [entity for entity in ordered if entity.primary_key and not fingerprints[entity.title].endswith(":0")][-1]
    selection = Selection(entities=(last.name,), limit=1, related=Relatives.PARENTS)
    outcome = service.export(to=tmp_path / "some.zip", selection=selection)
    assert 0 < outcome.receipt.totals["rows"] < corpus.rows
    assert Entrepot().inspect(outcome.path).ok


def texts(found: Mapping[str, Fingerprint]) -> dict[str, str]:
    return {name: str(fingerprint) for name, fingerprint in found.items()}
