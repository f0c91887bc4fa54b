"""What only SQLite has to say about being changed: locks of files, keys, what applications bring."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from contract.databases.changing import changing, columns_of, given, lines, over, stored
from entrepot.databases.sqlite import waiting
from entrepot.databases.sqlite.connect import connect
from entrepot.databases.sqlite.engine import SqliteEngine
from entrepot.databases.sqlite.waiting import Check
from entrepot.model.changes import Mark
from entrepot.model.errors import AccessError, EntrepotError, InputError, UnavailableError
from integration.sqlite.changed import made, native


def test_an_application_goes_on_writing_while_somebody_looks(tmp_path: Path) -> None:
    """Also where readers lock a file: a copy is looked at."""
    engine = made(tmp_path / "a.db", "CREATE TABLE t (v TEXT)", "INSERT INTO t VALUES ('a')")
    with changing(engine, tmp_path, write=False) as (catalog, target):
        made(tmp_path / "a.db", "PRAGMA busy_timeout = 0", "INSERT INTO t VALUES ('b')")
        table = catalog.entity("t")
        target.keep_keys("k", table, ["v"], lines(target, [("a",), ("b",)]))
        assert given(target.matching("k", table, ["v"], columns_of(table))) == [("a",)]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.db", "change"]


def test_a_writer_that_does_not_let_go_is_waited_for_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "WAIT_SECONDS", 0.2)
    engine = made(tmp_path / "a.db", "CREATE TABLE t (v TEXT)")
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError) as caught, changing(engine, tmp_path):
            pass
    assert caught.value.code == "sqlite_busy"
    assert "a.db" in caught.value.message


def test_foreign_keys_hold(tmp_path: Path) -> None:
    """Whatever the file was made with; and those that may wait are asked at the end."""
    engine = made(
        tmp_path / "a.db",
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE c (p REFERENCES p ON DELETE CASCADE, q INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED)",
        "INSERT INTO p VALUES (1)",
        "INSERT INTO c VALUES (1, NULL)",
    )
    with changing(engine, tmp_path) as (catalog, target):
        c, p = catalog.entity("c"), catalog.entity("p")
        target.insert(c, ["q"], lines(target, [("7",)]))
        with pytest.raises(InputError) as caught:
            target.commit()
    assert "FOREIGN KEY" in caught.value.message
    with changing(engine, tmp_path) as (catalog, target), pytest.raises(InputError) as named:
        target.insert(c, ["p"], lines(target, [("9",)]))
    assert "(p → p or q → p)" in named.value.message
    with changing(engine, tmp_path) as (catalog, target):
        target.delete(p, ["id"], lines(target, [("1",)]))
        target.commit()
    assert stored(engine, tmp_path, "c") == []


def test_a_trigger_that_ends_the_transaction_ends_all_of_it(tmp_path: Path) -> None:
    """After RAISE(ROLLBACK) every further statement would stay by itself."""
    engine = made(
        tmp_path / "a.db",
        "CREATE TABLE t (v TEXT)",
        "CREATE TRIGGER no BEFORE INSERT ON t WHEN new.v = 'bad' BEGIN SELECT raise(ROLLBACK, 'never that'); END",
    )
    with changing(engine, tmp_path) as (catalog, target):
        table = catalog.entity("t")
        with pytest.raises(InputError) as caught:
            target.insert(table, ["v"], lines(target, [("good",), ("bad",)]))
        with pytest.raises(EntrepotError):
            target.insert(table, ["v"], lines(target, [("late",)]))
    assert "never that" in caught.value.message
    assert stored(engine, tmp_path, "t") == []


BROUGHT = {
    "collation": ("CREATE TABLE t (v TEXT COLLATE german UNIQUE)", "german"),
    "function": ("CREATE TABLE t (v TEXT CHECK (is_nice(v)))", "is_nice"),
}


@pytest.mark.parametrize("what", BROUGHT)
def test_what_only_the_application_has_is_named(what: str, tmp_path: Path) -> None:
    statement, name = BROUGHT[what]
    with closing(sqlite3.connect(tmp_path / "a.db")) as application:
        application.create_collation("german", lambda a, b: (a > b) - (a < b))
        application.create_function("is_nice", 1, bool, deterministic=True)
        application.execute(statement)
    engine = SqliteEngine(tmp_path / "a.db")
    with changing(engine, tmp_path) as (catalog, target), pytest.raises(InputError) as caught:
        target.insert(catalog.entity("t"), ["v"], lines(target, [("a",), ("b",)]))
    assert caught.value.code == "needs_application"
    assert name in caught.value.message


def test_a_file_that_may_not_be_written_is_told_before_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may write everything, so the file itself says no."""
    engine = made(tmp_path / "a.db", "CREATE TABLE t (v TEXT)")
    catalog = engine.introspect()
    only_reading: Callable[[Path, Check], sqlite3.Connection] = connect
    monkeypatch.setattr("entrepot.databases.sqlite.engine.connect_to_change", only_reading)
    with (
        pytest.raises(AccessError) as caught,
        over(engine, catalog, tmp_path) as target,
    ):
        target.mark(Mark(job="j"))
    assert caught.value.code == "sqlite_no_access"
    assert "cannot be changed" in caught.value.message


def test_a_key_without_an_index_is_found_in_one_go(tmp_path: Path) -> None:
    """Row by row it would be 100 million comparisons."""
    engine = made(
        tmp_path / "a.db",
        "CREATE TABLE t (a TEXT, n INTEGER)",
        "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 10000) "
        "INSERT INTO t SELECT 'k' || n, n FROM c",
    )
    keys = [f"k{n}" for n in range(1, 10001)]
    with changing(engine, tmp_path) as (catalog, target):
        table = catalog.entity("t")
        assert target.update(table, ["a"], ["n"], lines(target, [(key, "0") for key in keys])) == 10000
        assert target.delete(table, ["a"], lines(target, [(key,) for key in keys[:5000]])) == 5000
        target.commit()
    assert native(tmp_path / "a.db", "SELECT count(*), sum(n) FROM t") == [(5000, 0)]


def test_values_of_columns_without_a_type_match_by_their_text(tmp_path: Path) -> None:
    engine = made(tmp_path / "a.db", "CREATE TABLE t (k, n)", "INSERT INTO t VALUES (1, 'i'), ('2', 't'), (1.5, 'r')")
    with changing(engine, tmp_path) as (catalog, target):
        table = catalog.entity("t")
        assert target.keep_keys("k", table, ["k"], lines(target, [("1",), ("2",), ("1.5",)])) == 3
        assert len(given(target.matching("k", table, ["k"], columns_of(table)))) == 3
        assert target.update(table, ["k"], ["n"], lines(target, [("1", "x"), ("1.5", "y")])) == 2


def test_an_application_in_another_thread_waits_for_the_commit(tmp_path: Path) -> None:
    engine = made(tmp_path / "a.db", "PRAGMA journal_mode = WAL", "CREATE TABLE t (v TEXT)")
    thread = threading.Thread(target=lambda: made(tmp_path / "a.db", "INSERT INTO t VALUES ('theirs')"))
    with changing(engine, tmp_path) as (catalog, target):
        target.insert(catalog.entity("t"), ["v"], lines(target, [("ours",)]))
        thread.start()
        target.commit()
    thread.join()
    assert [row[0] for row in stored(engine, tmp_path, "t")] == ["ours", "theirs"]
