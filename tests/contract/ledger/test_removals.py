"""What is removed is noted with the end of its record; and what a clock says that is wrong for a moment counts for
nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from contract.ledger.pinned import PinnedClock
from entrepot.ledger.opening import Ledger
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.records import ArtifactRecord, StoredArtifact

HOUR = timedelta(hours=1)


def stored(ledger: Ledger, kind: str = "journal") -> ArtifactRecord:
    job = ledger.jobs.begin("import", owner="x", database="d")
    file = StoredArtifact(id=ledger.records.new_id("file"), kind=kind, name="f", bytes=7, sha256="0" * 64)
    (found,) = ledger.artifacts.add([(file, "text/csv")], expires_at=ledger.records.now() + HOUR, job=job)
    ledger.jobs.finish(job, job.status)
    return found


def test_what_is_taken_is_noted_until_its_file_is_gone(ledger: Ledger, clock: PinnedClock) -> None:
    file = stored(ledger)
    assert ledger.removals.take_expired(clock.now()) == ()
    clock.pass_by(hours=1)
    (gone,) = ledger.removals.take_expired(clock.now())
    assert (gone.id, gone.kind, gone.job, gone.bytes, gone.at) == (file.id, "journal", file.job, 7, clock.now())
    assert ledger.artifacts.known() == frozenset()
    assert ledger.removals.undone() == (gone,)
    ledger.removals.done([gone.id])
    assert ledger.removals.undone() == ()
    assert file.job is not None
    assert [it.at for it in ledger.removals.of_job(file.job, "journal")] == [clock.now()]
    clock.pass_by(days=731)
    ledger.removals.forget()
    assert ledger.removals.of_job(file.job, "journal") == ()


def test_plans_that_nobody_carried_out_go_when_they_are_good_no_longer(ledger: Ledger, clock: PinnedClock) -> None:
    draft = ledger.drafts.add(stored(ledger, "draft"), {})
    ids = [
        ledger.plans.add(draft.id, database="d", digest="", summary={}, expires_at=clock.now() + length).id
        for length in (HOUR, HOUR, 3 * HOUR)
    ]
    ledger.jobs.begin("import", owner="x", database="d", plan_id=ids[0])
    clock.pass_by(hours=2)
    assert ledger.removals.old_plans(clock.now()) == 1
    assert ledger.removals.drop_plans(clock.now()) == 1
    assert [ledger.plans.get(it).id for it in (ids[0], ids[2])] == [ids[0], ids[2]]
    must_have_expired(ledger, ids[1], f"{clock.now() - HOUR:%Y-%m-%d %H:%M}")


def test_plans_go_however_many_they_are(ledger: Ledger, clock: PinnedClock) -> None:
    """Databases take only so many parameters in a statement."""
    draft, most = ledger.drafts.add(stored(ledger, "draft"), {}), 0

    def see(*said: Any) -> None:
        nonlocal most
        parameters, many = said[3], said[5]
        most = most if many else max(most, len(parameters))

    for _ in range(60):
        ledger.plans.add(draft.id, database="d", digest="", summary={}, expires_at=clock.now() + HOUR)
    clock.pass_by(hours=2)
    event.listen(Engine, "before_cursor_execute", see)
    try:
        assert ledger.removals.drop_plans(clock.now()) == 60
    finally:
        event.remove(Engine, "before_cursor_execute", see)
    assert 0 < most < 20


def must_have_expired(ledger: Ledger, plan: str, until: str) -> None:
    for ask in (ledger.plans.get, ledger.plans.usable):
        with pytest.raises(ChangedError) as caught:
            ask(plan)
        assert caught.value.code == "plan_expired"
        assert until in caught.value.message
        assert caught.value.remedy


def test_a_plan_that_went_with_its_file_is_told_to_have_expired(ledger: Ledger, clock: PinnedClock) -> None:
    """As long as that is remembered."""
    file = stored(ledger, "draft")
    draft, end = ledger.drafts.add(file, {}), clock.now() + HOUR
    plan = ledger.plans.add(draft.id, database="d", digest="", summary={}, expires_at=end)
    clock.pass_by(days=30)
    assert [it.id for it in ledger.removals.take_expired(clock.now())] == [file.id]
    must_have_expired(ledger, plan.id, f"{end:%Y-%m-%d %H:%M}")
    clock.pass_by(days=731)
    ledger.removals.forget()
    with pytest.raises(InputError) as caught:
        ledger.plans.get(plan.id)
    assert caught.value.code == "unknown_plan"


def test_only_what_was_over_at_the_look_before_is_sure(ledger: Ledger, clock: PinnedClock) -> None:
    first = clock.now()
    assert ledger.removals.look() is None
    clock.pass_by(minutes=59)
    assert ledger.removals.look() is None
    clock.pass_by(minutes=1)
    assert ledger.removals.look() == first


def test_one_worker_an_hour_cleans_up_whatever_the_clock_has_said(ledger: Ledger, clock: PinnedClock) -> None:
    for days in (0, 400, -400):
        clock.pass_by(days=days)
        ledger.removals.look()
        assert ledger.removals.begin() is True
        clock.pass_by(minutes=59)
        assert ledger.removals.begin() is False
        clock.pass_by(minutes=1)
        assert ledger.removals.begin() is True


def test_a_clock_that_jumps_for_less_than_an_hour_makes_nothing_sure(ledger: Ledger, clock: PinnedClock) -> None:
    ledger.removals.look()
    clock.pass_by(hours=1)
    ledger.removals.look()
    right = clock.now()
    for days in (400, -400, 4000, -4000, -9, 9):
        clock.pass_by(days=days)
        for _ in range(3):
            sure = ledger.removals.look()
            assert sure is not None
            assert sure <= right
            clock.pass_by(minutes=5)
            right += timedelta(minutes=5)
