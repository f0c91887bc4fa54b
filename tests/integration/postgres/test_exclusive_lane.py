"""The exclusive lane: keys that are moved out of the way, and are afterwards what they were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from contract.databases.changing import lines
from entrepot.databases.postgres.change_alone import PostgresTargetAlone
from entrepot.databases.postgres.engine import PostgresEngine
from entrepot.databases.postgres.moving import Moved
from entrepot.model.catalog import Catalog
from entrepot.model.errors import AccessError, ChangedError, EntrepotError, InputError, UnavailableError
from integration.postgres.changed import run
from servers.postgres import PostgresDatabase

pytestmark = pytest.mark.postgres

TABLES = """
CREATE SCHEMA "Other one";
CREATE TABLE "Other one"."Parent's" (id int PRIMARY KEY, a int, b text, UNIQUE (a, b));
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (
    id int PRIMARY KEY, parent int, a int, b text, up int, old int, off int,
    CONSTRAINT "plain one" FOREIGN KEY (parent) REFERENCES parent ON UPDATE CASCADE ON DELETE SET NULL,
    CONSTRAINT pair FOREIGN KEY (a, b) REFERENCES "Other one"."Parent's" (a, b) MATCH FULL
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT up FOREIGN KEY (up) REFERENCES child DEFERRABLE,
    CONSTRAINT off FOREIGN KEY (off) REFERENCES parent);
