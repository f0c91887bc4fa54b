"""Others hold or change the rows that an import is about: it is tried again, and ends as planned or not at all."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import LiteralString, cast

import psycopg
import pymysql
import pytest

from contract.databases import postgres_case
from contract.databases.mariadb_case import MariaPlace
from contract.databases.postgres_case import PostgresPlace
from contract.databases.sqlite_case import SqlitePlace
from entrepot.databases.mysql import connect as mysql_connect
from entrepot.databases.postgres import connect as postgres_connect
from entrepot.databases.sqlite import waiting
from entrepot.importing import attempts
from entrepot.model.drafts import Errors
from entrepot.model.errors import ChangedError, UnavailableError
from recovery.yard import AFTER, BEFORE, CASES, DONE, FILE, SERVERS, UPSERT, Watching, Yard, a_yard

AGAIN = "Somebody else"


@pytest.fixture
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Yard]:
    with a_yard(request.param, request, tmp_path) as made:
        yield made


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks are waited for a moment instead of ten seconds."""
    monkeypatch.setitem(postgres_connect.PINNED, "lock_timeout", "200ms")
    writing = (*mysql_connect.WRITING, "SET SESSION innodb_lock_wait_timeout = 1")
    monkeypatch.setattr(mysql_connect, "WRITING", writing)
    monkeypatch.setattr(waiting, "WAIT_SECONDS", 0.2)
    monkeypatch.setattr(attempts, "FIRST_PAUSE", 0.01)


class Somebody:
    """A session of another program, in the middle of a transaction."""

    def __init__(self, yard: Yard) -> None:
        self.connection = opened(yard)
        self.cursor = self.connection.cursor()

    def begin(self, *statements: str) -> None:
        self.cursor.execute("BEGIN IMMEDIATE" if isinstance(self.connection, sqlite3.Connection) else "BEGIN")
        for statement in statements:
            self.run(statement)

    def run(self, statement: str) -> None:
        """psycopg asks for literal SQL; the tests write their own."""
        self.cursor.execute(cast("LiteralString", statement))

    def commit(self) -> None:
        self.cursor.execute("COMMIT")


def opened(yard: Yard) -> sqlite3.Connection | psycopg.Connection | pymysql.Connection:  # type: ignore[type-arg]
    place = yard.place
    if isinstance(place, SqlitePlace):
        return sqlite3.connect(place.path, isolation_level=None)
    if isinstance(place, PostgresPlace):
        return psycopg.connect(place.url, autocommit=True)
    assert isinstance(place, MariaPlace)
    return place.database.connect()


@contextmanager
def somebody(yard: Yard) -> Iterator[Somebody]:
    other = Somebody(yard)
    with closing(other.connection):
        yield other


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("yard", CASES, indirect=True)
def test_a_lock_that_goes_away_is_waited_for(yard: Yard) -> None:
    with somebody(yard) as other:
        other.begin("UPDATE people SET age = 41 WHERE id = 2")
        receipt = yard.entrepot(Watching(**{AGAIN: other.commit})).bring_in(yard.file, UPSERT)
    assert {name: count for name, count in receipt.counts.items() if count} == DONE == yard.receipt()
    assert yard.rows() == [(2, "Bobby", 41) if row[0] == 2 else row for row in AFTER]
    assert all(int(str(epoch)) > 0 for _, _, epoch in yard.marks())
    assert yard.statuses() == ["completed"]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("yard", SERVERS, indirect=True)
def test_of_an_import_in_batches_only_the_one_in_whose_way_others_were_is_tried_again(yard: Yard) -> None:
    yard.file.write_text(f"{FILE}5,Eve\n", encoding="utf-8")
    request = replace(UPSERT, errors=Errors.SKIP, batch_size=2)
    yard.place.execute("INSERT INTO people VALUES (5, 'E', 60)")
    with somebody(yard) as other:
        begin = partial(other.begin, "UPDATE people SET age = 61 WHERE id = 5")
        watching = Watching(**{"Committing batch 1": begin, AGAIN: other.commit})
        receipt = yard.entrepot(watching).bring_in(yard.file, request)
    assert {name: count for name, count in receipt.counts.items() if count} == {"created": 1, "updated": 3}
    assert yard.rows() == [*AFTER, (5, "Eve", 61)]
    assert {unit: int(str(epoch)) > 0 for _, unit, epoch in yard.marks()} == {0: False, 1: True}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("yard", CASES, indirect=True)
