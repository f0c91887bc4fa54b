"""An order is one job, however often it is asked for with one key; only its owner says how far it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contract.ledger.pinned import PinnedClock
from entrepot.ledger.opening import Ledger
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.orders import News, Wish
from entrepot.model.records import Status

ANNA = {"name": "anna", "role": "org_admin", "tenant": "1"}
WISH = Wish(kind="export", request={"entities": ["users"]}, database="d", principal=ANNA, tenant="1")


def waiting(ledger: Ledger, *queues: str) -> list[str]:
    return [due.job.id for due in ledger.orders.due(queues or ("default",), 10)]


def test_what_was_submitted_waits_and_belongs_to_nobody(ledger: Ledger) -> None:
    job = ledger.orders.submit(replace(WISH, time_limit=60))
    assert (job.status, job.owner, job.epoch) == (Status.PENDING, "", 0)
    order = ledger.orders.get(job.id)
    assert (order.request, order.principal, order.time_limit, order.attempts) == (WISH.request, ANNA, 60, 0)
    assert waiting(ledger) == [job.id]
    assert waiting(ledger, "another") == []


def test_the_same_key_and_the_same_body_are_the_same_job(ledger: Ledger) -> None:
    wish = replace(WISH, key="k1")
    assert ledger.orders.submit(wish) == ledger.orders.submit(wish)
    assert len(waiting(ledger)) == 1


def test_the_same_key_with_another_body_is_refused(ledger: Ledger) -> None:
    ledger.orders.submit(replace(WISH, key="k1"))
    with pytest.raises(ChangedError, match="was given for something else") as caught:
        ledger.orders.submit(replace(WISH, key="k1", request={"entities": ["orders"]}))
    assert caught.value.code == "key_used"
    assert len(waiting(ledger)) == 1


def test_a_key_belongs_to_whoever_gave_it(ledger: Ledger) -> None:
    first = ledger.orders.submit(replace(WISH, key="k1"))
    others = ledger.orders.submit(replace(WISH, key="k1", principal={**ANNA, "name": "berta"}))
    elsewhere = ledger.orders.submit(replace(WISH, key="k1", tenant="2"))
    assert len({first.id, others.id, elsewhere.id}) == 3


def test_the_most_urgent_comes_first_then_the_oldest(ledger: Ledger, clock: PinnedClock) -> None:
    slow = ledger.orders.submit(WISH)
    clock.pass_by(seconds=1)
    soon = ledger.orders.submit(replace(WISH, priority=-5))
    clock.pass_by(seconds=1)
    late = ledger.orders.submit(WISH)
    assert waiting(ledger) == [soon.id, slow.id, late.id]


def test_what_is_put_off_waits_until_its_time(ledger: Ledger, clock: PinnedClock) -> None:
    later = ledger.orders.submit(replace(WISH, not_before=clock.now() + timedelta(minutes=1)))
    assert waiting(ledger) == []
    clock.pass_by(minutes=1)
    assert waiting(ledger) == [later.id]


def test_an_attempt_is_counted_by_the_owner_alone(ledger: Ledger) -> None:
    stale = ledger.orders.submit(WISH)
    owned = ledger.jobs.take_over(stale, "worker")
    ledger.orders.begin_attempt(owned, died=False)
    assert ledger.orders.begin_attempt(owned, died=True).deaths == 1
    with pytest.raises(ChangedError):
        ledger.orders.begin_attempt(stale, died=True)
    assert ledger.orders.get(stale.id).attempts == 2


def test_whoever_worked_on_a_job_hears_that_somebody_else_has_it(ledger: Ledger) -> None:
    mine = ledger.jobs.take_over(ledger.orders.submit(WISH), "worker")
    kept = ledger.jobs.take_over(ledger.orders.submit(WISH), "worker")
    assert ledger.orders.news([mine, kept]).lost == frozenset()
    ledger.jobs.take_over(mine, "another")
    assert ledger.orders.news([mine, kept]).lost == {mine.id}


def test_cancelling_is_asked_for_once_and_of_what_is_not_over(ledger: Ledger) -> None:
    job = ledger.orders.submit(WISH)
    assert ledger.orders.news([job]) == News(cancelled=frozenset(), lost=frozenset())
    assert [ledger.orders.ask_to_cancel(job.id) for _ in range(2)] == [True, True]
    assert ledger.orders.news([job]).cancelled == {job.id}
    assert [event.kind for event in ledger.events.after(job.id)] == ["submitted", "cancel_asked"]
    ledger.jobs.finish(job, Status.CANCELLED)
    assert not ledger.orders.ask_to_cancel(job.id)
    assert waiting(ledger) == []


def test_events_are_numbered_and_read_from_any_point(ledger: Ledger) -> None:
    job = ledger.orders.submit(WISH)
    for number in range(2, 5):
        assert ledger.events.add(job, "phase", {"words": f"step {number}"}).number == number
    assert [event.facts for event in ledger.events.after(job.id, 2)] == [{"words": "step 3"}, {"words": "step 4"}]
    assert ledger.events.after(job.id, 4) == ()


def test_only_the_owner_says_what_happens(ledger: Ledger) -> None:
    stale = ledger.orders.submit(WISH)
    owned = ledger.jobs.take_over(stale, "worker")
    ledger.events.tell(owned, (), {"rows": 10})
    with pytest.raises(ChangedError):
        ledger.events.tell(stale, (), {"rows": 3})
    with pytest.raises(ChangedError):
        ledger.events.add(stale, "phase", {})
    progress = ledger.progress.of_job(stale.id)
    assert progress is not None
    assert (progress.facts, progress.epoch) == ({"rows": 10}, 1)


def test_what_a_worker_sees_to_is_not_settled_by_others(ledger: Ledger) -> None:
    ledger.orders.submit(WISH)
    direct = ledger.jobs.begin("import", owner="x", database="d")
    assert ledger.jobs.unfinished("d") == (direct,)


def test_there_is_no_order_of_a_job_that_ran_directly(ledger: Ledger) -> None:
    direct = ledger.jobs.begin("import", owner="x", database="d")
    with pytest.raises(InputError) as caught:
        ledger.orders.get(direct.id)
    assert caught.value.code == "unknown_order"


def test_what_somebody_has_is_due_to_nobody_until_it_is_given_back(ledger: Ledger) -> None:
    job = ledger.orders.submit(WISH)
    assert ledger.orders.owned(("default",)) == ()
    owned = ledger.jobs.take_over(job, "worker")
    assert (waiting(ledger), [due.job for due in ledger.orders.owned(("default",))]) == ([], [owned])
    assert ledger.orders.open_in(("default",)) == 1
    given_back = ledger.jobs.give_back(owned)
    assert (waiting(ledger), given_back.status, given_back.epoch) == ([job.id], Status.PENDING, 2)
    ledger.jobs.finish(given_back, Status.COMPLETED)
    assert (waiting(ledger), ledger.orders.open_in(("default",))) == ([], 0)


def test_what_an_attempt_wrote_down_that_came_to_nothing_is_forgotten(ledger: Ledger) -> None:
    owned = ledger.jobs.take_over(ledger.orders.submit(WISH), "worker")
    ledger.units.note(owned, 0, {"counts": {}})
    promised = ledger.jobs.promise(owned, {"rows": 3})
    assert ledger.orders.forget_attempt(promised).receipt is None
    assert ledger.units.of_job(owned.id) == ()
    assert ledger.jobs.get(owned.id).receipt is None
    ledger.jobs.take_over(owned, "another")
    with pytest.raises(ChangedError):
        ledger.orders.forget_attempt(owned)


def test_a_clock_that_was_ahead_for_a_while_lets_nobody_wait_until_then(ledger: Ledger, clock: PinnedClock) -> None:
    job = ledger.orders.submit(WISH)
    clock.pass_by(days=365)
    mine = ledger.jobs.take_over(job, "one")
    ledger.orders.put_off(mine, clock.now() + timedelta(seconds=5))
    ledger.jobs.give_back(mine)
    assert waiting(ledger) == []
    clock.pass_by(days=-365)
    assert waiting(ledger) == [job.id]
