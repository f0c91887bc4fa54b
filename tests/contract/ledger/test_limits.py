"""As many jobs at once as the limits say, whoever takes them, and nobody waits behind what is full."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from contract.ledger.pinned import PinnedClock
from contract.ledger.test_at_once import SEVERAL, together
from entrepot.ledger.opening import Ledger
from entrepot.model.errors import ChangedError
from entrepot.model.limits import UNLIMITED, Limits
from entrepot.model.orders import DueOrder, Wish
from entrepot.model.records import JobRecord, Status

WISH = Wish(kind="export", request={}, database="d", principal={"name": "anna"}, tenant="1")
QUEUES = ("default",)
ONE_EACH = replace(UNLIMITED, per_tenant=1)
ALL = 1000


def submitted(ledger: Ledger, clock: PinnedClock, tenant: str | None = "1", database: str = "d") -> DueOrder:
    """Behind those before it."""
    clock.pass_by(seconds=1)
    job = ledger.orders.submit(replace(WISH, tenant=tenant, database=database))
    return DueOrder(job=job, attempts=0, deaths=0, tenant=tenant)


def waiting(ledger: Ledger, limits: Limits, *dead: str) -> list[str]:
    return [due.job.id for due in ledger.orders.due(QUEUES, ALL, limits, dead)]


def test_a_full_tenant_is_passed_over_until_one_of_its_jobs_is_over(ledger: Ledger, clock: PinnedClock) -> None:
    first, second, strangers = (submitted(ledger, clock, tenant=tenant) for tenant in ("1", "1", "2"))
    taken = ledger.taking.take(first, "worker", ONE_EACH)
    assert taken is not None
    assert (taken.owner, taken.epoch) == ("worker", 1)
    assert waiting(ledger, ONE_EACH) == [strangers.job.id]
    assert ledger.taking.take(second, "another", ONE_EACH) is None
    assert ledger.jobs.get(second.job.id) == second.job
    ledger.jobs.finish(taken, Status.COMPLETED)
    assert waiting(ledger, ONE_EACH) == [second.job.id, strangers.job.id]
    assert ledger.taking.take(second, "another", ONE_EACH) is not None


def test_a_tenant_of_another_database_is_another_one_and_nobodys_jobs_are_held_back_by_none(
    ledger: Ledger, clock: PinnedClock
) -> None:
    for tenant, database in (("1", "d"), ("1", "e"), (None, "d"), (None, "d")):
        assert ledger.taking.take(submitted(ledger, clock, tenant, database), "worker", ONE_EACH) is not None
    assert ledger.taking.take(submitted(ledger, clock), "worker", ONE_EACH) is None


def test_a_full_database_holds_back_its_own_jobs_and_a_full_house_all(ledger: Ledger, clock: PinnedClock) -> None:
    assert ledger.taking.take(submitted(ledger, clock), "worker", UNLIMITED) is not None
    same, other = submitted(ledger, clock, tenant=None), submitted(ledger, clock, database="e")
    assert waiting(ledger, Limits(per_database=1)) == [other.job.id]
    assert ledger.taking.take(same, "worker", Limits(per_database=1)) is None
    assert waiting(ledger, Limits(at_once=1)) == []
    assert ledger.taking.take(other, "worker", Limits(at_once=1)) is None
    assert waiting(ledger, Limits(at_once=2)) == [same.job.id, other.job.id]


def test_what_a_dead_worker_has_fills_nothing_and_is_taken_over_where_there_is_room(
    ledger: Ledger, clock: PinnedClock
) -> None:
    orphan, next_one = submitted(ledger, clock), submitted(ledger, clock)
    assert ledger.taking.take(orphan, "dead", ONE_EACH) is not None
    (left,) = ledger.orders.owned(QUEUES)
    assert waiting(ledger, ONE_EACH) == []
    assert waiting(ledger, ONE_EACH, "dead") == [next_one.job.id]
    taken = ledger.taking.take(next_one, "worker", ONE_EACH, {"dead"})
    assert taken is not None
    assert ledger.taking.take(left, "worker", ONE_EACH, {"dead"}) is None
    ledger.jobs.finish(taken, Status.COMPLETED)
    assert ledger.taking.take(left, "worker", ONE_EACH, {"dead"}) is not None


def test_whoever_takes_his_own_again_does_not_stand_in_his_own_way(ledger: Ledger, clock: PinnedClock) -> None:
    assert ledger.taking.take(submitted(ledger, clock), "worker", ONE_EACH) is not None
    (mine,) = ledger.orders.owned(QUEUES)
    assert ledger.taking.take(mine, "worker", ONE_EACH) is not None
    with pytest.raises(ChangedError):
        ledger.taking.take(mine, "another", UNLIMITED)


@pytest.mark.parametrize(
    "limits",
    [Limits(at_once=2, per_database=None), Limits(per_database=2), replace(UNLIMITED, per_tenant=2)],
    ids=["at_once", "per_database", "per_tenant"],
)
def test_of_several_that_take_different_jobs_at_once_no_more_get_one_than_there_is_room_for(
    ledger: Ledger, clock: PinnedClock, limits: Limits
) -> None:
    for _ in range(3):
        orders = [submitted(ledger, clock) for _ in range(SEVERAL)]
        found = together(lambda number, some=orders: ledger.taking.take(some[number], f"worker {number}", limits))
        taken = [job for job in found if isinstance(job, JobRecord)]
        assert (len(taken), found.count(None)) == (2, SEVERAL - 2)
        for job in taken:
            ledger.jobs.finish(job, Status.COMPLETED)


def test_what_is_offered_is_what_can_be_taken(ledger: Ledger, clock: PinnedClock) -> None:
    """What the database passes over, and what is counted when one is taken, by any limits."""
    chance = random.Random(5)
    for number in range(30):
        order = submitted(
            ledger, clock, database=chance.choice("de"), tenant=chance.choice((None, "1", "2", "three's"))
        )
        if number % 3 == 0:
            ledger.taking.take(order, chance.choice(("ann", "bob", "dead")), UNLIMITED)
    sizes = (None, 1, 2, 3, 5, 12)
    free = ledger.orders.due(QUEUES, ALL)
    for _ in range(25):
        limits = Limits(
            at_once=chance.choice(sizes), per_database=chance.choice(sizes), per_tenant=chance.choice(sizes)
        )
        offered = waiting(ledger, limits, "dead")
        order = chance.choice(free)
        taken = ledger.taking.take(order, "ann", limits, {"dead"})
        assert (taken is not None) == (order.job.id in offered), limits
        if taken is not None:
            given_back = ledger.jobs.give_back(taken)
            free = tuple(replace(each, job=given_back) if each is order else each for each in free)
