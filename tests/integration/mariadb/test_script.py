"""A script that we write loads with the `mariadb` client into an empty database and gives the same rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from contract.databases.mariadb_case import SPECIMENS, MariaPlace
from entrepot.databases.mysql.engine import MySqlEngine
from entrepot.databases.mysql.script import MySqlScript
from entrepot.model.catalog import Catalog, Entity, Field, Index, Key, Relation
from entrepot.model.graph import load_order
from entrepot.model.types import Kind, LogicalType
from integration.mariadb.reading import everything_of, json_lines, read, script_of, snapshot, tables
from servers.mariadb import MariaDatabase, MariaServer

pytestmark = pytest.mark.mariadb

Contents = dict[str, bytes]


def contents(url: str, work: Path) -> tuple[Contents, Catalog]:
    with snapshot(url, work) as (session, catalog):
        found = {}
        for entity in tables(catalog):
            query = everything_of(entity)
            found[entity.name] = read(session, query, json_lines(query))
        return found, catalog


def script(url: str, work: Path) -> bytes:
    with snapshot(url, work) as (session, catalog):
        ordered = [catalog.entity(name) for names in load_order(catalog) for name in names]
        return script_of(session, catalog, work, [entity for entity in ordered if entity in tables(catalog)])


def schema(catalog: Catalog) -> Catalog:
    return replace(
        catalog,
        database="",
        not_carried=(),
        entities=tuple(replace(entity, rows_estimate=None, triggers=()) for entity in tables(catalog)),
    )


def test_every_type_arrives_unchanged(mariadb_server: MariaServer, tmp_path: Path) -> None:
    with mariadb_server.database() as source, mariadb_server.database() as target:
        place = MariaPlace(source)
        for number, specimen in enumerate(SPECIMENS):
            place.execute(f"CREATE TABLE t{number} (id serial PRIMARY KEY, v {specimen.native})")
            for expression, _ in specimen.values:
                place.execute(f"INSERT INTO t{number} (v) VALUES ({expression})")
        done = target.client(script=script(source.url, tmp_path))
        assert done.returncode == 0, done.stderr
        (before, source_catalog), (after, target_catalog) = (contents(d.url, tmp_path) for d in (source, target))
        assert before == after
        assert schema(source_catalog) == schema(target_catalog)


def test_odd_texts_keys_of_zero_and_counters_arrive(mariadb_server: MariaServer, tmp_path: Path) -> None:
    """The client turns CR LF into LF and ends a statement at NUL, unless they are escaped."""
    odd = "a\r\nb\0c\x1ad\\e'f\"g`h\tDELIMITER //\n; -- \\! \\. \u2028😀"
    with mariadb_server.database() as source, mariadb_server.database() as target:
        source.execute(
            "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
            "CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, v longtext, w longblob) AUTO_INCREMENT = 77",
            "INSERT INTO t VALUES (0, NULL, NULL), (5, '', '')",
        )
        with source.connect() as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO t (id, v, w) VALUES (6, %s, %s)", (odd, odd.encode()))
        done = target.client(script=script(source.url, tmp_path))
        assert done.returncode == 0, done.stderr
        assert contents(source.url, tmp_path)[0] == contents(target.url, tmp_path)[0]
        target.execute("INSERT INTO t (v) VALUES ('new')")
        assert target.value("SELECT max(id) FROM t") == 77


def test_sakila_arrives_with_its_cycle_and_without_doubled_rows(sakila: MariaDatabase, tmp_path: Path) -> None:
    fill = (
        "SET foreign_key_checks = 0",
        "INSERT INTO language (name) VALUES ('English')",
        "INSERT INTO film (title, description, language_id) VALUES ('A', 'b', 1), ('C', NULL, 1)",
        "INSERT INTO country (country) VALUES ('x')",
        "INSERT INTO city (city, country_id) VALUES ('y', 1)",
        "INSERT INTO address (address, district, city_id, phone) VALUES ('a', 'd', 1, '1')",
        "INSERT INTO staff (first_name, last_name, address_id, store_id, username) VALUES ('f', 'l', 1, 1, 'u')",
        "INSERT INTO store (manager_staff_id, address_id) VALUES (1, 1)",
    )
    sakila.execute(*fill)
    with sakila.server.database() as target:
        done = target.client(script=script(sakila.url, tmp_path))
        assert done.returncode == 0, done.stderr
        (before, source_catalog), (after, target_catalog) = (contents(d.url, tmp_path) for d in (sakila, target))
        assert before == after
        assert after["film_text"].count(b"\n") == 2
        assert schema(source_catalog) == schema(target_catalog)


def test_a_reference_without_its_row_stops_the_load_before_the_commit(
    mariadb_server: MariaServer, tmp_path: Path
) -> None:
    """MySQL never looks back at rows that came while its checks were off."""
    with mariadb_server.database() as source, mariadb_server.database() as target:
        source.execute(
            "CREATE TABLE parent (id int PRIMARY KEY)",
            "CREATE TABLE child (id int PRIMARY KEY, p int, FOREIGN KEY (p) REFERENCES parent (id))",
            "SET foreign_key_checks = 0",
            "INSERT INTO child VALUES (1, NULL), (2, 7)",
        )
        done = target.client(script=script(source.url, tmp_path))
        assert done.returncode == 1
        assert b"1242" in done.stderr
        assert target.value("SELECT count(*) FROM child") == 0


def test_evil_names_are_only_names(mariadb_server: MariaServer, tmp_path: Path) -> None:
    evil = ["a`b", 'a"b', "a'b", ";--", "select", "Ab", " x", "%s", "{}", "a\\b", "é" * 60, "a\nb", "]", "(t)"]
    with mariadb_server.database() as source, mariadb_server.database() as target:
        for name in evil:
            quoted = f"`{name.replace('`', '``')}`"
            source.execute(
                f"CREATE TABLE {quoted} ({quoted} int PRIMARY KEY, b text)", f"INSERT INTO {quoted} VALUES (1, 'x')"
            )
        done = target.client(script=script(source.url, tmp_path))
        assert done.returncode == 0, done.stderr
        before, catalog = contents(source.url, tmp_path)
        assert set(catalog.by_name) == set(evil)
        assert before == contents(target.url, tmp_path)[0]


def test_sequences_go_on_where_they_were(mariadb_server: MariaServer, tmp_path: Path) -> None:
    with mariadb_server.database() as source, mariadb_server.database() as target:
        source.execute(
            "CREATE SEQUENCE numbers START WITH 5 INCREMENT BY 3 NOCACHE",
            "CREATE TABLE t (id bigint NOT NULL DEFAULT nextval(numbers) PRIMARY KEY, v int)",
            "INSERT INTO t (v) VALUES (1), (2)",
        )
        done = target.client(script=script(source.url, tmp_path))
        assert done.returncode == 0, done.stderr
        target.execute("INSERT INTO t (v) VALUES (3)")
        assert target.rows("SELECT id FROM t ORDER BY id") == ((5,), (8,), (11,))


def test_a_table_is_built_from_the_catalog_where_its_own_text_does_not_fit(
    mariadb_server: MariaServer, tmp_path: Path
) -> None:
    """As happens when a parent does not come along: everything else of the table must still be there."""
    with mariadb_server.database() as source, mariadb_server.database() as target:
        source.execute(
            "CREATE TABLE t (id int unsigned PRIMARY KEY AUTO_INCREMENT, a varchar(9) COLLATE utf8mb4_bin NOT NULL "
            "DEFAULT 'x''y' COMMENT 'it''s', j json, m timestamp(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE "
            "current_timestamp(3), g int GENERATED ALWAYS AS (id + 0) VIRTUAL, UNIQUE KEY one (a), KEY two (m, a(2)), "
            "CHECK (a <> 'z')) COMMENT 'c'".replace("id + 0", "length(a)"),
        )
        catalog = MySqlEngine(source.url).introspect()
        bare = replace(catalog.entity("t"), ddl=None)
        target.execute(MySqlScript().create(bare, replace(catalog, entities=(bare,))))
        assert MySqlEngine(target.url).introspect().entity("t") == catalog.entity("t")


FOREIGN = Catalog(
    engine="postgres",
    version="16",
    database="d",
    entities=(
        Entity(
            name="parent",
            table="parent",
            fields=(
                Field(name="id", type=LogicalType(kind=Kind.INTEGER, bits=32), native="integer", nullable=False),
                Field(name="code", type=LogicalType(kind=Kind.TEXT), native="text", nullable=False),
            ),
            primary_key=("id",),
            keys=(Key(name="k", fields=("code",)),),
        ),
        Entity(
            name="other.child",
            table="child",
            schema="other",
            fields=(
                Field(name="parent", type=LogicalType(kind=Kind.INTEGER, bits=16), native="smallint", nullable=False),
                Field(name="code", type=LogicalType(kind=Kind.TEXT), native="text"),
                Field(name="moment", type=LogicalType(kind=Kind.TIMESTAMP_TZ), native="timestamptz", default="now()"),
                Field(name="word", type=LogicalType(kind=Kind.TEXT), native="text", default="'it''s'::text"),
                Field(name="id", type=LogicalType(kind=Kind.UUID), native="uuid", nullable=False),
                Field(name="huge", type=LogicalType(kind=Kind.DECIMAL, precision=90, scale=2), native="numeric(90,2)"),
                Field(name="list", type=LogicalType(kind=Kind.ARRAY), native="text[]"),
            ),
            primary_key=("id",),
            indexes=(Index(name="i", fields=("word", "parent")),),
            relations=(
                Relation(
                    name="r",
                    entity="other.child",
                    fields=("parent",),
                    parent="parent",
                    parent_fields=("id",),
                    on_delete="SET NULL",
                ),
                Relation(name="s", entity="other.child", fields=("code",), parent="parent", parent_fields=("code",)),
            ),
        ),
    ),
)
"""Narrower than what it refers to, SET NULL where NULL cannot be, texts in keys, more digits than MySQL has."""


def test_tables_of_another_engine_are_accepted(mariadb_database: MariaDatabase) -> None:
    dialect = MySqlScript()
    script = [dialect.opening(FOREIGN, FOREIGN.entities), *(dialect.create(e, FOREIGN) for e in FOREIGN.entities)]
    done = mariadb_database.client(script="".join([*script, dialect.closing(FOREIGN, FOREIGN.entities)]).encode())
    assert done.returncode == 0, done.stderr
    child = MySqlEngine(mariadb_database.url).introspect().entity("other.child")
    assert {field.name: field.native for field in child.fields} == {
        "parent": "int(11)",
        "code": "varchar(255)",
        "moment": "datetime(6)",
        "word": "longtext",
        "id": "char(36)",
        "huge": "longtext",
        "list": "json",
    }
    assert {r.fields: r.on_delete for r in child.relations} == {("parent",): "NO ACTION", ("code",): "NO ACTION"}


def test_what_does_not_arrive_unchanged_is_said() -> None:
    notes = " | ".join(MySqlScript().notes(FOREIGN.entity("other.child"), "postgres"))
    assert "other.child: ON DELETE SET NULL of r becomes NO ACTION" in notes
    assert "other.child.id: uuid becomes char(36), because MariaDB's own uuid refuses some" in notes
    assert "other.child.moment: a moment becomes datetime(6) in UTC" in notes
    assert "other.child.huge: numeric(90,2) becomes text, because MySQL has 65 digits" in notes
    assert "other.child.list: text[] becomes json" in notes
