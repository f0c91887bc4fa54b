"""Schedulers that are killed at any step, or walk through a week side by side: each due time is one order, and outputs
go as a whole."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from entrepot.jobs.schedules.ticking import in_force, tick
from entrepot.jobs.schedules.timing import timing
from entrepot.model.schedules import Outcome
from entrepot.state import State
from recovery.dying import folders_of
from recovery.schedulers import END, START, WEEK, at, child, finish

pytestmark = pytest.mark.slow


def test_killed_at_any_step_the_next_one_does_what_is_left_and_nothing_twice(tmp_path: Path) -> None:
    folders = folders_of(tmp_path, child("kill", tmp_path))
    assert len(folders) > 25
    for folder in folders:
        with at(folder, START + timedelta(hours=3)) as (state, _):
            tick(state)
            (record,) = state.ledger.schedules.all()
            runs = state.ledger.occurrences.of_schedule(record.id)
        assert [run.occurrence.outcome for run in runs] == [Outcome.SUBMITTED, Outcome.OVER, Outcome.REMOVED]
        assert len({run.occurrence.job for run in runs}) == len(state_jobs(folder)) == 3
        assert [path.name for path in (folder / "out").iterdir()] == ["hourly-20261022T130000Z"]
        assert len(list((folder / "out" / "hourly-20261022T130000Z").iterdir())) == 2


def state_jobs(folder: Path) -> list[str]:
    with at(folder, START) as (state, _):
        return [job.id for job in state.ledger.jobs.latest(100)]


def test_two_processes_whose_clocks_differ_run_each_time_of_a_week_once_also_if_one_is_killed(tmp_path: Path) -> None:
    with at(tmp_path, START) as (state, _):
        tick(state, WEEK)
        killed, other = (subprocess.Popen(child("walk", tmp_path, seed), stderr=subprocess.PIPE) for seed in (1, 2))
        while len(state.ledger.jobs.latest(100)) < 5:
            assert killed.poll() is None or len(state.ledger.jobs.latest(100)) >= 5
        killed.kill()
        killed.communicate(timeout=60)
        _, words = other.communicate(timeout=120)
        assert other.returncode == 0, words.decode()
    with at(tmp_path, END + timedelta(days=1)) as (state, _):
        finish(state, state.ledger.jobs.latest(1000))
        while jobs := tick(state, WEEK):
            finish(state, jobs)
        assert_each_once(state)


def assert_each_once(state: State) -> None:
    total = 0
    for record in in_force(state, WEEK):
        runs = state.ledger.occurrences.of_schedule(record.id)
        at_ = timing(record.schedule.cron, record.schedule.zone)
        due = list(at_.latest(START, END + timedelta(days=1), 1000))
        assert [run.occurrence.due for run in reversed(runs)] == due
        assert all(run.job is not None for run in runs)
        assert len({run.occurrence.job for run in runs}) == len(runs)
        total += len(runs)
    assert len(state.ledger.jobs.latest(1000)) == total
