"""A ledger killed at any statement of its making is whole at the next start; several processes write to one at once."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from entrepot.bystanders import SystemClock
from entrepot.ledger.migrating import known_steps
from entrepot.ledger.opening import open_ledger
from entrepot.model.records import Status
from recovery.ledgers import child

pytestmark = pytest.mark.slow


def test_killed_before_any_statement_of_a_migration_the_next_start_completes_it(tmp_path: Path) -> None:
    done = subprocess.run(child("kill", tmp_path), capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    folders = list(tmp_path.iterdir())
    assert len(folders) > sum(len(step.statements) for step in known_steps())
    for folder in folders:
        with open_ledger(folder, SystemClock()) as ledger:
            job = ledger.jobs.begin("import", owner="x", database="d")
            assert ledger.jobs.latest() == (job,)
            ledger.check()


def test_a_writer_that_is_killed_loses_nothing_that_it_was_told_is_there(tmp_path: Path) -> None:
    told: list[str] = []
    for round_number in range(1, 4):
        with subprocess.Popen(child("tell", tmp_path), stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            told += [writer.stdout.readline().strip() for _ in range(200 * round_number + round_number)]
            writer.kill()
        with open_ledger(tmp_path, SystemClock()) as ledger:
            ledger.check()
            assert {job.id for job in ledger.jobs.latest(10_000)} >= set(told)
    assert len(set(told)) == 1206


def test_several_processes_begin_one_ledger_and_write_to_it_at_once(tmp_path: Path) -> None:
    writers = [subprocess.Popen(child("write", tmp_path, 15), stderr=subprocess.PIPE) for _ in range(4)]
    for writer in writers:
        _, words = writer.communicate(timeout=120)
        assert writer.returncode == 0, words.decode()
    with open_ledger(tmp_path, SystemClock()) as ledger:
        jobs = ledger.jobs.latest(1000)
        ledger.check()
    assert len({job.id for job in jobs}) == 60
    assert {job.status for job in jobs} == {Status.COMPLETED}
