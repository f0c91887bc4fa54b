"""Kill -9 just before a step of an undo: all of it happened or nothing, the next command knows which, and either can be
gone on with. And of two who take the same import back, one does."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from entrepot.model.bundles import BundleRequest
from entrepot.model.errors import ChangedError
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import ImportRequest
from entrepot.model.undo_plans import UndoReceipt
from recovery.importing import started
from recovery.killing import around_the_commit, killed, yard
from recovery.yard import AFTER, BEFORE, CASES, UPSERT, Watching, Yard

__all__ = ["yard"]

pytestmark = pytest.mark.slow


def imported(yard: Yard) -> str:
    return yard.entrepot().bring_in(yard.file, UPSERT).job


def test_a_kill_before_a_step_of_an_undo_leaves_all_or_nothing_and_either_can_be_gone_on_with(yard: Yard) -> None:
    tables, job = yard.tables(), imported(yard)
    steps = killed(yard, 0, "undo", job, "--yes")
    assert steps is not None
    assert yard.rows() == BEFORE
    seen = set()
    for fatal in around_the_commit(steps):
        job = imported(yard)
        assert killed(yard, fatal, "undo", job, "--yes") is None
        seen.add(yard.rows() == BEFORE)
        check(yard, job, done=yard.rows() == BEFORE)
    assert seen == {True, False}
    assert [path.name for path in (yard.folder / "tmp").iterdir()] == []
    assert yard.tables() == tables


def check(yard: Yard, job: str, *, done: bool) -> None:
    """What had been done can be taken back in its turn, by what the dead process stored."""
    assert yard.rows() == (BEFORE if done else AFTER)
    latest = yard.jobs()[0]
    assert latest.status.final
    if done:
        assert (latest.undoes, str(latest.status)) == (job, "completed")
        yard.entrepot().undo(latest.id)
        assert yard.rows() == AFTER
        yard.entrepot().undo(job)
    else:
        yard.entrepot().undo(job)
    assert yard.rows() == BEFORE


def test_a_paused_undo_that_wakes_when_its_work_was_done_and_taken_back_changes_nothing(yard: Yard) -> None:
    """The rows are as the import left them again, so only the mark says that somebody had been quicker."""
    job = imported(yard)
    process = started(yard.folder, 3, signal.SIGSTOP, ["undo", job, "--yes", "--db", yard.place.url])
    os.waitpid(process.pid, os.WUNTRACED)
    yard.entrepot().undo(yard.entrepot().undo(job).job)
    process.send_signal(signal.SIGCONT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == ChangedError.exit_code, said.decode()
    assert "was taken back" in said.decode()
    assert yard.rows() == AFTER


class Beside:
    """Somebody else's work, begun in the middle of ours; what came of it."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.results: list[object] = []
        self.thread = threading.Thread(target=lambda: self.results.append(work()))

    @property
    def result(self) -> object:
        self.thread.join()
        return self.results[0]


def test_of_two_undos_at_once_one_happens_and_the_other_finds_nothing_to_do(yard: Yard) -> None:
    job = imported(yard)
    other = Beside(lambda: yard.entrepot().undo(job))
    receipt = yard.entrepot(Watching(Comparing=other.thread.start)).undo(job)
    second = other.result
    assert (receipt.deleted, receipt.restored, receipt.undone_by) == (1, 2, None)
    assert isinstance(second, UndoReceipt)
    assert (second.changes, second.already, second.undone_by) == (0, 3, receipt.job)
    assert yard.rows() == BEFORE


def test_an_undo_and_an_import_of_the_same_rows_at_once_come_one_after_the_other(yard: Yard) -> None:
    job = imported(yard)
    newer = yard.folder / "newer.csv"
    newer.write_text("id,name\n1,Annie\n2,Bobbie\n", encoding="utf-8")
    wanted = ImportRequest(entity="people", mode=UPSERT.mode)
    other = Beside(lambda: yard.entrepot().bring_in(newer, wanted))
    receipt = yard.entrepot(Watching(Comparing=other.thread.start)).undo(job)
    assert isinstance(other.result, ImportReceipt)
    assert (receipt.deleted, receipt.restored + receipt.edited) == (1, 2)
    assert yard.rows() == [(1, "Annie", 30), (2, "Bobbie", 40), (3, "Cy", 50)]


PETS = "CREATE TABLE pets (id integer PRIMARY KEY, owner integer NOT NULL REFERENCES people (id))"


@pytest.mark.parametrize("yard", [CASES[0]], indirect=True)
def test_a_kill_during_the_undo_of_two_tables_leaves_both_or_none(yard: Yard) -> None:
    """Each has a journal of its own, and one mark says of both whether they count."""
    yard.place.execute(PETS)

    pets = yard.folder / "pets.csv"
    pets.write_text("id,owner\n1,4\n2,1\n", encoding="utf-8")

    def together() -> str:
        return yard.entrepot().bring_in([pets, yard.file], BundleRequest(each=replace(UPSERT, entity=""))).job

    def rows() -> tuple[object, ...]:
        return yard.rows(), list(yard.place.rows("SELECT id, owner FROM pets ORDER BY id"))

    job = together()
    steps = killed(yard, 0, "undo", job, "--yes")
    assert steps is not None
    assert rows() == (BEFORE, [])
    seen = set()
    for fatal in around_the_commit(steps)[1:]:
        job = together()
        assert killed(yard, fatal, "undo", job, "--yes") is None
        done = rows() == (BEFORE, [])
        assert done or rows() == (AFTER, [(1, 4), (2, 1)])
        seen.add(done)
        if done:
            yard.entrepot().undo(yard.jobs()[0].id)
            assert rows() == (AFTER, [(1, 4), (2, 1)])
        yard.entrepot().undo(job)
        assert rows() == (BEFORE, [])
    assert seen == {True, False}
