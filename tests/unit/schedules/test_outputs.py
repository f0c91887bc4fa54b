"""What runs left behind goes when no rule keeps it: only what they wrote, and never what protects somebody."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contract.ledger.pinned import PinnedClock
from entrepot.expiry import remove_expired
from entrepot.jobs.schedules import outputs
from entrepot.jobs.schedules.ticking import note_absence, tick
from entrepot.jobs.schedules.views import view
from entrepot.model.errors import StorageError
from entrepot.model.records import JobRecord, Status
from entrepot.model.schedules import Outcome, Overlap, Schedule
from entrepot.state import State, open_state
from entrepot.storage.artifacts import ArtifactStore

LOCAL = {"name": "local", "role": "system_admin", "tenant": None}


@pytest.fixture
def clock() -> PinnedClock:
    return PinnedClock()


@pytest.fixture
def state(tmp_path: Path, clock: PinnedClock) -> Iterator[State]:
    with open_state(tmp_path / "state", clock) as opened:
        yield opened


@pytest.fixture
def plan(tmp_path: Path) -> Schedule:
    return Schedule(
        name="hourly",
        kind="export",
        cron="hourly",
        database="d",
        request={},
        to=str(tmp_path / "out"),
        keep={"last": 2},
        principal=LOCAL,
    )


def carry_out(state: State, job: JobRecord, status: Status, content: bytes, rows: int) -> None:
    """As a worker does: into the folder that is asked for, or among the stored files."""
    folder, owned = state.ledger.orders.get(job.id).request["to"], state.ledger.jobs.take_over(job, "worker")
    files = {"files": [{"name": "users.csv", "bytes": len(content)}], "totals": {"rows": rows}}
    if folder is None:
        source = io.BytesIO(content)
        state.store(source, "export", "text/csv", name="users.csv", lasting=timedelta(days=7), job=owned)
        receipt = {"path": None, "receipt_path": None, "receipt": files}
    else:
        Path(folder).mkdir(parents=True)
        Path(folder, "users.csv").write_bytes(content)
        Path(folder, "users.csv.receipt.json").write_text("{}", encoding="utf-8")
        receipt = {"receipt_path": f"{folder}users.csv.receipt.json", "receipt": files}
    state.ledger.jobs.finish(owned, status, receipt=receipt)


def run(
    state: State,
    clock: PinnedClock,
    status: Status = Status.COMPLETED,
    *,
    content: bytes = b"rows",
    rows: int = 1,
) -> None:
    clock.pass_by(hours=1)
    (job,) = tick(state)
    carry_out(state, job, status, content, rows)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def folders(plan: Schedule) -> list[str]:
    return sorted(name.removeprefix("hourly-20261121T") for name in names(Path(str(plan.to))))


def test_what_no_rule_keeps_goes_with_its_receipt_and_its_folder(
    state: State, clock: PinnedClock, plan: Schedule
) -> None:
    record = state.ledger.schedules.add(plan)
    for _ in range(4):
        run(state, clock)
    tick(state)
    assert folders(plan) == ["140000Z", "150000Z"]
    runs = state.ledger.occurrences.of_schedule(record.id)
    assert [each.occurrence.outcome for each in runs] == [Outcome.OVER] * 2 + [Outcome.REMOVED] * 2


def test_failed_and_empty_runs_take_nothing_away(state: State, clock: PinnedClock, plan: Schedule) -> None:
    state.ledger.schedules.add(plan)
    for _ in range(2):
        run(state, clock)
    for _ in range(3):
        run(state, clock, Status.FAILED)
        run(state, clock, content=b"")
    tick(state)
    assert folders(plan)[:2] == ["120000Z", "130000Z"]
    assert len(folders(plan)) == 8


def test_an_emptied_database_does_not_push_out_what_it_held(state: State, clock: PinnedClock, plan: Schedule) -> None:
    """Files with nothing but their headers, night after night."""
    state.ledger.schedules.add(plan)
    for rows in (5, 6, 0, 0, 0):
        run(state, clock, rows=rows)
    tick(state)
    assert folders(plan)[:2] == ["120000Z", "130000Z"]


def test_stored_files_that_somebody_keeps_for_good_stay(state: State, clock: PinnedClock, plan: Schedule) -> None:
    record = state.ledger.schedules.add(replace(plan, to=None, keep={"last": 1}))
    run(state, clock)
    (first,) = state.ledger.occurrences.of_schedule(record.id)
    with state.ledger.records.writing() as connection:
        connection.exec_driver_sql("UPDATE artifacts SET expires_at = NULL")
    for _ in range(3):
        run(state, clock)
    tick(state)
    assert first.job is not None
    assert len(state.ledger.artifacts.of_job(first.job.id)) == 1
    assert len(state.artifacts.stored()) == 2


def test_what_rotation_has_not_seen_yet_does_not_expire(state: State, clock: PinnedClock, plan: Schedule) -> None:
    """Its worker may have gone with the end of the job."""
    state.ledger.schedules.add(replace(plan, to=None))
    run(state, clock)
    clock.pass_by(days=8)
    assert list(remove_expired(state.ledger, state.artifacts, clock.now())) == []
    tick(state)
    assert list(remove_expired(state.ledger, state.artifacts, clock.now())) == []
    assert len(state.artifacts.stored()) == 1


def test_a_run_whose_job_was_removed_is_over(state: State, clock: PinnedClock, plan: Schedule) -> None:
    record = state.ledger.schedules.add(plan)
    run(state, clock, Status.FAILED)
    clock.pass_by(days=400)
    assert len(list(state.ledger.history.drop_old(clock.now() - timedelta(days=365)))) == 1
    last = view(state, record).last
    assert last is not None
    assert (last.outcome, last.status) == (Outcome.OVER, None)


def test_without_a_rule_everything_stays(state: State, clock: PinnedClock, plan: Schedule) -> None:
    state.ledger.schedules.add(replace(plan, keep={}))
    for _ in range(4):
        run(state, clock)
    tick(state)
    assert len(folders(plan)) == 4


def test_what_somebody_took_away_protects_nothing(state: State, clock: PinnedClock, plan: Schedule) -> None:
    """Else the older ones would go for the sake of newer ones that are not there."""
    state.ledger.schedules.add(replace(plan, keep={"last": 1}))
    for _ in range(2):
        run(state, clock)
    Path(str(plan.to), "hourly-20261121T130000Z", "users.csv").unlink()
    tick(state)
    assert "120000Z" in folders(plan)


def test_files_that_others_put_there_or_changed_stay(state: State, clock: PinnedClock, plan: Schedule) -> None:
    state.ledger.schedules.add(replace(plan, keep={"last": 1}))
    run(state, clock)
    first = Path(str(plan.to), "hourly-20261121T120000Z")
    (first / "notes.txt").write_text("mine", encoding="utf-8")
    run(state, clock)
    tick(state)
    assert names(first) == ["notes.txt"]


def test_a_folder_that_became_a_link_is_left_alone(
    state: State, clock: PinnedClock, plan: Schedule, tmp_path: Path
) -> None:
    state.ledger.schedules.add(replace(plan, keep={"last": 1}))
    run(state, clock)
    first, elsewhere = Path(str(plan.to), "hourly-20261121T120000Z"), tmp_path / "elsewhere"
    first.rename(elsewhere)
    first.symlink_to(elsewhere)
    run(state, clock)
    tick(state)
    assert names(elsewhere) == ["users.csv", "users.csv.receipt.json"]


def test_a_receipt_that_names_other_places_leads_nowhere(
    state: State, clock: PinnedClock, plan: Schedule, tmp_path: Path
) -> None:
    state.ledger.schedules.add(replace(plan, keep={"last": 1}))
    victim = tmp_path / "out" / "precious.csv"
    clock.pass_by(hours=1)
    (job,) = tick(state)
    victim.parent.mkdir()
    victim.write_bytes(b"rows")
    files = [{"name": "../precious.csv", "bytes": 4}]
    owned = state.ledger.jobs.take_over(job, "worker")
    receipt = {"receipt_path": str(victim), "receipt": {"files": files}}
    state.ledger.jobs.finish(owned, Status.COMPLETED, receipt=receipt)
    run(state, clock)
    tick(state)
    assert victim.read_bytes() == b"rows"


def test_stored_files_stay_as_long_as_rotation_keeps_them(state: State, clock: PinnedClock, plan: Schedule) -> None:
    state.ledger.schedules.add(replace(plan, to=None))
    for _ in range(4):
        run(state, clock)
    tick(state)
    assert len(state.artifacts.stored()) == 2
    assert state.artifacts.stored() == state.ledger.artifacts.known()
    clock.pass_by(days=300)
    assert list(remove_expired(state.ledger, state.artifacts, clock.now())) == []
    assert len(state.artifacts.stored()) == 2


@pytest.mark.parametrize("dies_at", ["_announce", "_removed", "_write"])
def test_whoever_dies_over_it_leaves_it_to_the_next(
    state: State, clock: PinnedClock, plan: Schedule, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    state.ledger.schedules.add(replace(plan, keep={"last": 1}))
    run(state, clock)
    run(state, clock)
    real = getattr(outputs, dies_at)

    def dying(*given: object) -> object:
        real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(outputs, dies_at, dying)
        tick(state)
    tick(state)
    assert folders(plan) == ["130000Z"]
    (_, removed) = state.ledger.occurrences.of_schedule(state.ledger.schedules.all()[0].id)
    assert removed.occurrence.outcome is Outcome.REMOVED


def test_stored_files_that_cannot_be_removed_keep_no_schedule_from_running(
    state: State, clock: PinnedClock, plan: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = state.ledger.schedules.add(replace(plan, to=None, keep={"last": 1}))
    run(state, clock)
    run(state, clock)
    other = state.ledger.schedules.add(replace(plan, name="other"))
    clock.pass_by(hours=1)

    def refused(*_: object) -> None:
        raise StorageError("not_written", "The disk is read-only.")

    with monkeypatch.context() as patched:
        patched.setattr(ArtifactStore, "delete", refused)
        tick(state)
    assert [len(state.ledger.occurrences.of_schedule(record.id)) for record in (one, other)] == [3, 1]
    assert len(state.artifacts.stored()) == 2
    tick(state)
    assert len(state.artifacts.stored()) == 1


def test_a_folder_that_cannot_be_emptied_is_tried_again(
    state: State, clock: PinnedClock, plan: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.ledger.schedules.add(replace(plan, keep={"last": 1}))
    run(state, clock)
    run(state, clock)

    def refused(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refused)
        tick(state)
    assert len(folders(plan)) == 2
    tick(state)
    assert folders(plan) == ["130000Z"]


@pytest.fixture
def of_settings(state: State, clock: PinnedClock, plan: Schedule) -> Schedule:
    """One of the settings that has been there for an hour, and stores what it makes."""
    configured = replace(plan, to=None, overlap=Overlap.QUEUE)
    assert tick(state, [configured]) == ()
    clock.pass_by(hours=1)
    return configured


def test_a_run_whose_schedule_leaves_the_settings_meanwhile_is_a_job_like_any_other(
    state: State, clock: PinnedClock, of_settings: Schedule
) -> None:
    """Nobody decides about it any more, so its time comes, and that of its job."""
    (job,) = tick(state, [of_settings])
    note_absence(state, of_settings)
    carry_out(state, job, Status.COMPLETED, b"rows", 1)
    clock.pass_by(days=8)
    assert tick(state) == ()
    assert len(list(remove_expired(state.ledger, state.artifacts, clock.now()))) == 1
    assert [gone.id for gone in state.ledger.history.drop_old(clock.now())] == [job.id]


def test_runs_that_are_over_when_their_schedule_leaves_the_settings_are_decided_about(
    state: State, clock: PinnedClock, of_settings: Schedule
) -> None:
    (job,) = tick(state, [of_settings])
    carry_out(state, job, Status.COMPLETED, b"rows", 1)
    note_absence(state, of_settings)
    clock.pass_by(days=8)
    assert list(remove_expired(state.ledger, state.artifacts, clock.now())) == []


def test_what_waits_for_a_run_goes_with_its_schedule(state: State, clock: PinnedClock, of_settings: Schedule) -> None:
    (job,) = tick(state, [of_settings])
    clock.pass_by(hours=1)
    assert tick(state, [of_settings]) == ()
    note_absence(state, of_settings)
    carry_out(state, job, Status.COMPLETED, b"rows", 1)
    assert tick(state, [of_settings]) == ()
    runs = state.ledger.occurrences.of_schedule(f"configured:{of_settings.name}")
    assert [each.occurrence.outcome for each in runs] == [Outcome.MISSED, Outcome.OVER]


def test_what_nobody_decides_about_for_a_month_expires(state: State, clock: PinnedClock, of_settings: Schedule) -> None:
    """It left the settings while no worker lived to see it."""
    (job,) = tick(state, [of_settings])
    carry_out(state, job, Status.COMPLETED, b"rows", 1)
    clock.pass_by(days=29)
    assert list(remove_expired(state.ledger, state.artifacts, clock.now())) == []
    clock.pass_by(days=2)
    assert len(list(remove_expired(state.ledger, state.artifacts, clock.now()))) == 1