def test_a_lock_that_stays_ends_the_import_with_one_clear_error(yard: Yard) -> None:
    watching = Watching()
    with somebody(yard) as other:
        other.begin("UPDATE people SET age = 41 WHERE id = 2")
        with pytest.raises(UnavailableError) as caught:
            yard.entrepot(watching).bring_in(yard.file, UPSERT)
        other.connection.rollback()
    assert caught.value.code in {"locked", "sqlite_busy"}
    assert "tried 5 times" in caught.value.message
    assert caught.value.remedy
    assert sum(words.startswith(AGAIN) for words in watching.phases) == 4
    assert yard.rows() == BEFORE
    assert yard.statuses() == ["failed"]


@pytest.mark.postgres
@pytest.mark.parametrize("yard", [postgres_case.CASE], indirect=True)
def test_rows_that_somebody_changed_meanwhile_are_compared_again(yard: Yard) -> None:
    """PostgreSQL alone lets others change what we have read: `could not serialize access`."""

    def change() -> None:
        yard.place.execute("UPDATE people SET age = 31 WHERE id = 1", "DELETE FROM people WHERE id = 2")

    receipt = yard.entrepot(Watching(Comparing=change)).bring_in(yard.file, UPSERT)
    assert {name: count for name, count in receipt.counts.items() if count} == {"created": 2, "updated": 1}
    assert yard.rows() == [(1, "Anna", 31), (2, "Bobby", None), (3, "Cy", 50), (4, "Dan", None)]


@pytest.mark.postgres
@pytest.mark.parametrize("yard", [postgres_case.CASE], indirect=True)
def test_a_plan_that_drifts_while_it_is_carried_out_is_not_carried_out(yard: Yard) -> None:
    def change() -> None:
        yard.place.execute("UPDATE people SET name = 'Annie' WHERE id = 1")

    plan = yard.entrepot().preview(yard.file, UPSERT)
    with pytest.raises(ChangedError) as caught:
        yard.entrepot(Watching(Comparing=change)).apply(plan.plan_id)
    assert caught.value.code == "plan_drifted"
    assert yard.rows() == [(1, "Annie", 30), *BEFORE[1:]]


WAITING = {
    "postgres": "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
    "mysql": "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
}


@pytest.mark.parametrize("yard", SERVERS, indirect=True)
def test_a_deadlock_is_lost_and_then_the_import_is_tried_again(yard: Yard) -> None:
    """The other one has more to lose, and so the server ends ours; MariaDB spares whoever changed what it cannot undo,
    which our own temporary tables are."""
    weight = [f"INSERT INTO people VALUES ({number}, 'x', 0)" for number in range(100, 200)]
    if yard.case.name == "mysql":
        weight += ["CREATE TEMPORARY TABLE heavy (n integer) ENGINE=Aria", "INSERT INTO heavy VALUES (1)"]
    with somebody(yard) as other:
        other.begin(*weight, "UPDATE people SET age = 41 WHERE id = 2")
        thread = threading.Thread(target=cross, args=(yard, other))
        watching = Watching(**{AGAIN: thread.join, "Comparing": thread.start})
        yard.entrepot(watching).bring_in(yard.file, UPSERT)
        thread.join()
    assert any(words.startswith(AGAIN) for words in watching.phases)
    assert yard.rows()[:4] == [(1, "Anna", 31), (2, "Bobby", 41), *AFTER[2:]]
    assert yard.statuses() == ["completed"]


def cross(yard: Yard, other: Somebody) -> None:
    """Wants what the import holds, as soon as the import waits for what it wants."""
    until(lambda: yard.place.rows(WAITING[yard.case.name])[0][0] != 0)
    other.run("UPDATE people SET age = 31 WHERE id = 1")
    other.commit()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.2)  # what MariaDB tells of locks is no newer than a tenth of a second after the last look
