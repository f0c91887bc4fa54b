"""Kill -9 of the database server during an import: when it is back, all of the import is there or nothing, and it is
known which."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case
from contract.databases.mariadb_case import MariaPlace
from contract.databases.postgres_case import PostgresPlace
from entrepot.model.errors import EntrepotError, UnavailableError
from recovery.wire import Wire, wire_to
from recovery.yard import AFTER, BEFORE, DONE, UPSERT, Watching, Yard, yard_at
from servers import mariadb, postgres
from servers.mortal import Mortal, mortal

pytestmark = pytest.mark.slow
COMMITS = (b"COMMIT\0", b"\x03COMMIT")


@contextmanager
def a_postgres() -> Iterator[tuple[Mortal, PostgresPlace]]:
    with postgres.installed_server() as start, mortal(lambda _: start(durable=True)) as server:
        assert isinstance(server.server, postgres.PostgresServer)
        with server.server.database() as database:
            yield server, PostgresPlace(database)


@contextmanager
def a_mariadb() -> Iterator[tuple[Mortal, MariaPlace]]:
    with mariadb.installed_server() as start, mortal(lambda again: start(durable=True, again=again)) as server:
        assert isinstance(server.server, mariadb.MariaServer)
        with server.server.database() as database:
            yield server, MariaPlace(database)


@pytest.fixture(
    params=[
        pytest.param((postgres_case.CASE, a_postgres), id="postgres", marks=pytest.mark.postgres),
        pytest.param((mariadb_case.CASE, a_mariadb), id="mariadb", marks=pytest.mark.mariadb),
    ]
)
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Mortal, Yard]]:
    case, make = request.param
    with make() as (server, place):
        yield server, yard_at(case, place, tmp_path)


def test_whenever_the_server_dies_it_all_happened_or_nothing_and_the_records_say_which(
    ground: tuple[Mortal, Yard],
) -> None:
    """One server for all of it, because starting one takes seconds: among the rows, before and after the commit."""
    server, yard = ground
    among_the_rows(server, yard)
    with wire_to(yard.place.url) as wire:
        before_the_commit(server, yard, wire)
    with wire_to(yard.place.url) as wire:
        after_the_commit(server, yard, wire)


def among_the_rows(server: Mortal, yard: Yard) -> None:
    with pytest.raises(EntrepotError) as caught:
        yard.entrepot(Watching(Comparing=server.kill)).bring_in(yard.file, UPSERT)
    assert (caught.value.code, bool(caught.value.remedy)) == ("connection_lost", True)
    server.begin_again()
    assert (yard.rows(), yard.statuses(), yard.marks()) == (BEFORE, ["failed"], [])


def before_the_commit(server: Mortal, yard: Yard, wire: Wire) -> None:
    """We asked for it, and cannot know that nobody heard us."""

    def dies(data: bytes) -> bool:
        if data.endswith(COMMITS):
            server.kill()
            server.begin_again()
            return True
        return False

    wire.before = dies
    with pytest.raises(UnavailableError, match="nothing was written") as caught:
        yard.entrepot(url=wire.url(yard.place.url)).bring_in(yard.file, UPSERT)
    assert caught.value.code == "connection_lost"
    assert (yard.rows(), yard.statuses()[0], yard.marks()) == (BEFORE, "failed", [])


def after_the_commit(server: Mortal, yard: Yard, wire: Wire) -> None:
    """Nobody told us, and the server died before we could ask."""

    def heard(data: bytes) -> bool:
        if data.endswith(COMMITS):
            wire.refuses = True
            threading.Thread(target=dies_and_returns).start()
            return True
        return False

    def dies_and_returns() -> None:
        deadline = time.monotonic() + 30
        while not yard.marks():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        server.kill()
        server.begin_again()
        wire.refuses = False

    wire.after = heard
    receipt = yard.entrepot(url=wire.url(yard.place.url)).bring_in(yard.file, UPSERT)
    assert {name: count for name, count in receipt.counts.items() if count} == DONE == yard.receipt()
    assert (yard.rows(), yard.statuses()[0], [mark[0] for mark in yard.marks()]) == (AFTER, "completed", [receipt.job])
    yard.entrepot().undo(receipt.job)
    assert yard.rows() == BEFORE
