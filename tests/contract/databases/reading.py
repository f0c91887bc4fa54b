"""The few moves that every test of the suite makes: a table, a snapshot, its rows as lines or texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from contract.databases.case import EngineCase, Place
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.ports import Engine, RowSource, Session
from entrepot.model.selection import Column, Query
from entrepot.model.templates import RowTemplate
from entrepot.model.types import Kind


def create(
    case: EngineCase, place: Place, table: str, fields: dict[str, str], rows: Sequence[Sequence[str]] = ()
) -> None:
    """A table with an integer key `id` and `fields` (name → native type); rows are SQL expressions, `id` left out."""
    columns = "".join(f", {case.quote(name)} {native}" for name, native in fields.items())
    statements = [f"CREATE TABLE {case.quote(table)} (id {case.types[Kind.INTEGER]} NOT NULL PRIMARY KEY{columns})"]
    statements += [insert(case, table, number, row) for number, row in enumerate(rows, start=1)]
    place.execute(*statements)


def insert(case: EngineCase, table: str, number: int, row: Sequence[str]) -> str:
    return f"INSERT INTO {case.quote(table)} VALUES ({', '.join((str(number), *row))})"


@contextmanager
def opened(engine: Engine, work: Path, *names: str) -> Iterator[tuple[Catalog, Session]]:
    """A snapshot of some entities, or of all."""
    catalog = engine.introspect()
    entities = [catalog.entity(name) for name in names] or catalog.entities
    folder = work / "snapshot"
    folder.mkdir(exist_ok=True)
    with engine.snapshot(catalog, entities, folder) as session:
        yield catalog, session


def query_of(entity: Entity, *names: str, **more: Any) -> Query:
    columns = [Column(field=field, name=field.name) for field in entity.fields if not names or field.name in names]
    return Query(entity=entity, columns=tuple(columns), **more)


def rendered(source: RowSource, query: Query, template: RowTemplate, rows_per_chunk: int = 1000) -> bytes:
    return b"".join(chunk.data for chunk in source.render(query, template, rows_per_chunk))


def texts(source: RowSource, query: Query) -> list[tuple[str | None, ...]]:
    """The rows in their text forms."""
    rows: list[tuple[str | None, ...]] = []
    for batch in source.batches(query, rows=7):
        columns = [batch.column(number).to_pylist() for number in range(batch.num_columns)]
        rows += zip(*columns, strict=True)
    return rows


def ids(source: RowSource, query: Query) -> list[int]:
    return [
        int(row[0] or 0) for row in texts(source, query_of(query.entity, "id", where=query.where, limit=query.limit))
    ]
