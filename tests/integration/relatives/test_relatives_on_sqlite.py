"""Related rows on a real database: the same as walking from row to row, and never by trying every pair of rows."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from entrepot.databases.registry import open_engine
from entrepot.exporting.relatives import complete
from entrepot.exporting.select import possible_entities, select
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import InputError
from entrepot.model.ports import Session
from entrepot.model.selection import LeftOut, Query, Relatives, Scope, Selection
from unit.exporting.brute_force import RefusedError, World
from unit.exporting.memory_session import Tables
from unit.exporting.small_worlds import databases, selections
from unit.exporting.test_relatives_everywhere import start_of

Rows = dict[str, list[dict[str, str | None]]]


def make(path: Path, catalog: Catalog, tables: Tables) -> Catalog:
    """The tables in a file, and the catalog that the engine reads from it, with the relations of `catalog`."""
    with closing(sqlite3.connect(path)) as connection:
        for entity in catalog.entities:
            connection.execute(_ddl(entity))
            marks = ", ".join("?" for _ in entity.fields)
            rows = [tuple(row.values()) for row in tables[entity.name]]
            connection.executemany(f"INSERT INTO {entity.name} VALUES ({marks})", rows)
        connection.commit()
    found = open_engine(f"sqlite:///{path}").introspect()
    return replace(
        found,
        tenant_root=catalog.tenant_root,
        entities=tuple(
            replace(e, relations=ours.relations, natural_key=ours.natural_key, groups=ours.groups)
            for e in found.entities
            for ours in (catalog.entity(e.name),)
        ),
    )


def _ddl(entity: Entity) -> str:
    fields = [f"{f.name} INTEGER{'' if f.nullable else ' NOT NULL'}" for f in entity.fields]
    key = [f"PRIMARY KEY ({', '.join(entity.primary_key)})"] if entity.primary_key else []
    return f"CREATE TABLE {entity.name} ({', '.join(fields + key)})"


def exported(path: Path, catalog: Catalog, selection: Selection, work: Path) -> Rows:
    chosen = select(selection, catalog)
    entities = possible_entities(selection, chosen, catalog)
    with open_engine(f"sqlite:///{path}").snapshot(catalog, entities, work) as session:
        completed = complete(session, chosen, selection, catalog)
        return {query.entity.name: _read(session, query) for query in completed.queries}


def _read(session: Session, query: Query) -> list[dict[str, str | None]]:
    names = [column.name for column in query.columns]
    rows: list[dict[str, str | None]] = []
    for batch in session.batches(query):
        columns = [batch.column(index).to_pylist() for index in range(len(names))]
        rows += [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    assert session.count(query) == len(rows)
    return rows


def _sorted(rows: Sequence[dict[str, str | None]]) -> list[dict[str, str | None]]:
    return sorted(rows, key=lambda row: [(value is not None, value or "") for value in row.values()])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.data(), st.booleans())
def test_a_real_database_finds_the_same_rows(data: st.DataObject, owned: bool) -> None:
    small, tables = data.draw(databases(owned=owned))
    scopes = [Scope.TENANT] if owned else list(Scope)
    selection = data.draw(selections(small, scopes))
    with tempfile.TemporaryDirectory() as folder:
        catalog = make(Path(folder) / "small.db", small, tables)
        world = World(catalog=catalog, tables=tables, selection=selection)
        try:
            start = start_of(world, select(selection, catalog))
            found = exported(Path(folder) / "small.db", catalog, selection, Path(folder))
        except InputError as error:
            if error.code in ("nothing_selected", "no_primary_key"):
                reject()
            with pytest.raises(RefusedError, match=error.code):
                world.expected(start_of(world, select(selection, catalog)))
            return
        expected = world.expected(start)
    assert {n: _sorted(rows) for n, rows in found.items() if rows} == {
        n: _sorted(rows) for n, rows in expected.items() if rows
    }


@pytest.mark.parametrize(
    "options",
    [
        {"entities": ("orders",), "related": Relatives.PARENTS},
        {"entities": ("customers",), "related": Relatives.CLOSURE},
        {"where": {"customers": "id < 7500"}, "left_out": LeftOut.DROP},
        {"where": {"customers": "id < 7500"}, "left_out": LeftOut.NULL},
    ],
)
def test_without_an_index_on_the_reference_the_rows_are_found(tmp_path: Path, options: dict[str, Any]) -> None:
    path = tmp_path / "large.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), note TEXT)"
        )
        connection.executemany("INSERT INTO customers VALUES (?, 'x')", ((n,) for n in range(10_000)))
        connection.executemany("INSERT INTO orders VALUES (?, ?, 'y')", ((n, n % 10_000) for n in range(50_000)))
        connection.commit()
    catalog = open_engine(f"sqlite:///{path}").introspect()
    found = exported(path, catalog, Selection(**options), tmp_path)
    assert found["orders"]
