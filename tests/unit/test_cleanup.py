"""Cleaning up: what a look says would go is what goes, whoever dies over it, and nothing else."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contract.ledger.pinned import PinnedClock
from entrepot.jobs.housekeeping.chore import EVERY, Housekeeping
from entrepot.jobs.housekeeping.cleaning import Cleaning
from entrepot.model.cancel import CancelSwitch
from entrepot.model.cleanup import CleanupReceipt
from entrepot.model.errors import CancelledError, StorageError, UnavailableError
from entrepot.model.orders import DEFAULT_QUEUE, HELD, Wish
from entrepot.model.records import ArtifactRecord, JobRecord, Status
from entrepot.state import Elsewhere, State, open_state
from entrepot.storage.artifacts import ArtifactStore
from entrepot.storage.parts import part_folder

MONTH, YEAR = timedelta(days=30), timedelta(days=365)


@pytest.fixture
def clock() -> PinnedClock:
    return PinnedClock()


@pytest.fixture(params=["folder", pytest.param("server", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str | None:
    return None if request.param == "folder" else request.getfixturevalue("postgres_database").url


@pytest.fixture
def state(tmp_path: Path, clock: PinnedClock, url: str | None) -> Iterator[State]:
    with open_state(tmp_path / "state", clock, elsewhere=Elsewhere(url=url)) as opened:
        yield opened


def stored(state: State, kind: str = "draft", job: JobRecord | None = None, size: int = 4) -> ArtifactRecord:
    return state.store(io.BytesIO(b"x" * size), kind, "text/csv", name="a.csv", lasting=MONTH, job=job)


def cleaning(state: State, *, orphans: bool = False) -> Cleaning:
    return Cleaning(state=state, jobs_kept=YEAR, cancel=CancelSwitch(), orphans=orphans)


def counts(found: CleanupReceipt) -> dict[str, tuple[int, int]]:
    return {each.kind: (each.count, each.bytes) for each in found.sums}


def clean(state: State, *, orphans: bool = False) -> dict[str, tuple[int, int]]:
    """What was said would go, went; and then nothing is left to go."""
    now, cleaner = state.ledger.records.now(), cleaning(state, orphans=orphans)
    told = counts(cleaner.look(now))
    assert counts(cleaner.clean(now)) == told
    assert cleaner.clean(now).count == 0
    return told


def test_files_plans_and_jobs_go_when_their_time_is_over_and_not_before(state: State, clock: PinnedClock) -> None:
    job = state.ledger.jobs.begin("import", owner="x", database="d")
    journal = stored(state, "journal", job, size=9)
    state.ledger.journals.add(job, "users", artifact_id=journal.id, facts={})
    state.ledger.jobs.finish(job, Status.COMPLETED)
    draft = state.ledger.drafts.add(stored(state), {})
    state.ledger.plans.add(draft.id, database="d", digest="", summary={}, expires_at=clock.now() + timedelta(days=1))
    assert clean(state) == {}
    clock.pass_by(days=1)
    assert clean(state) == {"plan": (1, 0)}
    clock.pass_by(days=29)
    assert clean(state) == {"draft": (1, 4), "journal": (1, 9)}
    assert state.artifacts.stored() == frozenset()
    clock.pass_by(days=336)
    assert clean(state) == {"job": (1, 0)}
    assert state.ledger.jobs.latest() == ()


def test_a_job_whose_last_file_goes_now_goes_with_it(state: State, clock: PinnedClock) -> None:
    job = state.ledger.jobs.begin("export", owner="x", database="d")
    stored(state, "export", job)
    state.ledger.jobs.finish(job, Status.COMPLETED)
    clock.pass_by(days=366)
    assert clean(state) == {"export": (1, 4), "job": (1, 0)}


def test_where_a_file_cannot_be_removed_its_record_is_gone_and_the_next_one_goes_on(
    state: State, clock: PinnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = {stored(state).id for _ in range(3)}
    clock.pass_by(days=31)
    real = ArtifactStore.delete

    def failing(store: ArtifactStore, id: str) -> None:
        if id == max(ids):
            raise UnavailableError("bucket_unreachable", "It does not answer.", remedy="Try again.")
        real(store, id)

    with monkeypatch.context() as broken:
        broken.setattr(ArtifactStore, "delete", failing)
        with pytest.raises(UnavailableError):
            cleaning(state).clean(clock.now())
    assert state.ledger.artifacts.known() == frozenset()
    assert state.artifacts.stored() == {max(ids)}
    assert cleaning(state, orphans=True).look(clock.now()).count == 0, "it is known what it is"
    cleaning(state).clean(clock.now())
    assert state.artifacts.stored() == frozenset()


def test_files_that_no_record_knows_go_only_if_somebody_says_so_and_not_while_they_come(
    state: State, clock: PinnedClock
) -> None:
    state.artifacts.put(io.BytesIO(b"lost"), "draft", "a.csv")
    clock.pass_by(days=3)
    state.artifacts.put(io.BytesIO(b"coming"), "draft", "b.csv")
    known = stored(state)
    left = cleaning(state).clean(clock.now())
    assert (left.count, left.orphans_left, left.orphan_bytes) == (0, 1, 4)
    assert clean(state, orphans=True) == {"orphan": (1, 4)}
    assert len(state.artifacts.stored()) == 2
    assert known.id in state.artifacts.stored()


def test_what_dead_processes_have_left_goes_and_what_is_being_written_stays(state: State) -> None:
    stored(state)
    dead = state.artifacts.folder / ".of-the-dead.entrepot-part"
    dead.mkdir()
    (dead / ".lock").touch()
    (dead / "part").write_bytes(b"12345")
    (state.folder / "owners").mkdir(exist_ok=True)
    owner = state.folder / "owners" / "process-1-abc"
    owner.touch()
    with part_folder(state.artifacts.folder, "living") as living, state.owning() as mine:
        assert clean(state) == {"part": (1, 5)}
        assert living.is_dir()
        assert state.is_alive(mine)
    assert not dead.exists()
    if state.ledger.home.place.endswith("ledger.db"):
        assert not owner.exists()


def test_stopped_in_the_middle_the_rest_goes_the_next_time(state: State, clock: PinnedClock) -> None:
    for _ in range(4):
        stored(state)
    clock.pass_by(days=31)
    switch = CancelSwitch()
    switch.cancel()
    with pytest.raises(CancelledError):
        Cleaning(state=state, jobs_kept=YEAR, cancel=switch).clean(clock.now())
    cleaning(state).clean(clock.now())
    assert state.artifacts.stored() == frozenset() == state.ledger.artifacts.known()


def test_a_worker_cleans_up_by_itself_what_was_over_an_hour_ago_and_says_so_in_the_audit(
    state: State, clock: PinnedClock
) -> None:
    stored(state)
    chore = Housekeeping(jobs_kept=YEAR)
    assert chore.clean(state) is None
    clock.pass_by(days=31)
    for _ in range(2):
        done = chore.clean(state)
        assert done is None or done.count == 0
    assert len(state.artifacts.stored()) == 1, "the clock may be wrong"
    clock.pass_by(hours=1)
    assert Housekeeping(jobs_kept=YEAR).clean(state) is not None
    assert state.artifacts.stored() == frozenset()
    assert chore.clean(state) is None, "another worker has just done it"
    (line,) = state.audit.latest(10)
    assert (line.action, line.facts) == ("cleanup", {"removed": {"draft": 1}, "bytes": 4})


def test_whoever_opened_the_folder_has_not_cleaned_up(
    tmp_path: Path, state: State, clock: PinnedClock, url: str | None
) -> None:
    job = state.ledger.jobs.begin("export", owner="x", database="d")
    state.ledger.jobs.finish(job, Status.COMPLETED)
    state.ledger.removals.look()
    for _ in range(2):
        stored(state)
        clock.pass_by(days=400)
        with open_state(tmp_path / "state", clock, elsewhere=Elsewhere(url=url)) as opened:
            Housekeeping(jobs_kept=YEAR).clean(opened)
    assert state.ledger.jobs.latest() == ()


def test_a_bucket_that_hangs_holds_up_neither_the_worker_nor_whoever_opens_the_state(
    state: State, clock: PinnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(state)
    answered, hanging = threading.Event(), threading.Event()

    def hangs(_store: ArtifactStore, _id: str) -> None:
        hanging.set()
        answered.wait(30)
        raise StorageError("bucket_unreachable", "It does not answer.", remedy="Try again.")

    monkeypatch.setattr(ArtifactStore, "delete", hangs)
    chore = Housekeeping(jobs_kept=YEAR, seconds=clock.monotonic)
    state.ledger.removals.look()
    clock.pass_by(days=40)
    state.ledger.removals.look()
    clock.pass_by(seconds=int(EVERY))
    chore(state)
    assert hanging.wait(30)
    chore(state)
    answered.set()
    chore.leave(30)
    assert len(state.ledger.removals.undone()) == 1


def test_dead_parts_of_somebody_else_are_not_touched(tmp_path: Path, state: State) -> None:
    """A link could lead anywhere."""
    stored(state)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_bytes(b"1")
    (state.artifacts.folder / ".x.entrepot-part").symlink_to(tmp_path / "precious")
    assert clean(state) == {}
    assert (tmp_path / "precious" / "file").exists()


def test_a_job_that_nobody_has_had_started_is_cancelled_after_a_year_and_goes_a_year_later(
    state: State, clock: PinnedClock
) -> None:
    wish = Wish(kind="export", request={}, database="d", principal={"name": "ann"}, queue=HELD)
    job, orders = state.ledger.orders.submit(wish), state.ledger.orders
    clock.pass_by(days=364)
    waits, started = orders.submit(replace(wish, queue=DEFAULT_QUEUE)), orders.submit(wish)
    state.ledger.held.start(started, DEFAULT_QUEUE)
    assert clean(state) == {}
    assert state.ledger.jobs.get(job.id).status is Status.PENDING
    clock.pass_by(days=1)
    assert clean(state) == {}
    assert state.ledger.jobs.get(job.id).status is Status.CANCELLED
    clock.pass_by(days=365)
    assert clean(state) == {"job": (1, 0)}
    assert [state.ledger.jobs.get(each.id).status for each in (waits, started)] == [Status.PENDING] * 2
