"""What only PostgreSQL has to say about being changed: its settings, types, sequences, rights and last words."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from contract.databases.changing import changing, columns_of, given, lines, stored
from entrepot.model.changes import Mark
from integration.postgres.changed import refusal_of, run
from servers.postgres import PostgresDatabase

pytestmark = pytest.mark.postgres


TRIGGERED = """
CREATE SCHEMA app;
CREATE TABLE app.log (word text, zone text);
CREATE FUNCTION app.note(word text) RETURNS void LANGUAGE plpgsql AS
    $$BEGIN INSERT INTO log VALUES (word, current_setting('TimeZone')); END$$;
CREATE FUNCTION app.noting() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN PERFORM note(TG_NAME || ' ' || TG_OP); RETURN coalesce(NEW, OLD); END$$;
CREATE FUNCTION app.is_short(text) RETURNS bool LANGUAGE plpgsql AS $$BEGIN RETURN length_of($1) < 9; END$$;
CREATE FUNCTION app.length_of(text) RETURNS int LANGUAGE sql AS 'SELECT length($1)';
CREATE DOMAIN app.short AS text CHECK (app.is_short(VALUE));
CREATE TABLE app.item (id int PRIMARY KEY, tags text[], s app.short, zone text DEFAULT current_setting('TimeZone'));
CREATE TRIGGER now AFTER INSERT OR UPDATE OR DELETE ON app.item FOR EACH ROW EXECUTE FUNCTION app.noting();
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON app.item DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION app.noting()
"""


def set_for_all(database: PostgresDatabase, setting: str) -> None:
    database.execute(f"ALTER DATABASE {database.name} SET {setting}")


def test_triggers_and_defaults_find_what_they_are_used_to(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    """Names without a schema and the day of the week, whichever way the rows come; also when they fire at the end."""
    engine = run(postgres_database, TRIGGERED)
    set_for_all(postgres_database, "search_path = app, public")
    set_for_all(postgres_database, "TimeZone = 'Asia/Tokyo'")
    with changing(engine, tmp_path) as (catalog, target):
        item = catalog.entity("item")
        target.insert(item, ["id"], lines(target, [("1",)]))
        target.insert(item, ["id", "tags"], lines(target, [("2", '["a"]')]))
        assert given(target.insert_returning(item, ["id"], lines(target, [("3",)]), ["zone"])) == [("Asia/Tokyo",)]
        target.update(item, ["id"], ["tags", "s"], lines(target, [("1", "[]", "abc")]))
        assert target.keep_keys("k", item, ["s"], lines(target, [("abc",)])) == 1
        target.delete(item, ["id"], lines(target, [("2",)]))
        target.commit()
    noted = postgres_database.rows("SELECT word, zone FROM app.log")
    assert noted == [
        (word, "Asia/Tokyo") for word in (*["now INSERT"] * 3, "now UPDATE", "now DELETE", *["later INSERT"] * 3)
    ]
    assert postgres_database.rows("SELECT DISTINCT zone FROM app.item") == [("Asia/Tokyo",)]


def test_nobodys_operator_decides_which_row_is_changed(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    """`=` of another schema, first in the path, is not asked."""
    engine = run(
        postgres_database,
        "CREATE TABLE item (id int PRIMARY KEY, n int)",
        "INSERT INTO item VALUES (1, 1), (2, 2)",
        "CREATE FUNCTION always(int, int) RETURNS bool LANGUAGE sql AS 'SELECT true'",
        "CREATE OPERATOR public.= (LEFTARG = int, RIGHTARG = int, FUNCTION = always)",
    )
    set_for_all(postgres_database, "search_path = public, pg_catalog")
    with changing(engine, tmp_path) as (catalog, target):
        item = catalog.entity("item")
        assert target.update(item, ["id"], ["n"], lines(target, [("1", "10")])) == 1
        assert target.delete(item, ["id"], lines(target, [("2",)])) == 1
        target.commit()
    assert postgres_database.rows("SELECT * FROM item") == [(1, 10)]


def test_a_type_of_an_extension_compares_in_its_own_way(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    try:
        postgres_database.execute("CREATE EXTENSION citext")
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this server has no citext")
    engine = run(
        postgres_database,
        "CREATE DOMAIN mail AS citext",
        "CREATE TABLE users (id int PRIMARY KEY, name citext, mail mail)",
        "INSERT INTO users VALUES (1, 'Ada', 'Ada@x')",
    )
    with changing(engine, tmp_path) as (catalog, target):
        users = catalog.entity("users")
        for field, key in (("name", "ADA"), ("mail", "ada@X")):
            assert target.keep_keys("k", users, [field], lines(target, [(key,), (key.lower(),)])) == 1
            assert given(target.matching("k", users, [field], columns_of(users, "name"))) == [("Ada",)]
            assert target.update(users, [field], ["id"], lines(target, [(key, "1")])) == 1


ARRAYS = (
    ("text[]", '["a",null,"\\"b\\\\",""]'),
    ("integer[]", "[[1,2],[3,null]]"),
    ("integer[]", "[]"),
    ("varchar(3)[]", '["abc"]'),
    ("mood[]", '["it\'s",null]'),
    ("numeric(10,2)[]", "[1.50,-2.00]"),
    ("timestamptz[]", '["2024-01-02T10:00:00+00:00"]'),
    ("bytea[]", '["\\\\xdead"]'),
    ("moods", '["sad"]'),
)


def test_arrays_come_back_as_they_were_given(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    columns = ", ".join(f"a{number} {native}" for number, (native, _) in enumerate(ARRAYS))
    engine = run(
        postgres_database,
        "CREATE TYPE mood AS ENUM ('it''s', 'sad')",
        "CREATE DOMAIN moods AS mood[]",
        f"CREATE TABLE item (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {columns})",
    )
    names = [f"a{number}" for number in range(len(ARRAYS))]
    row = tuple(text for _, text in ARRAYS)
    with changing(engine, tmp_path) as (catalog, target):
        item = catalog.entity("item")
        assert target.insert(item, ["id", *names], lines(target, [("1", *row), ("2", *(None for _ in row))])) == 2
        assert target.update(item, ["id"], names, lines(target, [("2", *row)])) == 1
        assert target.keep_keys("k", item, ["a0"], lines(target, [(row[0],)])) == 1
        assert len(given(target.matching("k", item, ["a0"], columns_of(item)))) == 2
        target.commit()
    assert stored(engine, tmp_path, "item") == [("1", *row), ("2", *row)]
    refused = refusal_of(engine, tmp_path, "item", ["id", "a3"], [("3", '["abcd"]')])
    assert refused.code == "database_refused", "never cut to what fits"


def test_numbers_may_be_given_where_the_database_insists_on_its_own(
    postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    """Identity, serial, a sequence that belongs to nobody and is used in two tables, one that counts down."""
    engine = run(
        postgres_database,
        "CREATE SEQUENCE shared",
        "CREATE SEQUENCE down INCREMENT -1",
        "CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, no serial, s int DEFAULT nextval('shared'), "
        "d int DEFAULT nextval('down'))",
        "CREATE TABLE b (s int PRIMARY KEY DEFAULT nextval('shared'))",
    )
    with changing(engine, tmp_path) as (catalog, target):
        a, b = catalog.entity("a"), catalog.entity("b")
        target.insert(a, ["id", "no", "s", "d"], lines(target, [("5", "6", "7", "-8")]))
        target.insert(b, ["s"], lines(target, [("3",)]))
        target.settle_counters(a)
        target.settle_counters(b)
        target.commit()
    postgres_database.execute("INSERT INTO a DEFAULT VALUES")
    assert postgres_database.rows("SELECT * FROM a ORDER BY id") == [(5, 6, 7, -8), (6, 7, 8, -9)]


def test_tables_of_tables_take_rows(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    """Partitioned ones pass them on; one that others inherit from changes its own only; a view hands them down."""
    engine = run(
        postgres_database,
        "CREATE TABLE part (id int PRIMARY KEY, n int) PARTITION BY RANGE (id)",
        "CREATE TABLE part_low PARTITION OF part FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE part_high PARTITION OF part FOR VALUES FROM (10) TO (20)",
        "CREATE TABLE old (id int PRIMARY KEY, n int)",
        "CREATE TABLE young () INHERITS (old)",
        "INSERT INTO young VALUES (1, 1)",
        "CREATE VIEW few AS SELECT id, n FROM old WHERE n < 100 WITH CHECK OPTION",
    )
    with changing(engine, tmp_path) as (catalog, target):
        part, old, few = (catalog.entity(name) for name in ("part", "old", "few"))
        assert target.insert(part, ["id", "n"], lines(target, [("1", "1"), ("11", "2")])) == 2
        assert target.update(part, ["id"], ["n"], lines(target, [("11", "3")])) == 1
        assert target.insert(old, ["id", "n"], lines(target, [("1", "7")])) == 1
        assert target.update(old, ["id"], ["n"], lines(target, [("1", "8")])) == 1
        assert target.insert(few, ["id", "n"], lines(target, [("2", "9")])) == 1
        target.commit()
    assert postgres_database.rows("SELECT * FROM part ORDER BY id") == [(1, 1), (11, 3)]
    assert postgres_database.rows("SELECT * FROM ONLY old ORDER BY id") == [(1, 8), (2, 9)]
    assert postgres_database.rows("SELECT * FROM young") == [(1, 1)]
    assert refusal_of(engine, tmp_path, "few", ["id", "n"], [("3", "100")]).code == "database_refused"


def test_marks_are_no_part_of_the_database(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    """Neither the table nor what was granted on it."""
    engine = run(postgres_database, "CREATE TABLE item (id int PRIMARY KEY)")
    before = engine.introspect()
    with changing(engine, tmp_path) as (_, target):
        target.mark(Mark(job="j"))
        target.commit()
    postgres_database.execute("GRANT SELECT ON entrepot_applied TO PUBLIC")
    assert engine.introspect() == before
