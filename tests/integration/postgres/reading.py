"""Reading whole tables in the tests, each way that the port offers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from contract.formats.memory_outlet import MemoryOutlet, SilentReporter, no_workbench
from entrepot.databases.postgres.engine import PostgresEngine
from entrepot.databases.postgres.script import PostgresScript
from entrepot.databases.postgres.session import PostgresSession
from entrepot.formats.csv import csv_template
from entrepot.formats.json.record import ndjson_template
from entrepot.formats.port import Document, Tools
from entrepot.formats.sql.options import SqlOptions
from entrepot.formats.sql.write import write_sql
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.selection import Column, Query
from entrepot.model.templates import CsvDialect, RowTemplate


@contextmanager
def snapshot(url: str, work: Path, *names: str) -> Iterator[tuple[PostgresSession, Catalog]]:
    engine = PostgresEngine(url)
    catalog = engine.introspect()
    entities = [catalog.entity(name) for name in names] or list(catalog.entities)
    with engine.snapshot(catalog, entities, work) as session:
        yield session, catalog


def everything_of(entity: Entity) -> Query:
    return Query(entity=entity, columns=tuple(Column(field=field, name=field.name) for field in entity.fields))


def forwarded(query: Query) -> RowTemplate:
    return csv_template(query.columns, CsvDialect())


def rendered(query: Query) -> RowTemplate:
    """The same bytes, but with the promise taken away that COPY could give them."""
    return RowTemplate(parts=forwarded(query).parts)


def json_lines(query: Query) -> RowTemplate:
    return ndjson_template(query.columns)


def read(session: PostgresSession, query: Query, template: RowTemplate, rows_per_chunk: int = 1000) -> bytes:
    return b"".join(chunk.data for chunk in session.render(query, template, rows_per_chunk))


def csv_rows(data: bytes) -> Sequence[Sequence[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def script_of(session: PostgresSession, catalog: Catalog, work: Path, entities: Sequence[Entity]) -> bytes:
    """A `.sql` export as the format itself writes it."""
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
    tools = Tools(reporter=SilentReporter(), work=work, workbench=no_workbench, dialect=PostgresScript())
    write_sql(document, session, outlet, SqlOptions(), tools)
    return outlet.files["t.sql"]
