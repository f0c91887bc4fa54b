"""A message is written once and taken by one at a time, whoever else looks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from contract.ledger.pinned import PinnedClock
from entrepot.ledger.deliveries import Deliveries
from entrepot.ledger.opening import Ledger
from entrepot.model.notices import Delivered, DeliveryRecord

LEASE = timedelta(minutes=5)


def record(clock: PinnedClock, id: str = "note_1") -> DeliveryRecord:
    return DeliveryRecord(
        id=id,
        job="exp_1",
        target="ops",
        event="failed",
        message={"title": "é🚢"},
        status=Delivered.WAITING.value,
        attempts=0,
        not_before=clock.now(),
        error=None,
        created_at=clock.now(),
    )


def test_of_many_that_see_a_message_at_once_one_writes_it_and_one_takes_it(ledger: Ledger, clock: PinnedClock) -> None:
    deliveries = Deliveries(ledger.records)
    with ThreadPoolExecutor(4) as pool:
        messages = [record(clock), record(clock, "note_2")]
        written = list(pool.map(deliveries.write, [messages] * 8))
        taken = list(pool.map(deliveries.take, [LEASE] * 8))
    assert sum(written) == 2
    assert sorted(each.id for each in taken if each is not None) == ["note_1", "note_2"]
    assert [each.message for each in deliveries.latest(10)] == [{"title": "é🚢"}] * 2


def test_who_lost_a_message_says_nothing_about_it_any_more(ledger: Ledger, clock: PinnedClock) -> None:
    deliveries = Deliveries(ledger.records)
    deliveries.write([record(clock)])
    first = deliveries.take(LEASE)
    assert first is not None
    assert deliveries.take(LEASE) is None
    clock.pass_by(minutes=5)
    second = deliveries.take(LEASE)
    assert second is not None
    assert second == replace(first, attempts=2, not_before=clock.now() + LEASE)
    deliveries.settle(first, Delivered.FAILED, "late", None)
    assert deliveries.latest(1)[0].status == "waiting"
    deliveries.settle(second, Delivered.SENT, None, None)
    (kept,) = deliveries.latest(1, job="exp_1")
    assert (kept.status, kept.done_at, deliveries.latest(1, job="exp_2")) == ("sent", clock.now(), ())
    clock.pass_by(days=1)
    assert deliveries.take(LEASE) is None


def test_a_target_is_known_from_the_first_look_on(ledger: Ledger, clock: PinnedClock) -> None:
    deliveries = Deliveries(ledger.records)
    began = deliveries.known_since("ops", "note_known")
    clock.pass_by(hours=1)
    assert deliveries.known_since("ops", "note_known") == began
    assert deliveries.latest(10) == ()
    assert deliveries.take(LEASE) is None


def test_of_any_number_of_messages_it_is_known_which_there_are(ledger: Ledger, clock: PinnedClock) -> None:
    """More than there may be parameters in a statement, of either database."""
    deliveries = Deliveries(ledger.records)
    deliveries.write([record(clock), record(clock, "note_70000")])
    assert deliveries.known(f"note_{n}" for n in range(1, 70_001)) == {"note_1", "note_70000"}
