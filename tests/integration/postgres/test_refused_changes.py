"""What PostgreSQL refuses or breaks off, in which words, and that nothing stays of it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psycopg
import pytest

from contract.databases.changing import changing, columns_of, given, lines, over, stored
from entrepot.databases.postgres.connect import PINNED
from entrepot.databases.postgres.engine import PostgresEngine
from entrepot.model.changes import Mark
from entrepot.model.errors import AccessError, ChangedError, InputError, UnavailableError
from integration.postgres.changed import refusal_of, run
from servers.postgres import PostgresDatabase, PostgresServer

pytestmark = pytest.mark.postgres


def test_a_row_that_a_trigger_keeps_out_is_not_counted(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    engine = run(
        postgres_database,
        "CREATE TABLE item (id int PRIMARY KEY)",
        "CREATE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN IF NEW.id = 4 THEN RAISE 'four is taken' USING DETAIL = 'By me.'; END IF; "
        "RETURN CASE WHEN NEW.id % 2 = 1 THEN NEW END; END$$",
        "CREATE TRIGGER odd BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION odd()",
    )
    with changing(engine, tmp_path) as (catalog, target):
        item = catalog.entity("item")
        assert target.insert(item, ["id"], lines(target, [("1",), ("2",), ("3",)])) == 2
        with pytest.raises(InputError) as caught:
            given(target.insert_returning(item, ["id"], lines(target, [("5",), ("6",)]), ["id"]))
    assert "of 2 rows it made 1" in caught.value.message
    refused = refusal_of(engine, tmp_path, "item", ["id"], [("4",)])
    assert "four is taken (By me" in refused.message
    assert "trigger" in refused.remedy


def test_a_refused_row_is_told_with_the_servers_detail(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    engine = run(
        postgres_database,
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE item (id int PRIMARY KEY, p int CONSTRAINT to_parent REFERENCES parent, day date)",
    )
    orphan = refusal_of(engine, tmp_path, "item", ["id", "p"], [("1", "9")])
    assert all(words in orphan.message for words in ("'item'", "'to_parent'", 'Key (p)=(9) is not present in table "p'))
    day = refusal_of(engine, tmp_path, "item", ["id", "day"], [("1", None), ("2", "2024-02-30")])
    assert all(words in day.message for words in ("'item'", '"2024-02-30"', "line 2, column day")), day.message


@pytest.fixture
def clerk(postgres_server: PostgresServer, postgres_database: PostgresDatabase) -> PostgresEngine:
    """Somebody who may read, and not much else."""
    run(
        postgres_database,
        "CREATE TABLE item (id int PRIMARY KEY)",
        "CREATE TABLE secret (id int PRIMARY KEY)",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "DROP ROLE IF EXISTS clerk",
        "CREATE ROLE clerk LOGIN PASSWORD 'clerk'",
        "GRANT SELECT ON item TO clerk",
    )
    return PostgresEngine(postgres_server.url(postgres_database.name, "clerk", "clerk"))


def test_who_lacks_a_right_is_told_which(
    postgres_database: PostgresDatabase, clerk: PostgresEngine, tmp_path: Path
) -> None:
    catalog = clerk.introspect()
    try:
        with clerk.change(catalog, [catalog.entity("item")], tmp_path, write=True) as target:
            assert target.is_empty(catalog.entity("item"))
            with pytest.raises(AccessError) as insert:
                target.insert(catalog.entity("item"), ["id"], lines(target, [("1",)]))
        with (
            pytest.raises(AccessError) as mark,
            clerk.change(catalog, [catalog.entity("item")], tmp_path, write=True) as target,
        ):
            target.mark(Mark(job="j"))
        with (
            pytest.raises(AccessError) as read,
            clerk.change(catalog, [catalog.entity("secret")], tmp_path, write=False),
        ):
            pass
    finally:
        run(postgres_database, "DROP OWNED BY clerk", "DROP ROLE clerk")
    assert "permission denied for table item" in insert.value.message
    assert (mark.value.code, "CREATE TABLE" in mark.value.remedy) == ("no_mark_table", True)
    assert "secret" in read.value.message


def test_a_commit_without_an_answer_is_not_called_a_failure(
    postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    """The server ends the connection while it commits: it can be looked up what became of it."""
    engine = run(
        postgres_database,
        "CREATE TABLE item (id int PRIMARY KEY)",
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END$$",
        "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
        "EXECUTE FUNCTION die()",
    )
    with pytest.raises(UnavailableError) as caught, changing(engine, tmp_path) as (catalog, target):
        target.mark(Mark(job="j"))
        target.insert(catalog.entity("item"), ["id"], lines(target, [("1",)]))
        target.commit()
    assert caught.value.code == "outcome_unknown"
    assert not engine.was_applied(Mark(job="j"))
    assert stored(engine, tmp_path, "item") == []


def test_a_lost_connection_changes_nothing(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    engine = run(postgres_database, "CREATE TABLE item (id int PRIMARY KEY)")
    with pytest.raises(UnavailableError) as caught, changing(engine, tmp_path) as (catalog, target):
        target.insert(catalog.entity("item"), ["id"], lines(target, [("1",)]))
        postgres_database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        target.insert(catalog.entity("item"), ["id"], lines(target, [("2",)]))
    assert caught.value.code == "connection_lost"
    assert stored(engine, tmp_path, "item") == []


def test_whoever_changes_what_was_changed_since_must_run_again(
    postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    engine = run(postgres_database, "CREATE TABLE item (id int PRIMARY KEY, n int)", "INSERT INTO item VALUES (1, 1)")
    with pytest.raises(ChangedError) as caught, changing(engine, tmp_path) as (catalog, target):
        postgres_database.execute("UPDATE item SET n = 2")
        target.update(catalog.entity("item"), ["id"], ["n"], lines(target, [("1", "3")]))
    assert (caught.value.code, caught.value.remedy) == ("serialization_failure", "Run it again.")


def test_a_read_that_is_left_early_ends_nothing_else(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    engine = run(
        postgres_database,
        "CREATE TABLE item (id int PRIMARY KEY, n text)",
        "INSERT INTO item SELECT n, repeat('x', 1000) FROM generate_series(1, 20000) AS n",
    )
    with changing(engine, tmp_path) as (catalog, target):
        item = catalog.entity("item")
        target.keep_keys("k", item, ["id"], lines(target, [(str(n),) for n in range(20000)]))
        reading = target.matching("k", item, ["id"], columns_of(item))
        assert next(iter(reading)).rows == 1000
        reading.close()  # type: ignore[attr-defined]
        assert target.delete(item, ["id"], lines(target, [("1",)])) == 1
        target.commit()
    assert postgres_database.rows("SELECT count(*) FROM item") == [(19999,)]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PINNED, "lock_timeout", "300ms")


@pytest.mark.usefixtures("impatient")
def test_a_lock_that_stays_is_named(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    """On a row, and on the whole table, before anything was looked at."""
    engine = run(postgres_database, "CREATE TABLE item (id int PRIMARY KEY, n int)", "INSERT INTO item VALUES (1, 1)")
    catalog = engine.introspect()
    with psycopg.connect(postgres_database.url) as other:
        other.execute("UPDATE item SET n = 2")
        with pytest.raises(UnavailableError) as row, changing(engine, tmp_path) as (_, target):
            target.update(catalog.entity("item"), ["id"], ["n"], lines(target, [("1", "3")]))
        other.execute("LOCK TABLE item IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(UnavailableError) as table, over(engine, catalog, tmp_path):
            pass
    assert (row.value.code, table.value.code) == ("locked", "locked")


def test_two_who_wait_for_each_other_are_parted(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    """The server ends one of them: here the one who began to wait last, us."""
    engine = run(
        postgres_database, "CREATE TABLE item (id int PRIMARY KEY, n int)", "INSERT INTO item VALUES (1, 1), (2, 2)"
    )
    with psycopg.connect(postgres_database.url) as other:
        other.execute("SET deadlock_timeout = '20s'")
        other.execute("UPDATE item SET n = 20 WHERE id = 2")
        with pytest.raises(UnavailableError) as caught, changing(engine, tmp_path) as (catalog, target):
            item = catalog.entity("item")
            target.update(item, ["id"], ["n"], lines(target, [("1", "10")]))
            waiting = threading.Thread(target=lambda: other.execute("UPDATE item SET n = 10 WHERE id = 1"))
            waiting.start()
            time.sleep(0.3)
            target.update(item, ["id"], ["n"], lines(target, [("2", "20")]))
        waiting.join(timeout=30)
    assert (caught.value.code, caught.value.remedy) == ("deadlock", "Run it again.")


def test_a_database_that_only_lets_read_says_so(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    engine = run(
        postgres_database,
        "CREATE TABLE item (id int PRIMARY KEY)",
        f"ALTER DATABASE {postgres_database.name} SET default_transaction_read_only = on",
    )
    with pytest.raises(AccessError) as caught, changing(engine, tmp_path) as (catalog, target):
        target.insert(catalog.entity("item"), ["id"], lines(target, [("1",)]))
    assert caught.value.code == "read_only"
