"""Schedules are kept; each of their due times leads to one order, however many look, whatever the clocks do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from contract.ledger.pinned import PinnedClock
from entrepot.jobs.schedules import ticking
from entrepot.jobs.schedules.running import run_now
from entrepot.jobs.schedules.ticking import in_force, tick
from entrepot.jobs.schedules.timing import timing
from entrepot.ledger import occurrences
from entrepot.ledger.opening import Ledger
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.records import JobRecord, Status
from entrepot.model.schedules import Missed, Outcome, Overlap, Schedule, ScheduleRecord
from entrepot.state import State
from entrepot.storage.artifacts import ArtifactStore
from seeds import seeds

ANNA = {"name": "anna", "role": "org_admin", "tenant": "1"}
NIGHTLY = Schedule(
    name="nightly",
    kind="export",
    cron="daily at 02:00",
    database="d",
    request={"entities": ["users"]},
    to="/exports",
    principal=ANNA,
    tenant="1",
)
HOURLY = replace(NIGHTLY, name="hourly", cron="hourly")


@pytest.fixture
def state(ledger: Ledger, tmp_path: Path) -> State:
    return State(ledger, ArtifactStore(folder=tmp_path / "artifacts", identify=ledger.records.new_id), tmp_path)


def outcomes(state: State, record: ScheduleRecord) -> list[tuple[str, str]]:
    """The oldest first."""
    runs = state.ledger.occurrences.of_schedule(record.id)
    return [(f"{run.occurrence.due:%d %H:%M}", run.occurrence.outcome.value) for run in reversed(runs)]


def finish(state: State, *jobs: JobRecord, status: Status = Status.FAILED) -> None:
    for job in jobs:
        state.ledger.jobs.finish(state.ledger.jobs.take_over(job, "worker"), status)


def test_a_schedule_is_kept_as_it_was_added(state: State, clock: PinnedClock) -> None:
    added = state.ledger.schedules.add(
        replace(NIGHTLY, zone="Europe/Berlin", keep={"daily": 7}, missed=Missed.ALL, overlap=Overlap.QUEUE)
    )
    assert state.ledger.schedules.all() == (added,)
    assert added.since == clock.now()


def test_two_schedules_cannot_have_one_name(state: State) -> None:
    state.ledger.schedules.add(NIGHTLY)
    with pytest.raises(ChangedError) as caught:
        state.ledger.schedules.add(replace(NIGHTLY, cron="hourly"))
    assert caught.value.code == "schedule_exists"
    assert [record.schedule for record in state.ledger.schedules.all()] == [NIGHTLY]


def test_a_due_time_becomes_an_order_of_its_own(state: State, clock: PinnedClock) -> None:
    record = state.ledger.schedules.add(NIGHTLY)
    assert tick(state) == ()
    clock.pass_by(hours=14, minutes=29)
    assert tick(state) == ()
    clock.pass_by(minutes=1)
    (job,) = tick(state)
    assert tick(state) == ()
    order = state.ledger.orders.get(job.id)
    assert order.request == {"entities": ["users"], "to": "/exports/nightly-20261122T020000Z/"}
    assert (job.kind, job.database, order.principal, order.tenant) == ("export", "d", ANNA, "1")
    assert outcomes(state, record) == [("22 02:00", "submitted")]


def test_every_run_writes_into_a_folder_of_its_own(state: State, clock: PinnedClock) -> None:
    state.ledger.schedules.add(replace(HOURLY, overlap=Overlap.QUEUE))
    folders = set()
    for _ in range(3):
        clock.pass_by(hours=1)
        (job,) = tick(state)
        folders.add(state.ledger.orders.get(job.id).request["to"])
        finish(state, job)
    assert len(folders) == 3


MISSED = [
    (Missed.SKIP, [("21 16:00", "missed"), ("21 17:00", "missed")], 0),
    (Missed.ONCE, [("21 16:00", "missed"), ("21 17:00", "submitted")], 1),
    (
        Missed.ALL,
        [("21 14:00", "missed"), ("21 15:00", "submitted"), ("21 16:00", "waiting"), ("21 17:00", "waiting")],
        1,
    ),
]


@pytest.mark.parametrize(("missed", "expected", "begun"), MISSED)
def test_times_that_nobody_was_there_for(
    state: State, clock: PinnedClock, missed: Missed, expected: list[tuple[str, str]], begun: int
) -> None:
    record = state.ledger.schedules.add(replace(HOURLY, missed=missed, most=3))
    clock.pass_by(hours=6)
    assert len(tick(state)) == begun
    assert outcomes(state, record) == expected
    assert tick(state) == ()


def test_a_worker_that_is_a_few_minutes_late_is_in_time(state: State, clock: PinnedClock) -> None:
    state.ledger.schedules.add(replace(NIGHTLY, missed=Missed.SKIP))
    clock.pass_by(hours=14, minutes=34)
    assert len(tick(state)) == 1


def test_missed_times_run_one_after_another(state: State, clock: PinnedClock) -> None:
    record = state.ledger.schedules.add(replace(HOURLY, missed=Missed.ALL, most=3))
    clock.pass_by(hours=3)
    for _ in range(3):
        jobs = tick(state)
        assert len(jobs) == 1
        assert tick(state) == ()
        finish(state, *jobs)
    assert tick(state) == ()
    assert outcomes(state, record) == [("21 12:00", "over"), ("21 13:00", "over"), ("21 14:00", "over")]


def test_a_time_at_which_the_last_run_is_not_over_is_let_go(state: State, clock: PinnedClock) -> None:
    record = state.ledger.schedules.add(HOURLY)
    clock.pass_by(hours=1)
    first = tick(state)
    clock.pass_by(hours=1)
    assert tick(state) == ()
    finish(state, *first)
    assert tick(state) == ()
    clock.pass_by(hours=1)
    assert len(tick(state)) == 1
    assert outcomes(state, record) == [("21 12:00", "over"), ("21 13:00", "overlapped"), ("21 14:00", "submitted")]


def test_a_time_at_which_the_last_run_is_not_over_can_wait_for_it(state: State, clock: PinnedClock) -> None:
    record = state.ledger.schedules.add(replace(HOURLY, overlap=Overlap.QUEUE, most=1))
    clock.pass_by(hours=1)
    first = tick(state)
    for _ in range(2):
        clock.pass_by(hours=1)
        assert tick(state) == ()
    assert outcomes(state, record)[1:] == [("21 13:00", "waiting"), ("21 14:00", "overlapped")]
    finish(state, *first)
    (second,) = tick(state)
    assert state.ledger.orders.get(second.id).request["to"].endswith("20261121T130000Z/")


def test_what_is_paused_does_not_run_nor_catch_up(state: State, clock: PinnedClock) -> None:
    record = state.ledger.schedules.add(HOURLY)
    state.ledger.schedules.pause(record.id, paused=True)
    clock.pass_by(hours=3)
    assert tick(state) == ()
    state.ledger.schedules.pause(record.id, paused=False)
    assert tick(state) == ()
    clock.pass_by(hours=1)
    assert len(tick(state)) == 1
    assert outcomes(state, record) == [("21 15:00", "submitted")]


def test_what_was_removed_does_not_run(state: State, clock: PinnedClock) -> None:
    record = state.ledger.schedules.add(HOURLY)
    state.ledger.schedules.remove(record.id)
    clock.pass_by(hours=3)
    assert tick(state) == ()
    with pytest.raises(InputError):
        state.ledger.schedules.pause(record.id, paused=True)


def test_a_clock_a_day_ahead_runs_nothing_twice_and_loses_nothing_afterwards(state: State, clock: PinnedClock) -> None:
    record = state.ledger.schedules.add(NIGHTLY)
    clock.pass_by(days=1)
    finish(state, *tick(state))
    clock.pass_by(days=1)  # the clock jumps ahead
    finish(state, *tick(state))
    clock.pass_by(days=-1)  # and back
    assert tick(state) == ()
    clock.pass_by(days=1)
    assert tick(state) == ()
    clock.pass_by(days=1)
    assert len(tick(state)) == 1
    assert [due for due, _ in outcomes(state, record)] == ["22 02:00", "23 02:00", "24 02:00"]


def test_a_clock_a_year_ahead_silences_nobody_for_a_year(state: State, clock: PinnedClock) -> None:
    state.ledger.schedules.add(HOURLY)
    clock.pass_by(days=365)
    finish(state, *tick(state))
    added = state.ledger.schedules.add(replace(HOURLY, name="added meanwhile"))
    clock.pass_by(days=-365)
    finish(state, *tick(state))
    clock.pass_by(hours=1)
    assert len(tick(state)) == 2
    assert [due for due, _ in outcomes(state, added)] == ["21 12:00"]


def test_a_clock_a_day_behind_runs_what_comes_and_nothing_again(state: State, clock: PinnedClock) -> None:
    record = state.ledger.schedules.add(replace(HOURLY, cron="0 12,18 * * *"))
    clock.pass_by(hours=1)
    finish(state, *tick(state))
    clock.pass_by(days=-1)
    assert tick(state) == ()
    for _ in range(25):
        clock.pass_by(hours=1)
        finish(state, *tick(state))
    assert [due for due, _ in outcomes(state, record)] == ["20 18:00", "21 12:00"]


def test_one_of_the_settings_counts_from_when_it_was_seen_first(state: State, clock: PinnedClock) -> None:
    assert tick(state, [HOURLY]) == ()
    clock.pass_by(hours=1)
    finish(state, *tick(state, [HOURLY]))
    (record,) = in_force(state, [HOURLY])
    assert record.configured
    assert tick(state, [HOURLY]) == ()
    assert outcomes(state, record) == [("21 12:00", "over")]


def test_one_of_the_settings_that_becomes_another_does_not_run_at_once(state: State, clock: PinnedClock) -> None:
    tick(state, [NIGHTLY])
    clock.pass_by(hours=3)
    assert tick(state, [replace(NIGHTLY, cron="hourly")]) == ()
    clock.pass_by(hours=1)
    assert len(tick(state, [replace(NIGHTLY, cron="hourly")])) == 1


def test_the_settings_come_before_what_is_kept_under_the_same_name(state: State, clock: PinnedClock) -> None:
    state.ledger.schedules.add(NIGHTLY)
    ours = replace(NIGHTLY, database="another")
    tick(state, [ours])
    clock.pass_by(days=1)
    assert [job.database for job in tick(state, [ours])] == ["another"]


def test_one_that_cannot_be_understood_does_not_keep_the_others(state: State, clock: PinnedClock) -> None:
    state.ledger.schedules.add(replace(HOURLY, name="a", zone="Nowhere/AtAll"))
    state.ledger.schedules.add(HOURLY)
    clock.pass_by(hours=1)
    assert len(tick(state)) == 1


@pytest.mark.parametrize("dies_at", ["place_order", "insert"])
def test_a_death_between_the_order_and_the_due_time_loses_and_doubles_nothing(
    state: State, clock: PinnedClock, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    record = state.ledger.schedules.add(HOURLY)
    clock.pass_by(hours=1)
    real: Callable[..., object] = getattr(occurrences, dies_at)

    def dying(*given: object) -> object:
        real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(occurrences, dies_at, dying)
        tick(state)
    assert (outcomes(state, record), state.ledger.jobs.latest()) == ([], ())
    (job,) = tick(state)
    assert state.ledger.jobs.latest() == (job,)


FORWARD = datetime(2026, 3, 26, 11, 7, tzinfo=UTC)
BACK = datetime(2026, 10, 22, 11, 7, tzinfo=UTC)


@pytest.mark.parametrize("start", [FORWARD, BACK], ids=["forward", "back"])
@pytest.mark.parametrize("seed", seeds(1))
def test_two_schedulers_and_a_week_with_a_change_of_the_clock_run_each_due_time_once(
    state: State, clock: PinnedClock, start: datetime, seed: int
) -> None:
    clock.moment, chance = start, Random(seed)
    plan = replace(NIGHTLY, zone="Europe/Berlin", missed=Missed.ALL, overlap=Overlap.QUEUE, most=1000)
    records = [
        state.ledger.schedules.add(replace(plan, name=f"s{at}", cron=cron))
        for at, cron in enumerate(("30 2 * * *", "15 */3 * * *", "0,30 1-3 * * *"))
    ]
    while clock.moment < start + timedelta(days=7):
        clock.moment += timedelta(minutes=chance.randint(120, 900))
        finish(state, *together(state, 2))
    while jobs := together(state, 2):
        finish(state, *jobs)
    for record in records:
        runs = state.ledger.occurrences.of_schedule(record.id)
        at = timing(record.schedule.cron, "Europe/Berlin")
        assert [run.occurrence.due for run in reversed(runs)] == list(at.latest(start, clock.moment, 1000))
        assert {run.occurrence.outcome for run in runs} <= {Outcome.OVER, Outcome.SUBMITTED}
        assert len({run.occurrence.job for run in runs}) == len(runs)
    assert len(state.ledger.jobs.latest(10_000)) == sum(
        len(state.ledger.occurrences.of_schedule(record.id)) for record in records
    )


def together(state: State, many: int) -> list[JobRecord]:
    """What so many of them submit, who look at the same moment."""
    found: list[JobRecord] = []
    starts = threading.Barrier(many)

    def look() -> None:
        starts.wait()
        found.extend(tick(state))

    threads = [threading.Thread(target=look) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_what_became_of_old_times_is_forgotten_but_for_what_left_something_behind(
    state: State, clock: PinnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticking, "MANY", 5)
    record = state.ledger.schedules.add(replace(HOURLY, cron="daily", keep={"last": 3}, to=None))
    for number in range(20):
        clock.pass_by(days=1)
        finish(state, *tick(state), status=Status.COMPLETED if number == 2 else Status.FAILED)
    tick(state)
    found = outcomes(state, record)
    assert found[0] == ("24 00:00", "over")
    assert [due for due, _ in found[1:]] == [f"{day:02} 00:00" for day in range(5, 12)]


@pytest.mark.parametrize("seed", seeds(2))
def test_whatever_comes_there_is_one_run_at_a_time_and_no_time_twice(
    state: State, clock: PinnedClock, seed: int
) -> None:
    """Clocks that jump, pauses, runs by hand, policies: a random walk."""
    chance = Random(seed)
    plans = [
        replace(HOURLY, name=f"{missed}-{overlap}", cron="*/30 * * * *", missed=missed, overlap=overlap, most=3)
        for missed in Missed
        for overlap in Overlap
    ]
    records = {record.id: record for record in map(state.ledger.schedules.add, plans)}
    seen: dict[tuple[str, datetime], str | None] = {}
    for _ in range(25):
        clock.moment += timedelta(minutes=chance.choice([-1500, -40, 1, 10, 35, 35, 100, 1500]))
        record = records[chance.choice(sorted(records))]
        state.ledger.schedules.pause(record.id, paused=chance.random() < 0.2)
        if chance.random() < 0.2:
            with suppress(ChangedError):
                run_now(state, record)
        tick(state)
        for each in records:
            runs = state.ledger.occurrences.of_schedule(each)
            open_ones = [run.job for run in runs if run.job is not None and run.job.finished_at is None]
            assert len(open_ones) <= 1
            assert sum(run.occurrence.outcome is Outcome.WAITING for run in runs) <= 3
            for run in runs:
                known = seen.setdefault((each, run.occurrence.due), run.occurrence.job)
                assert known in (None, run.occurrence.job)
                seen[each, run.occurrence.due] = run.occurrence.job
            finish(state, *(job for job in open_ones if chance.random() < 0.6))
    jobs = [job for job in seen.values() if job is not None]
    assert len(jobs) == len(set(jobs)) == len(state.ledger.jobs.latest(10_000))
