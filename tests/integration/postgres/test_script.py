"""A script loads with psql into an empty database, whole, and what is there then is what was here. FAULTS 35-38."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from entrepot.databases.postgres.engine import PostgresEngine
from entrepot.databases.postgres.script import PostgresScript
from entrepot.model.catalog import Catalog, Check, Entity, EntityKind, Field, Index, Key, Origin, Relation
from entrepot.model.types import Kind, LogicalType
from integration.postgres.reading import everything_of, forwarded, read, script_of, snapshot
from integration.postgres.test_catalog import EVERYTHING
from servers.postgres import PostgresDatabase, PostgresServer

pytestmark = pytest.mark.postgres

ROWS = """
INSERT INTO owners VALUES ('NL', 1, 'Ann'), ('NL', 2, E'tab\\there \\\\ back\\nline');
INSERT INTO billing.invoices (owner_country, owner_number, net, tax, feelings)
    VALUES ('NL', 1, 10.5, 21, '{sad,"it''s ok",NULL}'), (NULL, NULL, 0, 0, '{}'), ('NL', 2, 7, 9, NULL);
UPDATE billing.invoices SET corrects = 3 WHERE id = 1;
UPDATE billing.invoices SET corrects = 1 WHERE id = 3;
INSERT INTO measured VALUES ('2024-05-06', 1);
"""


def tables(catalog: Catalog) -> list[Entity]:
    return [entity for entity in catalog.entities if entity.kind is EntityKind.TABLE]


def described(catalog: Catalog) -> dict[str, Entity]:
    """What must be equal on both sides; estimates are the statistics collector's own business."""
    return {entity.name: replace(entity, rows_estimate=None, triggers=()) for entity in tables(catalog)}


def contents(url: str, work: Path) -> dict[str, list[bytes]]:
    with snapshot(url, work) as (session, catalog):
        queries = [everything_of(entity) for entity in tables(catalog)]
        return {q.entity.name: sorted(read(session, q, forwarded(q)).splitlines()) for q in queries}


def load(database: PostgresDatabase, script: bytes) -> None:
    done = database.psql("-v", "ON_ERROR_STOP=1", script=script)
    assert done.returncode == 0, done.stderr.decode()


def exported(url: str, work: Path) -> bytes:
    with snapshot(url, work) as (session, catalog):
        return script_of(session, catalog, work, tables(catalog))


