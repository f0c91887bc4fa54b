"""SQLite files for the tests: made, looked at, written as scripts, loaded."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from contract.formats.memory_outlet import MemoryOutlet, SilentReporter, no_workbench
from entrepot.databases.sqlite.engine import SqliteEngine
from entrepot.databases.sqlite.script import SqliteScript
from entrepot.formats.port import Document, Tools
from entrepot.formats.sql.options import SqlOptions
from entrepot.formats.sql.write import write_sql
from entrepot.model.catalog import Catalog, Entity, EntityKind
from entrepot.model.ports import RowSource, Session
from entrepot.model.selection import Column, Query


def made(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.executescript(statement)
    return path


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


@contextmanager
def opened(path: Path, work: Path) -> Iterator[tuple[Catalog, Session]]:
    engine, folder = SqliteEngine(path), work / "work"
    folder.mkdir(exist_ok=True)
    catalog = engine.introspect()
    with engine.snapshot(catalog, catalog.entities, folder) as session:
        yield catalog, session


def everything_of(entity: Entity) -> Query:
    return Query(entity=entity, columns=tuple(Column(field=field, name=field.name) for field in entity.fields))


def script_of(source: RowSource, catalog: Catalog, work: Path, entities: Sequence[Entity]) -> bytes:
    """A `.sql` export for SQLite, as the format itself writes it."""
    outlet = MemoryOutlet()
    document = Document(
        title="t",
        stem="t",
        created_at="2026-01-02T03:04:05Z",
        tool="test",
        database=catalog.database,
        engine=catalog.engine,
        snapshot="one",
        scope="everything",
        filters={},
        queries=tuple(everything_of(entity) for entity in entities),
        catalog=catalog,
    )
    dialect = SqliteScript()
    tools = Tools(reporter=SilentReporter(), work=work, workbench=no_workbench, dialect=dialect)
    write_sql(document, source, outlet, SqlOptions(), tools)
    return outlet.files["t.sql"]


def exported(path: Path, work: Path) -> bytes:
    with opened(path, work) as (catalog, session):
        tables = [entity for entity in catalog.entities if entity.kind is EntityKind.TABLE]
        return script_of(session, catalog, work, tables)


def loaded(script: bytes, path: Path) -> Path:
    """Through the sqlite3 shell, as people would."""
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.fail("the sqlite3 shell is missing: install it (`apt-get install sqlite3`)")
    done = subprocess.run([shell, "-bail", str(path)], input=script, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", b"")
    assert rows(path, "PRAGMA foreign_key_check") == []
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    return path
