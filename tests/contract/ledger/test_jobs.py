"""Jobs are written by their owner alone, and only until they are finished."""

from __future__ import annotations

import pytest

from contract.ledger.pinned import PinnedClock
from entrepot.ledger.identities import Scope
from entrepot.ledger.opening import Ledger
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.records import JobRecord, Status, StoredArtifact

CRM = Scope(database="d", source="crm", tenant="", entity="orders")


def begun(ledger: Ledger, **more: str) -> JobRecord:
    return ledger.jobs.begin("import", owner="here/1", database="main", entity="orders", **more)


def refused(write: object) -> bool:
    assert callable(write)
    with pytest.raises(ChangedError) as caught:
        write()
    return caught.value.code == "no_longer_owner"


def test_what_is_written_is_read_again(ledger: Ledger, clock: PinnedClock) -> None:
    job = begun(ledger, phase="reading", plan_id="plan_1", draft_id="draft_1")
    assert job.id.startswith("imp_")
    assert job.status is Status.PENDING
    assert ledger.jobs.get(job.id) == job
    clock.pass_by(seconds=1)
    job = ledger.jobs.advance(job, Status.PROCESSING, "writing orders")
    assert ledger.jobs.get(job.id) == job
    assert (job.updated_at - job.created_at).total_seconds() == 1
    receipt = {"rows": 10**20, "text": "é🚢\0\ud800", "none": None, "list": [1.5, True]}
    job = ledger.jobs.finish(job, Status.COMPLETED, receipt=receipt)
    assert ledger.jobs.get(job.id) == job
    assert ledger.jobs.get(job.id).receipt == receipt
    assert job.finished_at == clock.now()
    assert job.status.final


def test_a_finished_job_cannot_be_written(ledger: Ledger) -> None:
    job = ledger.jobs.finish(begun(ledger), Status.FAILED, error={"code": "x"})
    assert refused(lambda: ledger.jobs.advance(job, Status.PROCESSING, "again"))
    assert refused(lambda: ledger.jobs.take_over(job, "here/2"))
    assert ledger.jobs.get(job.id) == job


def test_whoever_lost_a_job_cannot_write_it_or_give_it_anything(ledger: Ledger) -> None:
    old = begun(ledger)
    new = ledger.jobs.take_over(old, "here/2")
    assert (new.owner, new.epoch) == ("here/2", 1)
    file = StoredArtifact(id="journal_1", kind="journal", name="j", bytes=1, sha256="0" * 64)
    assert refused(lambda: ledger.jobs.advance(old, Status.PROCESSING, "late"))
    assert refused(lambda: ledger.jobs.finish(old, Status.COMPLETED))
    assert refused(lambda: ledger.artifacts.add([(file, "text/csv")], expires_at=None, job=old))
    ledger.artifacts.add([(file, "text/csv")], expires_at=None, job=new)
    assert refused(lambda: ledger.journals.add(old, "orders", artifact_id=file.id, facts={}))
    assert refused(lambda: ledger.identities.remember(old, CRM, [("1", "2")], frozenset()))
    assert ledger.jobs.get(old.id) == new
    assert ledger.journals.of_job(old.id) == ()
    assert ledger.identities.contributors(CRM) == frozenset()


def test_only_one_of_two_takes_a_job_over(ledger: Ledger) -> None:
    job = begun(ledger)
    ledger.jobs.take_over(job, "here/2")
    assert refused(lambda: ledger.jobs.take_over(job, "here/3"))


def test_the_same_owner_in_an_older_epoch_is_somebody_else(ledger: Ledger) -> None:
    job = begun(ledger)
    back = ledger.jobs.take_over(ledger.jobs.take_over(job, "here/2"), "here/1")
    assert back.owner == job.owner
    assert refused(lambda: ledger.jobs.advance(job, Status.PROCESSING, "late"))


def test_the_latest_come_first_and_can_be_chosen(ledger: Ledger, clock: PinnedClock) -> None:
    jobs = []
    for kind, database in (("import", "main"), ("import", "other"), ("undo", "main")):
        clock.pass_by(minutes=1)
        jobs.append(ledger.jobs.begin(kind, owner="x", database=database))
    assert ledger.jobs.latest() == tuple(reversed(jobs))
    assert ledger.jobs.latest(1) == (jobs[2],)
    assert ledger.jobs.latest(kind="import") == (jobs[1], jobs[0])
    assert ledger.jobs.latest(database="main") == (jobs[2], jobs[0])


def test_an_undo_is_found_by_what_it_takes_back(ledger: Ledger) -> None:
    job = begun(ledger)
    undo = ledger.jobs.begin("undo", owner="x", database="main", undoes=job.id)
    assert ledger.jobs.undone_by(job.id) == (undo,)
    assert ledger.jobs.undone_by(undo.id) == ()


def test_a_job_that_does_not_exist_is_named(ledger: Ledger) -> None:
    with pytest.raises(InputError) as caught:
        ledger.jobs.get("imp_nothing")
    assert caught.value.code == "unknown_job"
    assert "imp_nothing" in caught.value.message


def test_a_job_learns_its_plan_later(ledger: Ledger) -> None:
    job = ledger.jobs.link(begun(ledger), plan_id="plan_1", draft_id="draft_1")
    assert ledger.jobs.get(job.id) == job
    assert (job.plan_id, job.draft_id) == ("plan_1", "draft_1")
