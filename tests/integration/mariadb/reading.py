"""Reading whole tables in the tests, each way that the port offers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from contract.formats.memory_outlet import MemoryOutlet, SilentReporter, no_workbench
from entrepot.databases.mysql.engine import MySqlEngine
from entrepot.databases.mysql.script import MySqlScript
from entrepot.databases.mysql.session import MySqlSession
from entrepot.formats.csv import csv_template
from entrepot.formats.json.record import ndjson_template
from entrepot.formats.port import Document, Tools
from entrepot.formats.sql.options import SqlOptions
from entrepot.formats.sql.write import write_sql
from entrepot.model.catalog import Catalog, Entity, EntityKind
from entrepot.model.ports import Session
from entrepot.model.selection import Column, Query
from entrepot.model.templates import CsvDialect, RowTemplate


@contextmanager
def snapshot(url: str, work: Path, *names: str) -> Iterator[tuple[MySqlSession, Catalog]]:
    engine = MySqlEngine(url)
    catalog = engine.introspect()
    with engine.snapshot(catalog, [catalog.entity(name) for name in names] or tables(catalog), work) as session:
        yield session, catalog


def tables(catalog: Catalog) -> list[Entity]:
    return [entity for entity in catalog.entities if entity.kind is EntityKind.TABLE]


def everything_of(entity: Entity) -> Query:
    return Query(entity=entity, columns=tuple(Column(field=field, name=field.name) for field in entity.fields))


def lines_of(query: Query) -> RowTemplate:
    return csv_template(query.columns, CsvDialect())


def json_lines(query: Query) -> RowTemplate:
    return ndjson_template(query.columns)


def read(session: Session, query: Query, template: RowTemplate, rows_per_chunk: int = 1000) -> bytes:
    return b"".join(chunk.data for chunk in session.render(query, template, rows_per_chunk))


def csv_rows(data: bytes) -> Sequence[Sequence[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def script_of(session: Session, catalog: Catalog, work: Path, entities: Sequence[Entity]) -> bytes:
    """A `.sql` export for MariaDB as the format itself writes it."""
    outlet = MemoryOutlet()
    document = Document(
        title="t",
        stem="t",
        created_at="2026-01-02T03:04:05Z",
        tool="test",
        database=catalog.database,
        engine=catalog.engine,
        snapshot=session.identity,
        scope="everything",
        filters={},
        queries=tuple(everything_of(entity) for entity in entities),
        catalog=catalog,
    )
    tools = Tools(reporter=SilentReporter(), work=work, workbench=no_workbench, dialect=MySqlScript())
    write_sql(document, session, outlet, SqlOptions(), tools)
    return outlet.files["t.sql"]
