"""Parts of a job: whoever takes one has it alone, and only as long as somebody wants it."""

from __future__ import annotations

from dataclasses import replace

from contract.ledger.pinned import PinnedClock
from contract.ledger.test_at_once import together
from contract.ledger.test_limits import QUEUES, submitted, waiting
from entrepot.ledger.jobs import NOBODY
from entrepot.ledger.opening import Ledger
from entrepot.model.fabric import PartRecord
from entrepot.model.limits import UNLIMITED, Limits
from entrepot.model.records import JobRecord, Status

SPECS = ({"pages": 1}, {"pages": 2}, {"pages": 3})
TWO = replace(UNLIMITED, per_database=2)


def offered(ledger: Ledger, clock: PinnedClock) -> JobRecord:
    job = ledger.taking.take(submitted(ledger, clock), "leader", UNLIMITED)
    assert job is not None
    ledger.parts.offer(job, "rows", SPECS)
    return job


def first(ledger: Ledger, owner: str = "helper") -> PartRecord:
    part = ledger.parts.waiting(owner)
    assert part is not None
    return part


def test_parts_are_taken_in_their_order_by_others_than_the_owner_of_the_job(ledger: Ledger, clock: PinnedClock) -> None:
    job = offered(ledger, clock)
    assert ledger.parts.waiting("leader") is None
    part = first(ledger)
    assert (part.job, part.epoch, part.number, part.spec) == (job.id, job.epoch, 0, {"pages": 1})
    assert ledger.parts.take(part, "helper", UNLIMITED)
    assert first(ledger).number == 1
    assert ledger.parts.waiting("helper", [(job.id, job.epoch)]) is None
    assert ledger.parts.finish(part, "helper", 10, {"artifact": "a"})
    state = ledger.parts.states(job)[0]
    assert (state.owner, state.rows, state.made) == ("helper", 10, {"artifact": "a"})


def test_of_several_that_want_one_part_one_gets_it(ledger: Ledger, clock: PinnedClock) -> None:
    offered(ledger, clock)
    part = first(ledger)
    assert together(lambda number: ledger.parts.take(part, f"helper {number}", UNLIMITED)).count(True) == 1


def test_a_part_counts_as_one_more_at_work(ledger: Ledger, clock: PinnedClock) -> None:
    offered(ledger, clock)
    other = submitted(ledger, clock)
    assert ledger.parts.take(first(ledger), "helper", TWO)
    assert not ledger.parts.take(first(ledger), "another", TWO)
    assert waiting(ledger, TWO) == []
    assert waiting(ledger, TWO, "helper") == [other.job.id]
    assert ledger.parts.take(first(ledger), "another", TWO, {"helper"})
    assert not ledger.parts.take(first(ledger), "helper", Limits(at_once=1))


def test_what_is_taken_back_is_not_its_makers_any_more(ledger: Ledger, clock: PinnedClock) -> None:
    job = offered(ledger, clock)
    part = first(ledger)
    assert ledger.parts.take(part, "helper", UNLIMITED)
    assert ledger.parts.beat(part, "helper", 5)
    state = ledger.parts.states(job)[0]
    assert (state.beats, state.rows) == (1, 5)
    assert ledger.parts.take_back(state, "leader")
    assert not ledger.parts.take_back(state, "leader")
    assert not ledger.parts.beat(part, "helper", 6)
    assert not ledger.parts.finish(part, "helper", 6, {"artifact": "late"})
    assert ledger.parts.states(job)[0].made is None


def test_what_is_made_cannot_be_taken_back_and_what_is_given_back_is_free(ledger: Ledger, clock: PinnedClock) -> None:
    job = offered(ledger, clock)
    parts = [first(ledger)]
    ledger.parts.take(parts[0], "helper", UNLIMITED)
    parts.append(first(ledger))
    ledger.parts.take(parts[1], "helper", UNLIMITED)
    ledger.parts.finish(parts[0], "helper", 1, {})
    ledger.parts.release(parts[1], "helper")
    made, given_back, _ = ledger.parts.states(job)
    assert not ledger.parts.take_back(made, "leader")
    assert given_back.owner == NOBODY
    assert ledger.parts.take_back(given_back, "leader")


def test_an_attempt_drops_its_own_parts_and_those_before_and_never_those_after(
    ledger: Ledger, clock: PinnedClock
) -> None:
    before = offered(ledger, clock)
    part = first(ledger)
    ledger.parts.take(part, "helper", UNLIMITED)
    ledger.parts.finish(part, "helper", 1, {"artifact": "a"})
    (left,) = ledger.orders.owned(QUEUES)
    after = ledger.taking.take(left, "another", UNLIMITED)
    assert after is not None
    assert ledger.parts.waiting("helper") is None, "of an attempt that is over"
    assert ledger.parts.drop(after) == ({"artifact": "a"},)
    ledger.parts.offer(after, "rows", SPECS)
    assert ledger.parts.drop(before) == ()
    assert len(ledger.parts.states(after)) == len(SPECS)


def test_nobody_begins_a_part_of_what_is_over_or_to_be_cancelled(ledger: Ledger, clock: PinnedClock) -> None:
    asked, ended = offered(ledger, clock), offered(ledger, clock)
    ledger.orders.ask_to_cancel(asked.id)
    ledger.jobs.finish(ended, Status.COMPLETED)
    assert ledger.parts.waiting("helper") is None
