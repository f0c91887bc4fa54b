"""A worker looks ten times a second."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from contract.ledger.pinned import PinnedClock
from entrepot.ledger.opening import Ledger, open_ledger
from entrepot.ledger.tables import JOBS
from entrepot.ledger.work_tables import ORDERS
from entrepot.model.limits import Limits
from entrepot.model.orders import Wish
from entrepot.model.records import Status

QUEUES = ("default",)
WISH = Wish(kind="export", request={}, database="d", principal={"name": "anna"}, tenant="1")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path, PinnedClock()) as opened:
        yield opened


def test_a_look_costs_the_same_however_many_jobs_are_over(ledger: Ledger) -> None:
    """By the steps that the database takes, which it tells."""
    ledger.orders.submit(WISH)
    steps = [0]

    def count() -> int:
        steps[0] += 1
        return 0

    def of_a_look() -> int:
        steps[0] = 0
        assert len(ledger.orders.due(QUEUES, 2, Limits(per_tenant=1))) == 1
        assert ledger.orders.owned(QUEUES) == ()
        assert ledger.orders.open_in(QUEUES) == 1
        return steps[0]

    with ledger.records.reading() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(count, 1)
    few = of_a_look()
    add_finished(ledger, 500)
    assert 0 < of_a_look() < few + 500


def add_finished(ledger: Ledger, many: int) -> None:
    order = ledger.orders.get(ledger.jobs.latest()[0].id)
    done = replace(ledger.jobs.latest()[0], status=Status.COMPLETED, finished_at=ledger.records.now(), owner="worker")
    names = [f"exp_over{number}" for number in range(many)]
    with ledger.records.writing() as connection:
        connection.execute(insert(JOBS), [{**vars(done), "id": name} for name in names])
        connection.execute(insert(ORDERS), [{**vars(order), "job": name} for name in names])
