"""A script loads with the sqlite3 shell into an empty database, and what is there then is what was here.
FAULTS 35-38, 40, 41."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contract.formats.memory_source import MemorySource, Row
from contract.formats.samples import EVIL_NAMES, EVIL_TEXTS
from entrepot.databases.sqlite.dialect import SqliteDialect
from entrepot.databases.sqlite.engine import SqliteEngine
from entrepot.databases.sqlite.script import SqliteScript
from entrepot.model.catalog import Catalog, Check, Entity, EntityKind, Field, Index, Key, Origin, Relation
from entrepot.model.types import Kind, LogicalType
from integration.sqlite.files import everything_of, exported, loaded, made, opened, rows, script_of

quote, string = SqliteDialect().quote, SqliteDialect().string

ZOO = """
CREATE TABLE zoo (id INTEGER PRIMARY KEY, i INTEGER, n DECIMAL(14,2), r REAL, t TEXT, b BLOB, x, flag BOOLEAN, j JSON);
INSERT INTO zoo VALUES
  (1, 9223372036854775807, 12.50, 0.1, 'it''s', x'00ff', 5, 1, '{"a": 1}'),
  (2, 'abc', 'xyz', 9e999, '', x'', 5.0, 'true', 1.5),
  (3, 1.5, 1e300, -9e999, char(97, 0, 98), 'text', '5', 0, x'31'),
  (4, x'31', 0.1 + 0.2, 5e-324, x'ff00', 1.5, x'35', 2, 'null'),
  (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (-9223372036854775807, -1, 1.0 / 3, 1234567890123456789, 'line
break', 7, 1e15, '1', '');
"""

STRUCTURE = """
CREATE TABLE parent (a TEXT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE child (
  id INTEGER PRIMARY KEY AUTOINCREMENT, pa TEXT, pb INT, other INT NOT NULL REFERENCES child (id),
  double INT AS (id * 2) STORED, triple INT AS (id * 3), CHECK (id > 0), UNIQUE (pa, pb, id),
  FOREIGN KEY (pa, pb) REFERENCES parent (a, b));
CREATE TABLE "or""der" ("se""lect" TEXT PRIMARY KEY COLLATE NOCASE, "a'b" DATE DEFAULT CURRENT_DATE) STRICT;
CREATE UNIQUE INDEX partial ON child (pb) WHERE pb > 5;
CREATE INDEX expression ON child (lower(pa));
CREATE VIEW seen AS SELECT id, pa FROM child;
INSERT INTO parent VALUES ('x', 1), ('y', 2);
INSERT INTO child (id, pa, pb, other) VALUES (1, 'x', 1, 2), (2, NULL, NULL, 1), (7, 'y', 2, 7), (50, 'y', 2, 1);
DELETE FROM child WHERE id = 50;
""".replace('"a\'b" DATE DEFAULT CURRENT_DATE', '"a\'b" TEXT DEFAULT CURRENT_DATE')


def stored(path: Path, table: str) -> list[tuple[object, ...]]:
    """Every value with its own type, by SQLite's own account."""
    names = [str(row[0]) for row in rows(path, f"SELECT name FROM pragma_table_xinfo({string(table)})")]
    values = ", ".join(f"typeof({quote(name)}), hex(CAST({quote(name)} AS BLOB)), {quote(name)}" for name in names)
    return rows(path, f"SELECT {values} FROM {quote(table)} ORDER BY 3")


def test_every_value_comes_back_with_its_own_type(tmp_path: Path) -> None:
    source = made(tmp_path / "zoo.db", ZOO)
    copy = loaded(exported(source, tmp_path), tmp_path / "copy.db")
    assert stored(copy, "zoo") == stored(source, "zoo")


def test_structure_comes_back(tmp_path: Path) -> None:
    """Cyclic NOT NULL keys, generated columns, partial indexes, STRICT, WITHOUT ROWID, collations."""
    source = made(tmp_path / "source.db", STRUCTURE)
    copy = loaded(exported(source, tmp_path), tmp_path / "copy.db")
    before, after = SqliteEngine(source).introspect(), SqliteEngine(copy).introspect()
    tables = tuple(entity for entity in before.entities if entity.kind is EntityKind.TABLE)
    assert after.entities == tables
    assert after.sequences == before.sequences
    assert all(stored(copy, entity.name) == stored(source, entity.name) for entity in tables)


def test_the_next_number_was_never_given_before(tmp_path: Path) -> None:
    """FAULTS 36: 50 was given and deleted."""
    source = made(tmp_path / "source.db", STRUCTURE)
    copy = loaded(exported(source, tmp_path), tmp_path / "copy.db")
    made(copy, "INSERT INTO child (other) VALUES (1)")
    assert rows(copy, "SELECT max(id) FROM child") == [(51,)]


def test_evil_names_and_texts_come_back(tmp_path: Path) -> None:
    source = tmp_path / "evil.db"
    for name in EVIL_NAMES:
        made(source, f"CREATE TABLE {quote(name)} (id INTEGER PRIMARY KEY, {quote(name)} TEXT)")
        for text in EVIL_TEXTS:
            value = "NULL" if text is None else string(text)
            made(source, f"INSERT INTO {quote(name)} ({quote(name)}) VALUES ({value})")
    copy = loaded(exported(source, tmp_path), tmp_path / "copy.db")
    for name in EVIL_NAMES:
        assert stored(copy, name) == stored(source, name)


def test_texts_of_another_engine_come_back_however_many_line_ends_they_have(tmp_path: Path) -> None:
    """The shell drops carriage returns, and no expression may be deeper than 1,000."""
    evil = [*EVIL_TEXTS, "a\0b'\"\\\r", "line\r\n" * 5000, "".join(map(chr, range(1, 256)))]
    notes = Entity(name="notes", table="notes", fields=(field("id", Kind.INTEGER), field("text", Kind.TEXT)))
    catalog = Catalog(engine="mysql", version="1", database="d", entities=(notes,))
    source = MemorySource(rows={"notes": [{"id": str(number), "text": text} for number, text in enumerate(evil)]})
    copy = loaded(script_of(source, catalog, tmp_path, [notes]), tmp_path / "copy.db")
    assert rows(copy, "SELECT text FROM notes ORDER BY id") == [(text,) for text in evil]


def test_a_part_of_the_tables_loads_too(tmp_path: Path) -> None:
    """A key to a table that does not come along would stop every later change."""
    source = made(tmp_path / "source.db", STRUCTURE)
    with opened(source, tmp_path) as (catalog, session):
        script = script_of(session, catalog, tmp_path, [catalog.entity("child")])
    copy = loaded(script, tmp_path / "copy.db")
    after = SqliteEngine(copy).introspect().entity("child")
    assert [relation.parent for relation in after.relations] == ["child"]
    assert after.field("double").origin is Origin.STORED
    made(copy, "PRAGMA foreign_keys = ON; INSERT INTO child (pa, other) VALUES ('x', 1)")


def test_a_script_that_stops_leaves_nothing(tmp_path: Path) -> None:
    source = made(tmp_path / "source.db", STRUCTURE)
    script = exported(source, tmp_path)
    broken = script.replace(b'INSERT INTO "child"', b'INSERT INTO "chidl"')
    with pytest.raises(AssertionError):
        loaded(broken, tmp_path / "copy.db")
    assert rows(tmp_path / "copy.db", "SELECT count(*) FROM sqlite_schema") == [(0,)]


def field(name: str, kind: Kind, native: str = "", type: LogicalType | None = None, **more: Any) -> Field:
    return Field(name=name, type=type or LogicalType(kind=kind), native=native or kind.value, **more)


def decimal(precision: int, scale: int) -> LogicalType:
    return LogicalType(kind=Kind.DECIMAL, precision=precision, scale=scale)


CUSTOMERS = Entity(
    name="shop.customers",
    table="customers",
    schema="shop",
    fields=(
        field("id", Kind.INTEGER, "bigint", origin=Origin.IDENTITY_ALWAYS, nullable=False),
        field("name", Kind.TEXT, "text", default="'it''s'::text"),
        field("size", Kind.ENUM, "size", LogicalType(kind=Kind.ENUM, values=("small", "la'rge"))),
        field("balance", Kind.DECIMAL, "numeric(30,10)", decimal(30, 10)),
        field("price", Kind.DECIMAL, "numeric(14,2)", decimal(14, 2), default="0.00"),
        field("seen", Kind.INTEGER, "bigint unsigned", LogicalType(kind=Kind.INTEGER, bits=64, unsigned=True)),
        field("active", Kind.BOOLEAN, "boolean", default="true"),
        field("photo", Kind.BYTES, "bytea"),
        field("made", Kind.TIMESTAMP_TZ, "timestamptz", default="now()", nullable=False),
        field("data", Kind.JSON, "jsonb"),
        field("tags", Kind.ARRAY, "text[]"),
        field("rate", Kind.FLOAT, "double precision"),
        field("key", Kind.UUID, "uuid", default="gen_random_uuid()"),
        field("full", Kind.TEXT, "text", origin=Origin.STORED, expression="upper(name)"),
    ),
    primary_key=("id",),
    keys=(Key(name="one name", fields=("name",)),),
    checks=(Check(name="sane", expression="rate ~ 'x'"),),
    indexes=(Index(name="by price", fields=("price", "name")), Index(name="odd", fields=(), ddl="CREATE INDEX …")),
)
ORDERS = Entity(
    name="orders",
    table="orders",
    schema="public",
    fields=(field("a", Kind.INTEGER, "int", nullable=False), field("b", Kind.TEXT, "text", nullable=False),
            field("customer", Kind.INTEGER, "bigint")),
    primary_key=("a", "b"),
    relations=(
        Relation(name="to customer", entity="orders", fields=("customer",), parent="shop.customers",
                 parent_fields=("id",), on_delete="CASCADE", deferrable=True, initially_deferred=True),
    ),
)  # fmt: skip
FOREIGN = Catalog(engine="postgres", version="15", database="shop", entities=(CUSTOMERS, ORDERS))
ROW: Row = {
    "id": "41",
    "name": "O'Hara",
    "size": "la'rge",
    "balance": "12345678901234567890.1000000000",
    "price": "12.50",
    "seen": "18446744073709551615",
    "active": "true",
    "photo": "\\xdeadbeef",
    "made": "2024-01-02 10:00:00.5+00",
    "data": "12345678901234567890",
    "tags": '["a",null]',
    "rate": "-Infinity",
    "key": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "full": "O'HARA",
}


def test_tables_of_another_engine_arrive_with_every_value(tmp_path: Path) -> None:
    empty: Row = {**dict.fromkeys(ROW), "id": "7", "made": "infinity"}
    order: Row = {"a": "1", "b": "x", "customer": "41"}
    source = MemorySource(rows={"shop.customers": [ROW, empty], "orders": [order]})
    copy = loaded(script_of(source, FOREIGN, tmp_path, FOREIGN.entities), tmp_path / "copy.db")
    with opened(copy, tmp_path) as (catalog, session):
        (batch,) = session.batches(everything_of(catalog.entity("shop.customers")))
        found = {name: batch.column(name).to_pylist() for name in batch.schema.names}
    assert found == {name: [None if name not in ("id", "made") else empty[name], arrived(name)] for name in ROW}
    made(copy, 'PRAGMA foreign_keys = ON; DELETE FROM "shop.customers" WHERE id = 41')
    assert rows(copy, "SELECT count(*) FROM orders") == [(0,)]
    made(copy, 'INSERT INTO "shop.customers" (price, made) VALUES (1, 2)')
    assert rows(copy, 'SELECT max(id), active FROM "shop.customers"') == [(42, 1)]


def arrived(name: str) -> str | None:
    """The only change that the notes tell of: a decimal of 15 digits is a number here."""
    return "12.5" if name == "price" else ROW[name]


def test_types_of_another_engine_keep_their_meaning(tmp_path: Path) -> None:
    source = MemorySource(rows={"shop.customers": [], "orders": []})
    copy = loaded(script_of(source, FOREIGN, tmp_path, FOREIGN.entities), tmp_path / "copy.db")
    catalog = SqliteEngine(copy).introspect()
    customers = catalog.entity("shop.customers")
    kinds = {f.name: f.type.kind for f in customers.fields}
    expected = {f.name: f.type.kind for f in CUSTOMERS.fields}
    assert kinds == {**expected, "size": Kind.TEXT, "seen": Kind.DECIMAL}
    assert customers.field("id").origin is Origin.AUTO_INCREMENT
    assert [key.fields for key in customers.keys] == [("name",)]
    (relation,) = catalog.entity("orders").relations
    assert (relation.name, relation.parent, relation.on_delete) == ("to customer", "shop.customers", "CASCADE")
    assert relation.initially_deferred
    assert catalog.entity("orders").primary_key == ("a", "b")


def test_what_is_lost_is_said_before() -> None:
    notes = "\n".join(SqliteScript().notes(CUSTOMERS, "postgres"))
    for word in ("balance", "price", "seen", "size", "sane", "odd", "gen_random_uuid", "tags", "full"):
        assert word in notes
    for word in ("rate:", "photo:", "name:"):
        assert word not in notes
    assert list(SqliteScript().notes(CUSTOMERS, "sqlite")) == []