ALTER TABLE child ADD CONSTRAINT old FOREIGN KEY (old) REFERENCES parent NOT VALID;
COMMENT ON CONSTRAINT "plain one" ON child IS 'it''s the plain one';
ALTER TABLE child DISABLE TRIGGER USER;
INSERT INTO parent VALUES (1), (2);
INSERT INTO "Other one"."Parent's" VALUES (1, 1, 'b')
"""
DEFINED = """
SELECT n.nspname, t.relname, c.conname, pg_get_constraintdef(c.oid), obj_description(c.oid, 'pg_constraint'),
       c.condeferrable, c.condeferred, c.convalidated, c.conislocal, c.coninhcount, c.confupdtype, c.confdeltype,
       ARRAY(SELECT (g.tgenabled, g.tgtype, g.tgdeferrable)::text FROM pg_trigger g WHERE g.tgconstraint = c.oid
             ORDER BY 1)
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE contype = 'f' ORDER BY n.nspname, t.relname, c.conname
"""


@contextmanager
def alone(engine: PostgresEngine, work: Path, name: str = "child") -> Iterator[tuple[Catalog, PostgresTargetAlone]]:
    catalog = engine.introspect()
    with engine.change_alone(catalog, catalog.entities, work, keys=catalog.entity(name).relations) as target:
        yield catalog, target


def test_keys_are_afterwards_what_they_were(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    """Names, actions, deferrability, comments; those that were never checked for all rows stay unchecked."""
    engine = run(postgres_database, TABLES)
    before = postgres_database.rows(DEFINED)
    with alone(engine, tmp_path) as (catalog, target):
        names = ["id", "parent", "a", "b", "up"]
        rows = [("1", "1", "1", "b", "2"), ("2", None, None, None, None)]
        target.insert(catalog.entity("child"), names, lines(target, rows))
        target.commit()
    assert postgres_database.rows(DEFINED) == before
    assert postgres_database.value("SELECT count(*) FROM child") == 2


@pytest.mark.parametrize("name", ["child_parent_fkey", "own"])
def test_keys_of_a_partitioned_table_come_back_for_all_partitions(
    postgres_database: PostgresDatabase, tmp_path: Path, name: str
) -> None:
    """One whose partitions have names of their own for it is not moved."""
    engine = run(
        postgres_database,
        "CREATE TABLE parent (id int PRIMARY KEY) PARTITION BY RANGE (id);"
        "CREATE TABLE parent_low PARTITION OF parent FOR VALUES FROM (0) TO (10);"
        "CREATE TABLE parent_high PARTITION OF parent FOR VALUES FROM (10) TO (20);"
        "CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent) PARTITION BY RANGE (id);"
        "CREATE TABLE child_low PARTITION OF child FOR VALUES FROM (0) TO (10);"
        f"CREATE TABLE child_high (id int PRIMARY KEY, parent int CONSTRAINT {name} REFERENCES parent);"
        "ALTER TABLE child ATTACH PARTITION child_high FOR VALUES FROM (10) TO (20);"
        "INSERT INTO parent VALUES (1), (11)",
    )
    before = postgres_database.rows(DEFINED)
    catalog = engine.introspect()
    assert bool(engine.movable(catalog, catalog.entity("child").relations).keys) == (name != "own")
    with alone(engine, tmp_path) as (catalog, target):
        target.insert(catalog.entity("child"), ["id", "parent"], lines(target, [("1", "11"), ("11", "1")]))
        target.commit()
    assert postgres_database.rows(DEFINED) == before
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        postgres_database.execute("INSERT INTO child VALUES (2, 9)")


def test_a_reference_without_its_parent_takes_everything_back(
    postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    engine = run(postgres_database, TABLES)
    before = postgres_database.rows(DEFINED)
    with pytest.raises(InputError) as refused, alone(engine, tmp_path) as (catalog, target):
        target.insert(catalog.entity("child"), ["id", "parent"], lines(target, [("1", "1"), ("2", "7")]))
        target.commit()
    assert refused.value.code == "database_refused"
    assert "(parent)=(7)" in refused.value.message
    assert postgres_database.rows(DEFINED) == before
    assert postgres_database.value("SELECT count(*) FROM child") == 0


def test_a_key_that_was_never_checked_still_checks_new_rows(
    postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    engine = run(postgres_database, TABLES)
    with pytest.raises(InputError) as refused, alone(engine, tmp_path) as (catalog, target):
        target.insert(catalog.entity("child"), ["id", "old"], lines(target, [("1", "7")]))
        target.commit()
    assert "rule 'old'" in refused.value.message


def test_a_key_whose_triggers_are_off_is_not_turned_on(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    engine = run(postgres_database, TABLES, "ALTER TABLE child DISABLE TRIGGER ALL")
    before = postgres_database.rows(DEFINED)
    with alone(engine, tmp_path) as (catalog, target):
        target.insert(catalog.entity("child"), ["id", "off"], lines(target, [("1", "7")]))
        target.commit()
    assert postgres_database.rows(DEFINED) == before


def test_deferred_triggers_fire_before_the_keys_come_back(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    engine = run(
        postgres_database,
        TABLES,
        "CREATE TABLE log (word text);"
        "CREATE FUNCTION noting() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN INSERT INTO log VALUES (TG_NAME); RETURN NEW; END$$;"
        "CREATE CONSTRAINT TRIGGER later AFTER INSERT ON child DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION noting()",
    )
    with alone(engine, tmp_path) as (catalog, target):
        target.insert(catalog.entity("child"), ["id"], lines(target, [("1",)]))
        target.commit()
    assert postgres_database.rows("SELECT word FROM log") == [("later",)]


def test_whoever_does_not_leave_the_tables_is_named_once(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    engine = run(postgres_database, TABLES)
    with psycopg.connect(postgres_database.url) as somebody:
        somebody.execute("SELECT FROM parent")
        with pytest.raises(UnavailableError) as refused, alone(engine, tmp_path):
            raise AssertionError("the tables are not free")
    assert refused.value.code == "locked"
    assert '"public"."parent"' in refused.value.message
    assert "--exclusive" in refused.value.remedy
    postgres_database.execute("INSERT INTO parent VALUES (3)")


@pytest.mark.parametrize(
    ("rights", "missing"),
    [
        ("GRANT ALL ON ALL TABLES IN SCHEMA public TO guest", "not the owner of 'child'"),
        ("ALTER TABLE child OWNER TO guest", "may not lock 'parent'"),
    ],
)
def test_whoever_may_not_move_keys_is_told_before_anything_happens(
    postgres_database: PostgresDatabase, tmp_path: Path, rights: str, missing: str
) -> None:
    run(
        postgres_database,
        "CREATE TABLE parent (id int PRIMARY KEY);"
        "CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent)",
        "CREATE ROLE guest LOGIN PASSWORD 'guest'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest",
        rights,
    )
    engine = PostgresEngine(postgres_database.url.replace("postgres:s3cret-of-the-tests@", "guest:guest@"))
    try:
        with pytest.raises(AccessError) as refused, alone(engine, tmp_path):
            raise AssertionError("these rights are not enough")
        assert missing in refused.value.message
        with pytest.raises(AccessError):
            catalog = engine.introspect()
            engine.movable(catalog, catalog.entity("child").relations)
    finally:
        postgres_database.execute("REASSIGN OWNED BY guest TO postgres; DROP OWNED BY guest; DROP ROLE guest")


def test_the_tables_that_would_be_locked_come_parents_first(postgres_database: PostgresDatabase) -> None:
    engine = run(postgres_database, TABLES)
    catalog = engine.introspect()
    assert engine.movable(catalog, catalog.entity("child").relations).locked == (
        '"Other one"."Parent\'s"',
        '"public"."parent"',
        '"public"."child"',
    )
    assert engine.movable(catalog, catalog.entity("parent").relations).locked == ()


def test_keys_that_change_while_we_wait_for_the_tables_are_noticed(
    postgres_database: PostgresDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from entrepot.databases.postgres import moving

    engine = run(postgres_database, TABLES)
    really = moving.lock

    def late(connection: psycopg.Connection, moved: Sequence[Moved]) -> None:
        postgres_database.execute("ALTER TABLE child DROP CONSTRAINT up")
        really(connection, moved)

    monkeypatch.setattr(moving, "lock", late)
    with pytest.raises(ChangedError) as refused, alone(engine, tmp_path):
        raise AssertionError("the keys are others")
    assert refused.value.code == "schema_changed"


def test_nothing_of_an_exclusive_transaction_stays_without_its_commit(
    postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    engine = run(postgres_database, TABLES)
    before = postgres_database.rows(DEFINED)
    with pytest.raises(EntrepotError), alone(engine, tmp_path) as (catalog, target):
        target.insert(catalog.entity("child"), ["id"], lines(target, [("1",), ("1",)]))
    with alone(engine, tmp_path) as (catalog, target):
        target.insert(catalog.entity("child"), ["id"], lines(target, [("1",)]))
    assert postgres_database.rows(DEFINED) == before
    assert postgres_database.value("SELECT count(*) FROM child") == 0