@pytest.fixture
def other(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    with postgres_server.database() as database:
        yield database


@pytest.mark.parametrize("sample", ["sakila", "pagila"])
def test_a_sample_database_comes_back_equal(
    sample: str, request: pytest.FixtureRequest, other: PostgresDatabase, tmp_path: Path
) -> None:
    """Cycles of NOT NULL keys, inheritance, enum, domain, arrays, tsvector, bytea; and nobody is a superuser of
    triggers here: they are simply not there yet."""
    source: PostgresDatabase = request.getfixturevalue(sample)
    load(other, exported(source.url, tmp_path))
    before, after = PostgresEngine(source.url).introspect(), PostgresEngine(other.url).introspect()
    assert described(after) == described(before)
    assert after.types == before.types
    assert {s.name: s.last for s in after.sequences} == {s.name: s.last for s in before.sequences}
    assert contents(other.url, tmp_path) == contents(source.url, tmp_path)
    assert other.value("SELECT count(*) FROM payment") == 16_049, "the children inherit again"


def test_every_kind_of_column_and_constraint_comes_back(
    postgres_database: PostgresDatabase, other: PostgresDatabase, tmp_path: Path
) -> None:
    postgres_database.execute(EVERYTHING)
    postgres_database.execute(ROWS)
    load(other, exported(postgres_database.url, tmp_path))
    before, after = PostgresEngine(postgres_database.url).introspect(), PostgresEngine(other.url).introspect()
    assert described(after) == described(before)
    assert (after.types, after.routines) == (before.types, before.routines)
    assert contents(other.url, tmp_path) == contents(postgres_database.url, tmp_path)


def test_the_next_number_is_free_after_loading(
    postgres_database: PostgresDatabase, other: PostgresDatabase, tmp_path: Path
) -> None:
    """FAULTS 36, also for numbers that were given by hand and that the sequence never saw."""
    postgres_database.execute("CREATE TABLE t (a serial PRIMARY KEY, b int GENERATED ALWAYS AS IDENTITY, c text)")
    postgres_database.execute("INSERT INTO t (c) VALUES ('x'), ('y'); INSERT INTO t (a, c) VALUES (50, 'by hand')")
    postgres_database.execute("CREATE TABLE none (id serial PRIMARY KEY)")
    load(other, exported(postgres_database.url, tmp_path))
    other.execute("INSERT INTO t (c) VALUES ('new')")
    other.execute("INSERT INTO none DEFAULT VALUES")
    assert other.rows("SELECT a, b FROM t WHERE c = 'new'") == [(51, 4)]
    assert other.rows("SELECT id FROM none") == [(1,)]


def test_evil_names_and_texts_come_back(
    postgres_database: PostgresDatabase, other: PostgresDatabase, tmp_path: Path
) -> None:
    names = ['a"b', "a'b", ";--", "line\nbreak", "😀", "select", "Ab", " lead", "%s", "{}", "\\.", "--", "$$"]
    for name in names:
        quoted = '"' + name.replace('"', '""') + '"'
        postgres_database.execute(f"CREATE TABLE {quoted} ({quoted} text, id serial PRIMARY KEY)")
        postgres_database.execute(f"INSERT INTO {quoted} VALUES ($x${name}$x$), (''), ('\\.'), ('\\N'), (E'\\r')")
        postgres_database.execute(f"COMMENT ON TABLE {quoted} IS $x${name}$x$")
    load(other, exported(postgres_database.url, tmp_path))
    assert described(PostgresEngine(other.url).introspect()) == described(
        PostgresEngine(postgres_database.url).introspect()
    )
    assert contents(other.url, tmp_path) == contents(postgres_database.url, tmp_path)


def test_a_script_that_stops_leaves_nothing(
    postgres_database: PostgresDatabase, other: PostgresDatabase, tmp_path: Path
) -> None:
    postgres_database.execute("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)")
    script = exported(postgres_database.url, tmp_path).replace(b"\n1\n\\.", b"\n1\n1\n\\.")
    assert other.psql("-v", "ON_ERROR_STOP=1", script=script).returncode != 0
    assert not PostgresEngine(other.url).introspect().entities


def test_tables_of_another_engine_are_mapped(other: PostgresDatabase) -> None:
    number = LogicalType(kind=Kind.INTEGER, bits=32)
    parents = Entity(
        name="parents",
        table="parents",
        fields=(
            Field(name="id", type=number, native="int(11)", nullable=False, origin=Origin.AUTO_INCREMENT),
            Field(
                name="big",
                type=LogicalType(kind=Kind.INTEGER, bits=64, unsigned=True),
                native="bigint(20) unsigned",
                default="7",
            ),
            Field(
                name="size",
                type=LogicalType(kind=Kind.ENUM, values=("small", "la'rge")),
                native="enum('small','la''rge')",
                default="'small'",
            ),
            Field(name="at", type=LogicalType(kind=Kind.TIMESTAMP), native="datetime", default="current_timestamp()"),
            Field(name="flag", type=LogicalType(kind=Kind.BOOLEAN), native="tinyint(1)", default="1"),
            Field(name="odd", type=LogicalType(kind=Kind.TEXT, length=9), native="varchar(9)", default="uuid()"),
        ),
        primary_key=("id",),
        keys=(Key(name="k", fields=("big",)),),
        checks=(Check(name="c", expression="json_valid(`odd`)"),),
        indexes=(Index(name="i", fields=("at", "flag")), Index(name="x", fields=())),
    )
    children = Entity(
        name="children",
        table="children",
        fields=(Field(name="parent", type=number, native="int(11)"),),
        relations=(
            Relation(
                name="r",
                entity="children",
                fields=("parent",),
                parent="parents",
                parent_fields=("id",),
                on_delete="CASCADE",
            ),
        ),
    )
    catalog = Catalog(engine="mysql", version="10.11", database="shop", entities=(parents, children))
    script, entities = PostgresScript(), catalog.entities
    creates = "".join(script.create(entity, catalog) for entity in entities)
    load(other, (script.opening(catalog, entities) + creates + script.closing(catalog, entities)).encode())
    made = PostgresEngine(other.url).introspect()
    assert made.entity("parents").primary_key == ("id",)
    assert made.entity("parents").field("big").native == "numeric(20,0)"
    assert made.entity("children").relations[0].on_delete == "CASCADE"
    other.execute("INSERT INTO parents DEFAULT VALUES")
    assert other.rows("SELECT id, big, size, flag FROM parents") == [(1, 7, "small", True)]
    notes = "\n".join(script.notes(parents, "mysql"))
    for words in ("numeric(20)", "zero date", "the check c", "index x", "default uuid()", "enum becomes text"):
        assert words in notes


def test_our_own_tables_lose_nothing() -> None:
    entity = Entity(name="t", table="t", fields=(Field(name="a", type=LogicalType(kind=Kind.OTHER), native="inet"),))
    assert not list(PostgresScript().notes(entity, "postgres"))
