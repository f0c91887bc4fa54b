"""SQL scripts: loaded with SQLite where they are INSERTs, looked at where they are COPY blocks."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from contract.formats.memory_outlet import Export, document_of, run
from contract.formats.memory_source import MemorySource, Row
from contract.formats.plain_dialect import PlainDialect, quote
from contract.formats.samples import (
    EVIL_NAMES,
    EVIL_TEXTS,
    entity_of,
    field_of,
    naughty_strings,
    query_of,
    shop,
    texts,
)
from entrepot.databases.postgres.script import PostgresScript
from entrepot.formats.sql import FORMAT, SqlOptions
from entrepot.formats.sql.count import count_script
from entrepot.model.catalog import Check, Field, Origin
from entrepot.model.errors import BugError, DamagedError, InputError
from entrepot.model.script_dialects import ScriptDialect
from entrepot.model.selection import Query
from entrepot.model.types import Kind

Pairs = Sequence[tuple[Query, list[Row]]]


def export(
    pairs: Pairs, dialect: ScriptDialect | None = None, *, schema: bool = True, size: int | None = None
) -> Export:
    source = MemorySource(rows={query.entity.name: rows for query, rows in pairs}, rows_per_chunk=size)
    document = document_of([query for query, _ in pairs])
    return run(FORMAT, document, source, SqlOptions(schema=schema), dialect or PlainDialect())


def load(script: bytes, table: str, setup: str = "") -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(setup + script.decode())
        return database.execute(f"SELECT * FROM {quote(table)}").fetchall()


def rows_of(data: bytes, table: str) -> bytes:
    """What stands below an entity's mark."""
    return data.partition(f"-- rows of {table}\n".encode())[2]


def test_naughty_texts_and_nulls_load_exactly() -> None:
    values = [*EVIL_TEXTS, *naughty_strings()]
    loaded = load(export([texts(values)]).only, "notes")
    assert [text for _, text in loaded] == values


def test_naughty_names_never_become_sql(tmp_path: Path) -> None:
    names = [name for name in dict.fromkeys([*EVIL_NAMES, *naughty_strings()]) if name]
    for position, name in enumerate(names):
        query = query_of(entity_of(name, [field_of(name), field_of(f"{name}2")]))
        row: Row = {name: "x", f"{name}2": None}
        made = export([(query, [row, row])])
        assert load(made.only, name) == [("x", None)] * 2
        path = tmp_path / f"{position}.sql"
        path.write_bytes(made.only)
        assert count_script(path) == {name: 2}


def test_five_hundred_rows_make_a_statement() -> None:
    query, rows = texts([str(n) for n in range(1001)])
    assert rows_of(export([(query, rows)]).only, "notes").count(b"INSERT INTO") == 3


@pytest.mark.parametrize("dialect", [PlainDialect(), PostgresScript()], ids=lambda d: d.name)
@pytest.mark.parametrize("count", [0, 1, 499, 500, 501])
def test_rows_are_counted_without_running_the_script(dialect: ScriptDialect, count: int, tmp_path: Path) -> None:
    values = [EVIL_TEXTS[n % len(EVIL_TEXTS)] for n in range(count)]
    (path,) = export([*shop(), texts(values), texts(EVIL_TEXTS, "it's")], dialect).save(tmp_path)
    assert count_script(path) == {"customers": 2, "purchaseOrders": 1, "notes": count, "it's": len(EVIL_TEXTS)}


def test_a_copy_block_is_whole_whatever_the_chunks() -> None:
    query, rows = texts(["a\tb", None, "\\.", "x\ny"])
    script = export([(query, rows)], PostgresScript()).only
    assert b" FROM stdin;\n0\ta\\tb\n1\t\\N\n2\t\\\\.\n3\tx\\ny\n\\.\n" in script
    assert script == export([(query, rows)], PostgresScript(), size=1).only


def test_no_rows_leave_the_table_alone() -> None:
    query, _ = texts([])
    assert load(export([(query, [])]).only, "notes") == []
    assert b"INSERT" not in rows_of(export([(query, [])]).only, "notes")


def test_the_header_says_what_it_is_and_what_does_not_travel() -> None:
    query, rows = texts(["x"])
    catalog = replace(document_of([query]).catalog, not_carried=("trigger audit\n; DROP TABLE notes",))
    document = document_of([query], catalog=catalog, filters={"notes": "id > 0"})
    made = run(FORMAT, document, MemorySource(rows={"notes": rows}), None, PlainDialect())
    head = made.only.decode().splitlines()
    assert "-- SQL for plain, written by Entrepot test at 2024-05-06T07:08:09+00:00" in head
    assert "-- scope: everything" in head
    assert "-- filter on notes: id > 0" in head
    assert "-- notes: 1 rows" in head
    assert "--   shop: trigger audit ; DROP TABLE notes" in head
    assert "--   notes: field types become text" in head
    assert [(p.code, p.severity, p.category) for p in made.result.problems] == [("not_carried", "info", "fidelity")] * 2


