"""Whoever is asked to stop while he waits for what somebody else has locked, stops: the lock is still held then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from acceptance.work import BY_HAND, drained, environment_of, facts
from contract.databases.changing import ChangingEngine
from contract.databases.sqlite_case import SqlitePlace
from entrepot import Entrepot, ExportOptions
from entrepot.databases.mysql import connect as mysql_connect
from entrepot.databases.postgres import connect as postgres_connect
from entrepot.databases.sqlite import waiting
from entrepot.model.cancel import CancelSwitch
from entrepot.model.changes import Mark
from entrepot.model.errors import CancelledError, EntrepotError
from entrepot.model.records import Status
from recovery.test_others_in_the_way import Somebody, somebody, until
from recovery.yard import BEFORE, CASES, UPSERT, Watching, Yard, a_yard

HOUR = 3600
LOCKED = {
    "sqlite": ("BEGIN EXCLUSIVE",),
    "postgres": ("BEGIN", "LOCK TABLE people IN ACCESS EXCLUSIVE MODE"),
    "mysql": ("LOCK TABLES people WRITE",),
}
WAITING = {
    "postgres": "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
    "mysql": "SELECT count(*) FROM information_schema.processlist"
    " WHERE state LIKE 'Waiting for%' OR id IN (SELECT trx_mysql_thread_id FROM information_schema.innodb_trx"
    " WHERE trx_state = 'LOCK WAIT')",
}


@pytest.fixture(params=CASES)
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Yard]:
    with a_yard(request.param, request, tmp_path) as made:
        if isinstance(made.place, SqlitePlace):
            made.place.execute("PRAGMA journal_mode = DELETE")  # where writers shut readers out
        yield made


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is not heard waits for ever."""
    monkeypatch.setitem(postgres_connect.PINNED, "lock_timeout", f"{HOUR}s")
    monkeypatch.setattr(mysql_connect, "PINNED", (*mysql_connect.PINNED, f"SET SESSION lock_wait_timeout = {HOUR}"))
    for_rows = f"SET SESSION innodb_lock_wait_timeout = {HOUR}"
    monkeypatch.setattr(mysql_connect, "WRITING", (*mysql_connect.WRITING, for_rows))
    monkeypatch.setattr(waiting, "WAIT_SECONDS", float(HOUR))


class Asked:
    """To do something, in a thread of its own, and to stop."""

    def __init__(self, yard: Yard, do: Callable[[Entrepot], object]) -> None:
        self._switch, self.begun = CancelSwitch(), threading.Event()
        watching = Watching(Checking=self.begun.set, Opening=self.begun.set)
        settings = yard.folder / "entrepot.toml"
        service = Entrepot(yard.place.url, config=settings, environment={}, reporter=watching, cancel=self._switch)
        self._do = lambda: do(service)
        self._error: EntrepotError | None = None
        self._thread = threading.Thread(target=self._try, daemon=True)
        self._thread.start()

    def _try(self) -> None:
        try:
            self._do()
        except EntrepotError as error:
            self._error = error

    def stopped(self) -> str:
        """What the error is called."""
        self._switch.cancel()
        self._thread.join(timeout=30)
        assert not self._thread.is_alive(), "it waits for the lock, whoever asks"
        assert self._error is not None
        return self._error.code


def wait_until_it_waits(asked: Asked, yard: Yard) -> None:
    """Nobody tells it of a file; it may be asked just before it waits, too."""
    if yard.case.name in WAITING:
        until(lambda: yard.place.rows(WAITING[yard.case.name])[0][0] != 0)
    else:
        asked.begun.wait(2)


def test_an_import_that_waits_for_a_row(yard: Yard) -> None:
    with somebody(yard) as other:
        other.begin("UPDATE people SET age = 41 WHERE id = 2")
        asked = Asked(yard, lambda service: service.bring_in(yard.file, UPSERT))
        wait_until_it_waits(asked, yard)
        assert asked.stopped() == "cancelled"
        other.connection.rollback()
    assert yard.rows() == BEFORE


def test_an_export_that_waits_for_a_table(yard: Yard) -> None:
    catalog = yard.entrepot().catalog()
    with somebody(yard) as other:
        lock(other, yard)
        asked = Asked(yard, lambda service: exported(service, yard))
        wait_until_it_waits(asked, yard)
        assert asked.stopped() == "cancelled"
    assert not (yard.folder / "people.csv.gz").exists()
    assert yard.entrepot().catalog() == catalog


def lock(other: Somebody, yard: Yard) -> None:
    for statement in LOCKED[yard.case.name]:
        other.run(statement)


def exported(service: Entrepot, yard: Yard) -> None:
    service.export("people", to=yard.folder / "people.csv.gz", options=ExportOptions())


def test_what_became_of_a_transaction_is_found_out_all_the_same_and_what_tidies_up_is_done(yard: Yard) -> None:
    engine, switch = cast("ChangingEngine", yard.case.engine(yard.place.url)), CancelSwitch()
    engine.heed(switch)
    switch.cancel()
    with pytest.raises(CancelledError):
        engine.introspect()
    assert not engine.was_applied(Mark(job="imp_nobody"))
    with engine.undisturbed():
        assert [entity.name for entity in engine.introspect().entities] == ["people"]
    with pytest.raises(CancelledError):
        engine.introspect()


@pytest.mark.postgres
@pytest.mark.parametrize("yard", CASES[1:2], indirect=True)
def test_a_job_that_waits_for_a_row(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever cancels it is another process, or might be one."""
    monkeypatch.setenv("ENTREPOT_DB", yard.place.url)
    service = Entrepot(environment=environment_of(yard.folder))
    job = service.submit_import(yard.file, UPSERT, manner=BY_HAND)
    worker = threading.Thread(target=drained, args=[yard.folder], daemon=True)
    with somebody(yard) as other:
        other.begin("UPDATE people SET age = 41 WHERE id = 2")
        worker.start()
        until(lambda: yard.place.rows(WAITING["postgres"])[0][0] != 0)
        service.cancel_job(job.id)
        worker.join(timeout=30)
        assert not worker.is_alive()
        found = service.job(job.id).job
        assert (found.status, facts(found.error)["code"]) == (Status.CANCELLED, "cancelled")
        other.connection.rollback()
    assert yard.rows() == BEFORE


@pytest.mark.parametrize("yard", CASES[:1], indirect=True)
def test_a_commit_that_waits_for_readers_of_a_file(yard: Yard) -> None:
    with somebody(yard) as other:
        other.run("BEGIN")
        other.run("SELECT * FROM people")
        asked = Asked(yard, lambda service: service.bring_in(yard.file, UPSERT))
        until(lambda: is_written(yard))
        assert asked.stopped() == "cancelled"
    assert yard.rows() == BEFORE


def is_written(yard: Yard) -> bool:
    """By a transaction that is about to commit."""
    assert isinstance(yard.place, SqlitePlace)
    return yard.place.path.with_name(f"{yard.place.path.name}-journal").exists()
