"""Jobs that were over long ago go with all that is known of them, but for those that somebody may still need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import inspect

from contract.ledger.pinned import PinnedClock
from entrepot.ledger.deliveries import Deliveries
from entrepot.ledger.identities import Scope
from entrepot.ledger.opening import Ledger
from entrepot.model.errors import InputError
from entrepot.model.notices import Delivered, DeliveryRecord
from entrepot.model.orders import Wish
from entrepot.model.records import ArtifactRecord, JobRecord, Status, StoredArtifact
from entrepot.model.schedules import Schedule

YEAR = timedelta(days=365)
ASKS = {"name": "local", "role": "system_admin", "tenant": None}


def begun(ledger: Ledger, kind: str = "import", **known: str) -> JobRecord:
    return ledger.jobs.begin(kind, owner="x", database="d", **known)


def over(ledger: Ledger, kind: str = "import", **known: str) -> JobRecord:
    return ledger.jobs.finish(begun(ledger, kind, **known), Status.COMPLETED)


def stored(ledger: Ledger, kind: str, job: JobRecord | None = None) -> ArtifactRecord:
    file = StoredArtifact(id=ledger.records.new_id("file"), kind=kind, name="f", bytes=7, sha256="0" * 64)
    return ledger.artifacts.add([(file, "text/csv")], expires_at=ledger.records.now() + YEAR, job=job)[0]


def drop(ledger: Ledger, clock: PinnedClock) -> set[str]:
    """Those that a look says would go, and no others."""
    until = clock.now() - YEAR
    told = {each.id for each in ledger.history.old(until, clock.now() - 5 * YEAR)}
    assert {each.id for each in ledger.history.drop_old(until)} == told
    assert list(ledger.history.drop_old(until)) == []
    return told


def test_an_old_job_goes_with_its_order_events_progress_units_and_letters(ledger: Ledger, clock: PinnedClock) -> None:
    job = ledger.jobs.take_over(
        ledger.orders.submit(Wish(kind="export", request={}, database="d", principal=ASKS, key="once")), "x"
    )
    ledger.events.tell(job, [("phase", {"words": "reading"})], {"rows": 1})
    ledger.units.note(job, 1, {})
    ledger.jobs.finish(job, Status.COMPLETED)
    Deliveries(ledger.records).write([letter(job, Delivered.SENT, clock)])
    clock.pass_by(days=364)
    young = over(ledger)
    assert drop(ledger, clock) == set()
    clock.pass_by(days=1)
    assert drop(ledger, clock) == {job.id}
    assert [it.id for it in ledger.jobs.latest()] == [young.id]
    assert ledger.events.after(job.id) == ()
    assert (ledger.progress.of_job(job.id), ledger.units.of_job(job.id)) == (None, ())
    assert Deliveries(ledger.records).latest(10) == ()
    with pytest.raises(InputError) as caught:
        ledger.jobs.get(job.id)
    assert caught.value.code == "unknown_job"
    assert "was removed on 2027-11-21" in caught.value.message
    again = ledger.orders.submit(Wish(kind="export", request={}, database="d", principal=ASKS, key="once"))
    assert again.id != job.id, "its key is forgotten with it"


def letter(job: JobRecord, status: Delivered, clock: PinnedClock) -> DeliveryRecord:
    return DeliveryRecord(
        id=f"of {job.id}",
        job=job.id,
        target="t",
        event="completed",
        message={},
        status=status.value,
        attempts=1,
        not_before=clock.now(),
        error=None,
        created_at=clock.now(),
    )


def still_open(ledger: Ledger, clock: PinnedClock) -> JobRecord:
    return begun(ledger)


def with_a_file(ledger: Ledger, clock: PinnedClock) -> JobRecord:
    job = begun(ledger, "export")
    stored(ledger, "export", job)
    return ledger.jobs.finish(job, Status.COMPLETED)


def with_a_journal(ledger: Ledger, clock: PinnedClock) -> JobRecord:
    job = begun(ledger)
    ledger.journals.add(job, "orders", artifact_id=stored(ledger, "journal").id, facts={})
    return ledger.jobs.finish(job, Status.COMPLETED)


def with_a_draft(ledger: Ledger, clock: PinnedClock) -> JobRecord:
    return over(ledger, draft_id=ledger.drafts.add(stored(ledger, "draft"), {}).id)


def with_a_plan(ledger: Ledger, clock: PinnedClock) -> JobRecord:
    draft = ledger.drafts.add(stored(ledger, "draft"), {})
    return over(ledger, plan_id=ledger.plans.add(draft.id, database="d", digest="", summary={}, expires_at=LATE).id)


def with_ids_of_a_source(ledger: Ledger, clock: PinnedClock) -> JobRecord:
    job, scope = begun(ledger), Scope(database="d", source="s", tenant="", entity="e")
    ledger.identities.remember(job, scope, [("a", "1")], frozenset())
    return ledger.jobs.finish(job, Status.COMPLETED)


def with_a_letter_to_be_sent(ledger: Ledger, clock: PinnedClock) -> JobRecord:
    job = over(ledger)
    Deliveries(ledger.records).write([letter(job, Delivered.WAITING, clock)])
    return job


def with_an_output_that_rotation_decides_about(ledger: Ledger, clock: PinnedClock) -> JobRecord:
    plan = Schedule(name="n", kind="export", cron="daily", database="d", request={}, principal=ASKS)
    record = ledger.schedules.add(plan)
    with ledger.occurrences.alone_with(record.id) as desk:
        assert desk is not None
        job = desk.submit(clock.now(), Wish(kind="export", request={}, database="d", principal=ASKS))
    return ledger.jobs.finish(ledger.jobs.take_over(job, "x"), Status.COMPLETED)


def taken_back_lately(ledger: Ledger, clock: PinnedClock) -> JobRecord:
    job = over(ledger)
    clock.pass_by(days=30)
    over(ledger, "undo", undoes=job.id)
    clock.pass_by(days=-30)
    return job


def corrects_one_with_a_file(ledger: Ledger, clock: PinnedClock) -> JobRecord:
    return over(ledger, corrects=with_a_file(ledger, clock).id)


LATE = PinnedClock().now() + 5 * YEAR


@pytest.mark.parametrize(
    "needed",
    [
        still_open,
        with_a_file,
        with_a_journal,
        with_a_draft,
        with_a_plan,
        with_ids_of_a_source,
        with_a_letter_to_be_sent,
        with_an_output_that_rotation_decides_about,
        taken_back_lately,
        corrects_one_with_a_file,
    ],
)
def test_what_somebody_may_still_need_stays(
    ledger: Ledger, clock: PinnedClock, needed: Callable[[Ledger, PinnedClock], JobRecord]
) -> None:
    job, beside = needed(ledger, clock), over(ledger)
    clock.pass_by(days=366)
    assert drop(ledger, clock) == {beside.id}
    assert ledger.jobs.get(job.id) == job


def test_what_rotation_never_decided_about_goes_when_nobody_will(ledger: Ledger, clock: PinnedClock) -> None:
    """Its schedule left the settings, and no worker saw it."""
    job = with_an_output_that_rotation_decides_about(ledger, clock)
    clock.pass_by(days=394)
    assert drop(ledger, clock) == set()
    clock.pass_by(days=1)
    assert drop(ledger, clock) == {job.id}


def test_an_import_its_undos_and_its_corrections_go_together(ledger: Ledger, clock: PinnedClock) -> None:
    first = over(ledger)
    undo = over(ledger, "undo", undoes=first.id)
    again = over(ledger, "undo", undoes=undo.id)
    correction = over(ledger, corrects=first.id)
    clock.pass_by(days=1)
    last = over(ledger, "undo", undoes=correction.id)
    clock.pass_by(days=364)
    assert drop(ledger, clock) == set()
    clock.pass_by(days=1)
    assert drop(ledger, clock) == {first.id, undo.id, again.id, correction.id, last.id}


def test_more_than_one_part_of_them_goes(ledger: Ledger, clock: PinnedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entrepot.ledger.history.PART", 3)
    jobs = {over(ledger, corrects=it.id).id for it in [over(ledger) for _ in range(4)]}
    held = with_a_file(ledger, clock)
    jobs |= {over(ledger).id for _ in range(4)}
    clock.pass_by(days=366)
    assert len(drop(ledger, clock)) == 12
    assert [it.id for it in ledger.jobs.latest()] == [held.id]


def test_every_table_that_refers_to_jobs_is_seen_to(ledger: Ledger) -> None:
    """One that is added must say what becomes of its rows: they go with the job, or keep it."""
    with ledger.records.reading() as connection:
        found = inspect(connection)
        referring = {
            table
            for table in found.get_table_names()
            for key in found.get_foreign_keys(table)
            if key["referred_table"] == "jobs"
        }
    keep_it, go_with_it = (
        {"jobs", "artifacts", "journals", "identity"},
        {"orders", "progress", "events", "parts", "units"},
    )
    assert referring == keep_it | go_with_it
