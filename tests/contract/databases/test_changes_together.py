"""Others change the same rows, the same job runs twice, the schema moves, somebody asks to stop."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from contract.databases.changing import ChangingEngine, changing, columns_of, given, lines, over, stored
from entrepot.model.changes import Mark
from entrepot.model.errors import CancelledError, ChangedError, EntrepotError, UnavailableError
from entrepot.model.types import Kind


@pytest.mark.usefixtures("ledger")
def test_what_others_did_to_a_matched_row_is_never_lost(changer: ChangingEngine, place: Place, tmp_path: Path) -> None:
    """Either they wait for us, or we fail."""
    begun = threading.Event()

    def somebody() -> None:
        begun.set()
        place.execute("UPDATE account SET balance = balance + 1000 WHERE id = 1")

    thread = threading.Thread(target=somebody)
    failed: EntrepotError | None = None
    try:
        with changing(changer, tmp_path) as (catalog, target):
            account = catalog.entity("account")
            target.keep_keys("k", account, ["id"], lines(target, [("1",)]))
            assert given(target.matching("k", account, ["id"], columns_of(account, "balance"))) == [("10",)]
            thread.start()
            begun.wait()
            time.sleep(0.3)
            target.update(account, ["id"], ["balance"], lines(target, [("1", "11")]))
            target.commit()
    except (ChangedError, UnavailableError) as error:
        failed = error
    thread.join(timeout=30)
    assert not thread.is_alive()
    balance = stored(changer, tmp_path, "account")[0][2]
    assert balance == ("1010" if failed else "1011")
    assert failed is None or failed.remedy


@pytest.mark.usefixtures("ledger")
def test_a_schema_that_changed_is_refused(changer: ChangingEngine, place: Place, tmp_path: Path) -> None:
    catalog = changer.introspect()
    place.execute("ALTER TABLE account ADD COLUMN colour integer")
    for write in (True, False):
        with pytest.raises(ChangedError) as caught, over(changer, catalog, tmp_path, write=write):
            pass
        assert caught.value.code == "schema_changed"
    assert place.connections() == 0


@pytest.mark.usefixtures("ledger")
def test_the_same_transaction_again_waits_for_the_first_and_does_nothing(
    changer: ChangingEngine, tmp_path: Path
) -> None:
    """A process that was paused, and the one that took over."""
    mark, done = Mark(job="twice"), threading.Event()
    found: list[EntrepotError] = []

    def successor() -> None:
        (tmp_path / "other").mkdir()
        try:
            with changing(changer, tmp_path / "other") as (catalog, target):
                target.mark(Mark(job="twice", epoch=1))
                target.delete(catalog.entity("booking"), ["id"], lines(target, [("1",)]))
                target.commit()
        except EntrepotError as error:
            found.append(error)
        done.set()

    thread = threading.Thread(target=successor)
    with changing(changer, tmp_path) as (catalog, target):
        target.mark(mark)
        target.insert(catalog.entity("booking"), ["id", "account"], lines(target, [("2", "2")]))
        thread.start()
        assert not done.wait(0.5)
        target.commit()
    thread.join(timeout=30)
    assert [error.code for error in found] == ["already_applied"]
    assert stored(changer, tmp_path, "booking") == [("1", "1"), ("2", "2")]


@pytest.fixture
def endless(case: EngineCase, place: Place) -> None:
    """Keys that meet 10^9 rows, without an index to find them by."""
    number = case.types[Kind.INTEGER]
    values = ", ".join(f"({n}, 1)" for n in range(1000))
    place.execute(
        f"CREATE TABLE many (n {number} NOT NULL PRIMARY KEY, one {number})",
        f"INSERT INTO many VALUES {values}",
        "CREATE VIEW endless AS SELECT a.one * b.one * c.one AS one FROM many AS a, many AS b, many AS c, many AS d",
    )


@pytest.mark.usefixtures("endless")
def test_a_running_look_ends_when_another_thread_cancels_it(
    changer: ChangingEngine, place: Place, tmp_path: Path
) -> None:
    asked: list[float] = []
    with changing(changer, tmp_path) as (catalog, target):
        view = catalog.entity("endless")
        target.keep_keys("k", view, ["one"], lines(target, [("1",), ("2",)]))

        def stop() -> None:
            time.sleep(0.3)
            asked.append(time.monotonic())
            target.cancel()

        thread = threading.Thread(target=stop)
        thread.start()
        with pytest.raises(CancelledError):
            for _ in target.matching("k", view, ["one"], columns_of(view)):
                pass
        took = time.monotonic() - asked[0]
        thread.join()
        with pytest.raises(CancelledError):
            target.is_empty(view)
    assert took < 5
    assert place.connections() == 0