def test_data_alone_creates_nothing() -> None:
    pairs = list(shop())
    script = export(pairs, schema=False).only
    assert b"CREATE" not in script
    assert b"orders_customer" not in script
    setup = 'CREATE TABLE customers (id, name); CREATE TABLE "orders" (id, customer_id, total);'
    assert load(script, "customers", setup) == [(1, "Åsa"), (2, None)]


def computed() -> Field:
    return replace(field_of("twice", Kind.INTEGER), origin=Origin.VIRTUAL, expression="id * 2")


def test_a_computed_field_is_not_written_for_its_own_engine() -> None:
    query = query_of(entity_of("n", [field_of("id", Kind.INTEGER), computed()]))
    catalog = replace(document_of([query]).catalog, engine="plain")
    source = MemorySource(rows={"n": [{"id": "21", "twice": "42"}]})
    made = run(FORMAT, document_of([query], catalog=catalog), source, None, PlainDialect())
    assert load(made.only, "n") == [("21", 42)]
    assert b'("id") VALUES' in made.only


def test_a_computed_field_becomes_a_plain_one_elsewhere() -> None:
    query = query_of(entity_of("n", [field_of("id", Kind.INTEGER), computed()]))
    made = export([(query, [{"id": "21", "twice": "42"}])])
    assert load(made.only, "n") == [("21", "42")]
    assert any("formula" in problem.message for problem in made.result.problems)


def test_what_speaks_of_something_left_behind_is_left_behind() -> None:
    (_, _), (orders, rows) = shop()
    entity = replace(orders.entity, checks=(Check(name="positive", expression="total > 0"),))
    made = export([(query_of(entity, ["customer_id"]), rows)])
    assert b"PRIMARY KEY" not in made.only
    said = " ".join(problem.message for problem in made.result.problems)
    for word in ("relation orders_customer to customers", "check positive", "primary key"):
        assert word in said
    assert load(made.only, "orders") == [("1",)]


def test_a_relation_stays_where_both_sides_come_along() -> None:
    assert b"-- orders_customer: orders to customers" in export(list(shop())).only


def test_a_renamed_field_is_renamed_everywhere_and_a_public_name_is_not_used() -> None:
    entity = entity_of("n", [replace(field_of("id"), public="identity"), field_of("text")], primary_key=("id",))
    query = query_of(entity)
    renamed = replace(query, columns=(query.columns[0], replace(query.columns[1], name="words")))
    made = export([(renamed, [{"id": "1", "text": "x"}])])
    assert b'CREATE TABLE "n" ("id" TEXT, "words" TEXT, PRIMARY KEY ("id"));' in made.only
    assert load(made.only, "n") == [("1", "x")]


def test_a_count_that_lies_stops_the_script() -> None:
    query, rows = texts(["x"])
    source = MemorySource(rows={"notes": rows}, lies={"notes": 5})
    with pytest.raises(BugError, match="5 rows by count, but 1"):
        run(FORMAT, document_of([query]), source, None, PlainDialect())


def test_a_script_without_a_dialect_is_our_mistake() -> None:
    query, rows = texts(["x"])
    with pytest.raises(BugError):
        run(FORMAT, document_of([query]), MemorySource(rows={"notes": rows}))


@pytest.mark.parametrize("dialect", [PlainDialect(), PostgresScript()], ids=lambda d: d.name)
def test_a_script_that_breaks_off_anywhere_is_noticed(dialect: ScriptDialect, tmp_path: Path) -> None:
    data = export([texts(["a", "b'c", None]), *shop()], dialect).only
    for length in range(len("-- SQL for "), len(data), 7):
        path = tmp_path / "cut.sql"
        path.write_bytes(data[:length])
        with pytest.raises(DamagedError):
            count_script(path)


@pytest.mark.parametrize("dialect", [PlainDialect(), PostgresScript()], ids=lambda d: d.name)
def test_a_row_too_few_is_noticed(dialect: ScriptDialect, tmp_path: Path) -> None:
    data = export([texts(["first", "second", "third"])], dialect).only
    lines = [line for line in data.splitlines(keepends=True) if b"second" not in line]
    path = tmp_path / "short.sql"
    path.write_bytes(b"".join(lines))
    with pytest.raises(DamagedError, match="notes: the file declares 3 rows and holds 2"):
        count_script(path)


def test_a_foreign_script_is_not_guessed_at(tmp_path: Path) -> None:
    path = tmp_path / "dump.sql"
    path.write_text("-- MySQL dump 10.13\nDROP TABLE users;\n")
    with pytest.raises(InputError, match="was not written by Entrepot"):
        count_script(path)
