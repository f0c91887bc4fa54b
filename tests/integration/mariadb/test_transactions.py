"""Imports beside others, killed, cancelled and cut off: all of it or nothing, and somebody knows which."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pymysql
import pytest

from entrepot.databases.mysql import begin, connect
from entrepot.model.changes import Mark
from entrepot.model.errors import BugError, CancelledError, ChangedError, EntrepotError, InputError, UnavailableError
from integration.mariadb.changing import WAYS, Importer, all_columns, beside, joined, way_of
from servers.mariadb import MariaDatabase

pytestmark = pytest.mark.mariadb

PEOPLE = "CREATE TABLE people (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20))"
THREE = "INSERT INTO people VALUES (1, 'a'), (2, 'b'), (3, 'c')"
SOON = 0.4


@pytest.fixture
def database(mariadb_database: MariaDatabase) -> Iterator[MariaDatabase]:
    mariadb_database.execute(PEOPLE, THREE)
    with way_of(mariadb_database, "load"):
        yield mariadb_database


def names(database: MariaDatabase) -> list[object]:
    return [name for (name,) in database.rows("SELECT name FROM people ORDER BY id")]


def others(importer: Importer) -> int:
    return importer.place.connections()


def test_what_is_not_committed_never_was(database: MariaDatabase, tmp_path: Path) -> None:
    importer = Importer(database, tmp_path)
    mark = Mark(job="j")
    with importer.change() as target:
        target.mark(mark)
        target.insert(importer["people"], ("name",), [b"d\n"])
        target.update(importer["people"], ("id",), ("name",), [b"1,z\n"])
        target.delete(importer["people"], ("id",), [b"2\n"])
    assert names(database) == ["a", "b", "c"]
    assert not importer.engine.was_applied(mark)
    assert others(importer) == 0


def test_what_broke_off_cannot_be_committed_any_more(database: MariaDatabase, tmp_path: Path) -> None:
    importer = Importer(database, tmp_path)
    with importer.change() as target:
        target.insert(importer["people"], ("name",), [b"d\n"])
        with pytest.raises(InputError):
            target.insert(importer["people"], ("id", "name"), [b"9,e\n1,f\n"])
        with pytest.raises(BugError):
            target.commit()
    assert names(database) == ["a", "b", "c"]


@pytest.mark.parametrize("way", WAYS)
def test_rows_that_break_off_leave_nothing(mariadb_database: MariaDatabase, tmp_path: Path, way: str) -> None:
    mariadb_database.execute(PEOPLE)

    def rows() -> Iterator[bytes]:
        yield b"a\nb\n"
        raise ConnectionResetError("the reader died")

    with way_of(mariadb_database, way):
        importer = Importer(mariadb_database, tmp_path)
        with pytest.raises(ConnectionResetError), importer.change() as target:
            target.insert(importer["people"], ("name",), rows())
        assert others(importer) == 0
    assert names(mariadb_database) == []


def test_a_matched_row_waits_for_the_import_and_the_others_do_not(database: MariaDatabase, tmp_path: Path) -> None:
    importer = Importer(database, tmp_path)
    people = importer["people"]
    finished: list[float] = []

    def rename() -> None:
        database.execute("UPDATE people SET name = 'y' WHERE id = 1")
        finished.append(time.monotonic())

    with importer.change() as target:
        target.keep_keys("k", people, ("id",), [b"1\n77\n"])
        assert joined(target.matching("k", people, ("id",), all_columns(people))) == b"1,a\n"
        database.execute("UPDATE people SET name = 'q' WHERE id = 2", "INSERT INTO people VALUES (77, 'new')")
        with beside(rename):
            time.sleep(SOON)
            target.update(people, ("id",), ("name",), [b"1,x\n"])
            target.commit()
            ended = time.monotonic()
    assert finished[0] >= ended - 0.05
    assert names(database) == ["y", "q", "c", "new"]


def test_a_preview_locks_nobody_out_and_sees_one_moment(database: MariaDatabase, tmp_path: Path) -> None:
    importer = Importer(database, tmp_path)
    people = importer["people"]
    with importer.change(write=False) as target:
        database.execute("UPDATE people SET name = 'q' WHERE id = 1", "DELETE FROM people WHERE id = 2")
        target.keep_keys("k", people, ("id",), [b"1\n2\n"])
        assert joined(target.matching("k", people, ("id",), all_columns(people))) == b"1,a\n2,b\n"
        database.execute("DELETE FROM people")
        assert not target.is_empty(people)


def test_two_that_set_the_same_mark_meet_there(database: MariaDatabase, tmp_path: Path) -> None:
    importer = Importer(database, tmp_path)
    mark, late = Mark(job="j"), list[EntrepotError]()

    def successor() -> None:
        try:
            with importer.change() as second:
                second.mark(Mark(job="j", epoch=1))
        except EntrepotError as error:
            late.append(error)

    with importer.change() as target:
        target.mark(mark)
        with beside(successor):
            time.sleep(SOON)
            assert late == []
            target.commit()
    assert [error.code for error in late] == ["already_applied"]


def test_a_commit_under_way_is_waited_for_before_it_is_called_lost(database: MariaDatabase, tmp_path: Path) -> None:
    importer = Importer(database, tmp_path)
    mark, answers = Mark(job="j"), list[bool]()
    with importer.change() as target:
        target.mark(mark)
        with beside(lambda: answers.append(importer.engine.was_applied(mark))):
            time.sleep(SOON)
            assert answers == []
            target.commit()
    assert answers == [True]


def test_a_lock_that_does_not_go_away_ends_the_import(
    database: MariaDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = "SET SESSION innodb_lock_wait_timeout = 1"
    monkeypatch.setattr(connect, "WRITING", (*connect.WRITING, short))
    importer = Importer(database, tmp_path)
    with closing(database.connect()) as other:
        other.begin()
        other.query("UPDATE people SET name = 'held' WHERE id = 1")
        with pytest.raises(UnavailableError) as error, importer.change() as target:
            target.update(importer["people"], ("id",), ("name",), [b"1,x\n"])
        other.rollback()
    assert error.value.code == "locked"
    assert names(database) == ["a", "b", "c"]


def test_of_two_that_wait_for_each_other_one_is_told(database: MariaDatabase, tmp_path: Path) -> None:
    importer = Importer(database, tmp_path)
    database.execute("CREATE TABLE loose (id int) ENGINE=MyISAM")
    with closing(database.connect()) as other:
        other.begin()
        other.query("INSERT INTO loose VALUES (1)")  # or it would give way, because it can be undone as a whole
        other.query("INSERT INTO people (name) SELECT seq FROM seq_1_to_1000")  # who has changed less gives way
        other.query("UPDATE people SET name = 'held' WHERE id = 2")
        with pytest.raises(UnavailableError) as error, importer.change("people") as target:
            target.update(importer["people"], ("id",), ("name",), [b"1,x\n"])
            with beside(partial(other.query, "UPDATE people SET name = 'held' WHERE id = 1")):
                time.sleep(SOON)
                target.update(importer["people"], ("id",), ("name",), [b"2,x\n"])
        other.rollback()
    assert error.value.code == "deadlock"
    assert names(database) == ["a", "b", "c"]


@pytest.mark.parametrize("way", WAYS)
def test_an_import_can_be_stopped_from_another_thread(
    mariadb_database: MariaDatabase, tmp_path: Path, way: str
) -> None:
    mariadb_database.execute(PEOPLE)
    with way_of(mariadb_database, way):
        importer = Importer(mariadb_database, tmp_path)

        def rows() -> Iterator[bytes]:
            while True:
                yield b"someone\n" * 10_000

        with importer.change() as target:
            timer = threading.Timer(SOON, target.cancel)
            timer.start()
            began = time.monotonic()
            with pytest.raises(CancelledError):
                target.insert(importer["people"], ("name",), rows())
            timer.join()
            assert time.monotonic() - began < 5
        assert others(importer) == 0
    assert names(mariadb_database) == []


def test_a_statement_of_the_server_can_be_stopped(database: MariaDatabase, tmp_path: Path) -> None:
    database.execute("CREATE TRIGGER slow BEFORE INSERT ON people FOR EACH ROW SET NEW.name = IF(SLEEP(20), 'x', 'y')")
    importer = Importer(database, tmp_path)
    with importer.change() as target:
        timer = threading.Timer(SOON, target.cancel)
        timer.start()
        began = time.monotonic()
        with pytest.raises(CancelledError):
            target.insert(importer["people"], ("name",), [b"d\n"])
        timer.join()
    assert time.monotonic() - began < 5
    assert names(database) == ["a", "b", "c"]


def test_a_commit_that_nobody_answers_is_neither_done_nor_undone(database: MariaDatabase, tmp_path: Path) -> None:
    importer = Importer(database, tmp_path)
    mark = Mark(job="j")
    with importer.change() as target:
        target.mark(mark)
        database.execute(f"KILL {target._running.connection.thread_id()}")
        with pytest.raises(UnavailableError) as error:
            target.commit()
    assert error.value.code == "outcome_unknown"
    assert not importer.engine.was_applied(mark)


def test_a_connection_that_is_killed_in_between_is_an_error(database: MariaDatabase, tmp_path: Path) -> None:
    importer = Importer(database, tmp_path)
    with pytest.raises(UnavailableError) as error, importer.change() as target:
        target.insert(importer["people"], ("name",), [b"d\n"])
        database.execute(f"KILL {target._running.connection.thread_id()}")
        target.insert(importer["people"], ("name",), [b"e\n"])
    assert error.value.code == "connection_lost"
    assert names(database) == ["a", "b", "c"]


def test_ddl_waits_until_the_import_is_over(database: MariaDatabase, tmp_path: Path) -> None:
    importer = Importer(database, tmp_path)
    with importer.change(), closing(database.connect()) as other, other.cursor() as cursor:
        cursor.execute("SET SESSION lock_wait_timeout = 1")
        with pytest.raises(pymysql.OperationalError, match="Lock wait timeout"):
            cursor.execute("ALTER TABLE people ADD COLUMN more int")


def test_a_schema_that_has_changed_is_noticed(database: MariaDatabase, tmp_path: Path) -> None:
    importer = Importer(database, tmp_path)
    database.execute("ALTER TABLE people MODIFY name varchar(30)")
    with pytest.raises(ChangedError, match="'people'"), importer.change():
        pass


@pytest.mark.parametrize("write", [True, False])
def test_a_table_without_transactions_is_refused(database: MariaDatabase, tmp_path: Path, write: bool) -> None:
    database.execute("CREATE TABLE loose (id int) ENGINE=MyISAM")
    importer = Importer(database, tmp_path)
    with pytest.raises(InputError) as error, importer.change(write=write):
        pass
    assert error.value.code == "not_transactional"
    assert "ALTER TABLE loose ENGINE=InnoDB" in error.value.remedy


def test_the_next_number_is_beyond_all_that_were_given(database: MariaDatabase, tmp_path: Path) -> None:
    database.execute("CREATE SEQUENCE numbers", "CREATE TABLE counted (id int DEFAULT nextval(numbers), v int)")
    importer = Importer(database, tmp_path)
    with importer.change() as target:
        target.insert(importer["people"], ("id", "name"), [b"0,zero\n500,d\n"])
        target.update(importer["people"], ("name",), ("id",), [b"a,900\n"])
        target.insert(importer["counted"], ("id",), [b"70\n"])
        for entity in importer.catalog.entities:
            target.settle_counters(entity)
        target.commit()
    database.execute("INSERT INTO people (name) VALUES ('next')", "INSERT INTO counted (v) VALUES (1)")
    assert database.value("SELECT id FROM people WHERE name = 'next'") == 901
    assert database.value("SELECT id FROM people WHERE name = 'zero'") == 0
    assert database.value("SELECT id FROM counted WHERE v = 1") == 71


def test_settings_of_the_server_do_not_weaken_an_import(database: MariaDatabase, tmp_path: Path) -> None:
    settings = {
        "sql_mode": "''",
        "foreign_key_checks": "0",
        "unique_checks": "0",
        "autocommit": "1",
        "sql_safe_updates": "1",
        "tx_isolation": "'READ-UNCOMMITTED'",
        "completion_type": "'CHAIN'",
        "check_constraint_checks": "0",
    }
    before = {name: database.value(f"SELECT @@GLOBAL.{name}") for name in settings}
    database.execute("CREATE TABLE c (id int PRIMARY KEY REFERENCES people (id), v varchar(2) CHECK (v <> 'no'))")
    try:
        database.execute(*(f"SET GLOBAL {name} = {value}" for name, value in settings.items()))
        importer = Importer(database, tmp_path)
        for row in (b"9,x\n", b"1,no\n", b"1,long\n", b"x,x\n"):
            with pytest.raises(InputError) as error:
                importer.insert("c", ("id", "v"), row)
            assert error.value.code == "database_refused"
        importer.do(lambda target: target.update(importer["people"], ("name",), ("id",), [b"a,8\n"]))
    finally:
        database.execute(*(f"SET GLOBAL {name} = {value!r}" for name, value in before.items()))
    assert database.value("SELECT count(*) FROM c") == 0
    assert database.value("SELECT count(*) FROM people WHERE id = 8") == 1


def test_a_log_of_statements_keeps_its_stricter_order(
    database: MariaDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test server writes no such log, so only the choice is tried."""
    importer = Importer(database, tmp_path)
    isolation = "SELECT @@SESSION.tx_isolation = 'READ-COMMITTED'"
    with importer.change() as target:
        assert target._running.number(isolation) == 1

    def logs_statements(cursor: object) -> bool:
        return True

    monkeypatch.setattr(begin, "_logs_statements", logs_statements)
    with importer.change() as target:
        assert target._running.number(isolation) == 0
        target.insert(importer["people"], ("name",), [b"d\n"])
        target.commit()
    assert names(database) == ["a", "b", "c", "d"]
