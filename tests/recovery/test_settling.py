"""What became of a job whose process died, or that nobody could record: the mark beside the data says it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from entrepot.bystanders import SystemClock
from entrepot.jobs.durable import FIRST_MARK
from entrepot.ledger.jobs import Jobs
from entrepot.model.changes import Mark
from entrepot.model.errors import EntrepotError, StorageError
from entrepot.model.records import JobRecord, Status
from entrepot.state import State, open_state
from recovery.yard import AFTER, BEFORE, CASES, DONE, UPSERT, Watching, Yard, a_yard


@pytest.fixture(params=CASES)
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Yard]:
    with a_yard(request.param, request, tmp_path) as made:
        yield made


def begun(state: State, yard: Yard, owner: str) -> JobRecord:
    catalog = yard.entrepot().catalog()
    jobs = state.ledger.jobs
    job = jobs.begin("import", owner=owner, database=f"{catalog.engine}:{catalog.database}", entity="people")
    return jobs.promise(jobs.advance(job, Status.PROCESSING, "Importing"), {"counts": {"created": 3}})


def committed(yard: Yard, job: JobRecord) -> None:
    engine = yard.case.engine(yard.place.url)
    catalog = engine.introspect()
    with engine.change(catalog, catalog.entities, yard.folder, write=True) as target:  # type: ignore[attr-defined]
        target.mark(Mark(job=job.id))
        target.commit()


def test_jobs_of_the_dead_are_settled_by_their_marks(yard: Yard) -> None:
    with open_state(yard.state, SystemClock()) as state:
        with state.owning() as owner:
            done, undone = begun(state, yard, owner), begun(state, yard, owner)
            committed(yard, done)
            yard.entrepot().preview(yard.file, UPSERT)
            assert not state.ledger.jobs.get(done.id).status.final, "its owner lives"
        yard.entrepot().preview(yard.file, UPSERT)
        found = state.ledger.jobs.get(done.id)
        assert (found.status, found.receipt, found.error) == (Status.COMPLETED, {"counts": {"created": 3}}, None)
        failed = state.ledger.jobs.get(undone.id)
        assert (failed.status, failed.receipt) == (Status.FAILED, None)
        assert failed.error is not None
        assert failed.error["code"] == "interrupted"
        assert list((yard.state / "owners").iterdir()) == []


def test_a_job_of_another_database_of_that_name_is_left_to_it(yard: Yard) -> None:
    """That its mark is not here says nothing."""
    yard.entrepot().bring_in(yard.file, UPSERT)
    with open_state(yard.state, SystemClock()) as state:
        here = yard.case.engine(yard.place.url).first_mark()  # type: ignore[attr-defined]
        other, mine = begun(state, yard, "process-1-dead"), begun(state, yard, "process-2-dead")
        state.ledger.jobs.promise(other, {"counts": {"created": 3}, FIRST_MARK: "imp_elsewhere"})
        state.ledger.jobs.promise(mine, {"counts": {"created": 3}, FIRST_MARK: here})
        yard.entrepot().preview(yard.file, UPSERT)
        assert not state.ledger.jobs.get(other.id).status.final
        assert state.ledger.jobs.get(mine.id).status is Status.FAILED
        committed(yard, other)
        yard.entrepot().preview(yard.file, UPSERT)
        found = state.ledger.jobs.get(other.id)
        assert (found.status, found.receipt) == (Status.COMPLETED, {"counts": {"created": 3}})


def test_whoever_lost_a_job_cannot_write_it(yard: Yard) -> None:
    """A process that was paused, while another one settled its job."""
    with open_state(yard.state, SystemClock()) as state:
        job = begun(state, yard, "process-1-dead")
        yard.entrepot().preview(yard.file, UPSERT)
        with pytest.raises(EntrepotError) as caught:
            state.ledger.jobs.finish(job, Status.COMPLETED)
        assert caught.value.code == "no_longer_owner"


def test_an_import_that_cannot_be_recorded_says_that_it_was_applied(yard: Yard) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("insufficient_storage", "There is no room left.", remedy="Make room.")

    with mock.patch.object(Jobs, "finish", full), pytest.raises(StorageError) as caught:
        yard.entrepot().bring_in(yard.file, UPSERT)
    assert caught.value.code == "applied_off_record"
    assert yard.rows() == AFTER
    assert yard.statuses() == ["completed"]
    assert yard.receipt() == DONE


@pytest.mark.parametrize("phase", ["Reading", "Comparing"])
def test_a_state_folder_that_goes_away_before_the_commit_stops_the_import(yard: Yard, phase: str) -> None:
    """Without its journal it could not be taken back."""

    def gone() -> None:
        shutil.rmtree(yard.state)

    with pytest.raises(EntrepotError) as caught:
        yard.entrepot(Watching(**{phase: gone})).bring_in(yard.file, UPSERT)
    assert caught.value.remedy
    assert yard.rows() == BEFORE
    assert yard.place.connections() == 0
