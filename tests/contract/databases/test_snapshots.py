"""One moment, held while others write; ended at once when asked to; nothing left open."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from contract.databases.reading import create, insert, opened, query_of, rendered, texts
from entrepot.formats.csv.template import csv_template
from entrepot.model.errors import CancelledError
from entrepot.model.ports import Engine, Session
from entrepot.model.selection import Order, Query
from entrepot.model.templates import CsvDialect
from entrepot.model.types import Kind


@pytest.fixture
def accounts(case: EngineCase, place: Place) -> None:
    balance = {"balance": case.types[Kind.INTEGER]}
    create(case, place, "accounts", balance, [("100",) for _ in range(10)])
    create(case, place, "log", balance, [])


@pytest.mark.usefixtures("accounts")
def test_a_transfer_between_two_reads_is_not_seen(
    case: EngineCase, place: Place, engine: Engine, tmp_path: Path
) -> None:
    """The writer commits after the first table was read and before the second: the snapshot shows neither."""
    with opened(engine, tmp_path) as (catalog, session):
        log, accounts = query_of(catalog.entity("log")), query_of(catalog.entity("accounts"))
        assert session.count(log) == 0
        place.execute("UPDATE accounts SET balance = balance - 50 WHERE id = 1", insert(case, "log", 1, ["50"]))
        assert sum(int(row[1] or 0) for row in texts(session, accounts)) == 1000
        assert texts(session, log) == []
    with opened(engine, tmp_path) as (catalog, session):
        assert session.count(query_of(catalog.entity("log"))) == 1


@pytest.mark.usefixtures("accounts")
def test_a_snapshot_has_a_name_and_an_unchanged_schema(engine: Engine, tmp_path: Path) -> None:
    with opened(engine, tmp_path) as (_, session):
        assert session.identity
        session.check_unchanged()


@pytest.mark.usefixtures("accounts")
def test_nothing_stays_open(engine: Engine, place: Place, tmp_path: Path) -> None:
    """After a whole read, after a read left in the middle, and after an error inside the block."""
    with opened(engine, tmp_path) as (catalog, session):
        query = query_of(catalog.entity("accounts"))
        next(iter(session.render(query, csv_template(query.columns, CsvDialect()), rows_per_chunk=2)))
        next(iter(session.batches(query, rows=2)))
        assert session.count(query) == 10
    with pytest.raises(KeyError), opened(engine, tmp_path):
        raise KeyError
    assert place.connections() == 0


@pytest.mark.usefixtures("accounts")
def test_two_reads_give_the_same_bytes_in_the_same_order(engine: Engine, place: Place, tmp_path: Path) -> None:
    """Also after rows moved about, and by key when asked for."""
    place.execute("UPDATE accounts SET balance = 5 WHERE id = 3", "DELETE FROM accounts WHERE id = 5")
    found = []
    for _ in range(2):
        with opened(engine, tmp_path) as (catalog, session):
            query = query_of(catalog.entity("accounts"))
            found.append(rendered(session, query, csv_template(query.columns, CsvDialect())))
            by_key = query_of(catalog.entity("accounts"), order=Order.KEY)
            assert [row[0] for row in texts(session, by_key)] == ["1", "2", "3", "4", "6", "7", "8", "9", "10"]
    assert found[0] == found[1]


@pytest.fixture
def endless(case: EngineCase, place: Place) -> None:
    """A view of 10^11 rows."""
    number = case.types[Kind.INTEGER]
    many = ", ".join(f"({n})" for n in range(300))
    sources = ", ".join(f"many AS m{n}" for n in range(5))
    place.execute(
        f"CREATE TABLE many (n {number} NOT NULL PRIMARY KEY)",
        f"INSERT INTO many VALUES {many}",
        f"CREATE VIEW endless AS SELECT m0.n + m1.n + m2.n + m3.n + m4.n AS n FROM {sources}",
    )


def read_endlessly(session: Session, query: Query) -> None:
    for _ in session.render(query, csv_template(query.columns, CsvDialect())):
        pass


@pytest.mark.usefixtures("endless")
@pytest.mark.parametrize("how", ["count", "render"])
def test_a_running_read_ends_when_another_thread_cancels_it(
    engine: Engine, place: Place, tmp_path: Path, how: str
) -> None:
    with opened(engine, tmp_path) as (catalog, session):
        query = query_of(catalog.entity("endless"))
        asked: list[float] = []

        def stop() -> None:
            time.sleep(0.2)
            asked.append(time.monotonic())
            session.cancel()

        thread = threading.Thread(target=stop)
        thread.start()
        with pytest.raises(CancelledError):
            _ = session.count(query) if how == "count" else read_endlessly(session, query)
        took = time.monotonic() - asked[0]
        thread.join()
        with pytest.raises(CancelledError):
            session.count(query)
    assert took < 5  # the query would take hours; tests/recovery measures the second that is promised
    assert place.connections() == 0


@pytest.mark.usefixtures("accounts")
def test_a_cancel_before_the_read_ends_it_too(engine: Engine, tmp_path: Path) -> None:
    with opened(engine, tmp_path) as (catalog, session):
        session.cancel()
        query = query_of(catalog.entity("accounts"))
        with pytest.raises(CancelledError):
            rendered(session, query, csv_template(query.columns, CsvDialect()))
        with pytest.raises(CancelledError):
            texts(session, query)
