"""Drafts, plans, mappings, files and journals: what hangs together goes together, the newest wins."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contract.ledger.pinned import PinnedClock
from entrepot.ledger.jobs import NOBODY
from entrepot.ledger.opening import Ledger
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.fabric import PartRecord
from entrepot.model.records import ArtifactRecord, JobRecord, Status, StoredArtifact

MONTH = timedelta(days=30)


def stored(
    ledger: Ledger, name: str = "people.csv", kind: str = "draft", job: JobRecord | None = None
) -> ArtifactRecord:
    file = StoredArtifact(id=ledger.records.new_id(kind), kind=kind, name=name, bytes=2**40, sha256="0" * 64)
    return ledger.artifacts.add([(file, "text/csv")], expires_at=ledger.records.now() + MONTH, job=job)[0]


def expired(ledger: Ledger) -> tuple[str, ...]:
    return tuple(each.id for each in ledger.removals.expired(ledger.records.now()))


def test_a_draft_and_its_plan_are_read_as_they_were_written(ledger: Ledger, clock: PinnedClock) -> None:
    file = stored(ledger)
    assert ledger.artifacts.get(file.id) == file
    draft = ledger.drafts.add(file, {"mode": "upsert"}, {"records": 3})
    assert ledger.drafts.get(draft.id) == draft
    assert ledger.drafts.get(ledger.drafts.add(file, {}).id).staged is None
    until = clock.now() + timedelta(hours=1)
    plan = ledger.plans.add(draft.id, database="d", digest="abc", summary={"created": 3}, expires_at=until)
    assert ledger.plans.get(plan.id) == plan
    assert ledger.plans.usable(plan.id) == plan


def test_an_expired_plan_can_be_looked_at_but_not_carried_out(ledger: Ledger, clock: PinnedClock) -> None:
    draft = ledger.drafts.add(stored(ledger), {})
    until = clock.now() + timedelta(hours=1)
    plan = ledger.plans.add(draft.id, database="d", digest="abc", summary={}, expires_at=until)
    clock.pass_by(hours=1)
    assert ledger.plans.get(plan.id) == plan
    with pytest.raises(ChangedError) as caught:
        ledger.plans.usable(plan.id)
    assert caught.value.code == "plan_expired"


@pytest.mark.parametrize("topic", ["drafts", "plans", "artifacts"])
def test_what_does_not_exist_is_named(topic: str, ledger: Ledger) -> None:
    with pytest.raises(InputError) as caught:
        getattr(ledger, topic).get("nothing")
    assert caught.value.code == f"unknown_{topic.removesuffix('s')}"
    assert "'nothing'" in caught.value.message


def test_a_name_that_is_no_text_is_written_out(ledger: Ledger) -> None:
    file = stored(ledger, name="b\udcffd\0.csv")
    assert ledger.artifacts.get(file.id).name == "b\\udcffd\\x00.csv"
    assert ledger.drafts.get(ledger.drafts.add(file, {}).id).name == "b\\udcffd\\x00.csv"


def test_what_has_expired_is_found_and_forgotten_with_all_that_hangs_on_it(ledger: Ledger, clock: PinnedClock) -> None:
    job = ledger.jobs.begin("import", owner="x", database="d")
    file, journal, kept = stored(ledger), stored(ledger, kind="journal", job=job), stored(ledger)
    draft = ledger.drafts.add(file, {})
    plan = ledger.plans.add(draft.id, database="d", digest="", summary={}, expires_at=clock.now())
    ledger.journals.add(job, "orders", artifact_id=journal.id, facts={})
    ledger.jobs.finish(job, Status.COMPLETED)
    ledger.artifacts.keep_until(kept.id, clock.now() + 3 * MONTH)
    ledger.artifacts.keep_until(kept.id, clock.now())
    assert expired(ledger) == ()
    clock.pass_by(days=30)
    assert set(expired(ledger)) == {file.id, journal.id}
    for gone in expired(ledger):
        ledger.artifacts.forget(gone)
    assert ledger.artifacts.known() == {kept.id}
    assert ledger.journals.of_job(job.id) == ()
    assert ledger.jobs.get(job.id).status is Status.COMPLETED
    for lost in (lambda: ledger.drafts.get(draft.id), lambda: ledger.plans.get(plan.id)):
        with pytest.raises(InputError):
            lost()


def test_what_a_job_at_work_may_need_does_not_expire(ledger: Ledger, clock: PinnedClock) -> None:
    job = ledger.jobs.begin("import", owner="x", database="d")
    file = stored(ledger, job=job)
    clock.pass_by(days=31)
    assert expired(ledger) == ()
    ledger.jobs.finish(job, Status.FAILED)
    assert expired(ledger) == (file.id,)


def test_the_draft_of_a_job_at_work_does_not_expire(ledger: Ledger, clock: PinnedClock) -> None:
    file = stored(ledger)
    draft = ledger.drafts.add(file, {})
    job = ledger.jobs.begin("import", owner="x", database="d", draft_id=draft.id)
    clock.pass_by(days=31)
    assert expired(ledger) == ()
    ledger.jobs.finish(job, Status.COMPLETED)
    assert expired(ledger) == (file.id,)


def test_what_an_undo_at_work_reads_does_not_expire(ledger: Ledger, clock: PinnedClock) -> None:
    file = stored(ledger)
    job = ledger.jobs.begin("import", owner="x", database="d", draft_id=ledger.drafts.add(file, {}).id)
    journal = stored(ledger, kind="journal", job=job)
    ledger.jobs.finish(job, Status.COMPLETED)
    undo = ledger.jobs.begin("undo", owner="x", database="d", undoes=job.id)
    clock.pass_by(days=31)
    assert expired(ledger) == ()
    ledger.jobs.finish(undo, Status.COMPLETED)
    assert set(expired(ledger)) == {file.id, journal.id}


def test_what_others_have_made_for_a_job_at_work_does_not_expire(ledger: Ledger, clock: PinnedClock) -> None:
    job = ledger.jobs.begin("export", owner="x", database="d")
    made, lost = stored(ledger, kind="part"), stored(ledger, kind="part")
    ledger.parts.offer(job, "rows", [{}])
    (state,) = ledger.parts.states(job)
    part = PartRecord(id=state.id, job=job.id, epoch=job.epoch, number=0, function="rows", spec={})
    assert ledger.parts.finish(part, NOBODY, 3, {"artifact": made.id})
    clock.pass_by(days=31)
    assert expired(ledger) == (lost.id,)
    ledger.jobs.finish(job, Status.FAILED)
    assert set(expired(ledger)) == {made.id, lost.id}


def test_the_files_of_a_job_are_found_by_kind(ledger: Ledger) -> None:
    job = ledger.jobs.begin("import", owner="x", database="d")
    journal, failed = stored(ledger, kind="journal", job=job), stored(ledger, kind="failed_rows", job=job)
    stored(ledger)
    assert set(ledger.artifacts.of_job(job.id)) == {journal, failed}
    assert ledger.artifacts.of_job(job.id, "journal") == (journal,)


def test_a_batch_that_is_tried_again_has_one_journal(ledger: Ledger, clock: PinnedClock) -> None:
    job = ledger.jobs.begin("import", owner="x", database="d")
    for unit in (1, 0, 1):
        last = ledger.journals.add(job, "orders", artifact_id=stored(ledger).id, facts={"rows": unit}, unit=unit)
        clock.pass_by(seconds=1)
    found = ledger.journals.of_job(job.id)
    assert [(journal.unit, journal.facts["rows"]) for journal in found] == [(0, 0), (1, 1)]
    assert found[1] == last


def test_the_newest_mapping_of_a_name_wins(ledger: Ledger, clock: PinnedClock) -> None:
    for version in (1, 2):
        ledger.mappings.save("main", "people", name="crm", columns="a,b", mapping={"version": version})
        clock.pass_by(seconds=1)
    other = ledger.mappings.save("main", "people", name="shop", columns="a,b", mapping={})
    ledger.mappings.save("main", "orders", name="crm", columns="a,b", mapping={"version": 3})
    found = ledger.mappings.named("main", "people", "crm")
    assert found.mapping == {"version": 2}
    assert ledger.mappings.saved("main", "people") == (other, found)


def test_a_mapping_that_does_not_exist_suggests_the_nearest(ledger: Ledger) -> None:
    ledger.mappings.save("main", "people", name="crm_people", columns="a", mapping={})
    with pytest.raises(InputError) as caught:
        ledger.mappings.named("main", "people", "crm_peple")
    assert caught.value.code == "unknown_mapping"
    assert "Did you mean 'crm_people'?" in caught.value.remedy


def test_what_was_remembered_is_found_by_the_columns_of_the_file(ledger: Ledger, clock: PinnedClock) -> None:
    for version in (1, 2):
        ledger.mappings.save("main", "people", columns="a,b", mapping={"version": version})
        clock.pass_by(seconds=1)
    ledger.mappings.save("main", "people", name="named", columns="a,b", mapping={"version": 3})
    found = ledger.mappings.remembered("main", "people", "a,b")
    assert found is not None
    assert found.mapping == {"version": 2}
    ledger.mappings.used(found.id)
    again = ledger.mappings.remembered("main", "people", "a,b")
    assert again is not None
    assert again.used_at == clock.now()
    assert ledger.mappings.remembered("main", "people", "a") is None
    assert ledger.mappings.remembered("other", "people", "a,b") is None
