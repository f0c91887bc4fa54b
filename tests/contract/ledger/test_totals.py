"""Jobs that are over are added up when they end: each once, whatever becomes of them and of whoever ends them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete

from contract.ledger.pinned import PinnedClock
from entrepot.ledger import totals
from entrepot.ledger.opening import Ledger, open_ledger
from entrepot.ledger.tables import JOBS
from entrepot.model.errors import ChangedError
from entrepot.model.orders import Wish
from entrepot.model.records import Document, JobRecord, Status
from entrepot.model.tallies import Tally

WISH = Wish(kind="export", request={}, database="d", principal={"name": "ann"}, tenant="7")
EXPORTED: Document = {"receipt": {"totals": {"rows": 5}, "files": [{"bytes": 20_000}, {"bytes": 1}]}}


def taken(ledger: Ledger) -> JobRecord:
    return ledger.jobs.take_over(ledger.orders.submit(WISH), "w")


def tallies(ledger: Ledger) -> dict[tuple[str, str, str], Tally]:
    return {(each.kind, each.status, each.code): each.tally for each in ledger.measures.now().totals}


def test_what_an_end_adds(ledger: Ledger, clock: PinnedClock) -> None:
    job = taken(ledger)
    ledger.orders.begin_attempt(job, died=False)
    ledger.orders.begin_attempt(job, died=True)
    clock.pass_by(seconds=2)
    ledger.jobs.finish(job, Status.COMPLETED, receipt=EXPORTED)
    (tally,) = tallies(ledger).values()
    assert (tally.jobs, tally.attempts, tally.deaths, tally.millis) == (1, 2, 1, 2000)
    assert (tally.rows, tally.bytes, tally.lasted.index(1), tally.sized.index(1)) == (5, 20_001, 3, 1)


def test_ends_are_told_apart_by_kind_status_and_code(ledger: Ledger) -> None:
    ledger.jobs.finish(taken(ledger), Status.FAILED, error={"code": "timed_out"})
    ledger.jobs.finish(taken(ledger), Status.FAILED, error={"code": "timed_out"})
    ledger.jobs.finish(taken(ledger), Status.CANCELLED, error={"code": "cancelled"})
    direct = ledger.jobs.begin("import", owner="w", database="d")
    ledger.jobs.finish(direct, Status.PARTIAL, receipt={"counts": {"created": 3, "updated": 1, "failed": 9}})
    looked = ledger.jobs.begin("preview", owner="w", database="d")
    ledger.jobs.finish(looked, Status.READY, receipt={"counts": {"created": 3}})
    assert {whose: (tally.jobs, tally.rows) for whose, tally in tallies(ledger).items()} == {
        ("export", "failed", "timed_out"): (2, 0),
        ("export", "cancelled", "cancelled"): (1, 0),
        ("import", "partial", ""): (1, 4),
        ("preview", "ready", ""): (1, 0),
    }


def test_a_job_that_is_forgotten_still_counts_and_none_counts_twice(ledger: Ledger) -> None:
    job = taken(ledger)
    ledger.jobs.finish(job, Status.COMPLETED, receipt=EXPORTED)
    with pytest.raises(ChangedError):
        ledger.jobs.finish(job, Status.COMPLETED, receipt=EXPORTED)
    with ledger.records.writing() as connection:
        connection.execute(delete(JOBS))
    assert [tally.jobs for tally in tallies(ledger).values()] == [1]


def test_ends_at_the_same_time_are_all_counted(ledger: Ledger) -> None:
    jobs = [taken(ledger) for _ in range(24)]

    def end(job: JobRecord) -> JobRecord:
        return ledger.jobs.finish(job, Status.COMPLETED, receipt=EXPORTED)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(end, jobs))
    assert [tally.jobs for tally in tallies(ledger).values()] == [24]


def test_codes_without_end_are_others(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "MOST", 3)
    for code in ("a", "b", "c", "d", "e", "a"):
        ledger.jobs.finish(taken(ledger), Status.FAILED, error={"code": code})
    assert {code: tally.jobs for (_, _, code), tally in tallies(ledger).items()} == {"a": 2, "b": 1, "c": 1, "other": 2}


def test_a_worker_that_dies_between_the_end_and_its_commit_has_counted_nothing(tmp_path: Path) -> None:
    clock = PinnedClock()
    with open_ledger(tmp_path, clock) as ledger:
        job = taken(ledger)
    environment = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    died = subprocess.run([sys.executable, __file__, str(tmp_path), job.id], env=environment, check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL
    with open_ledger(tmp_path, clock) as ledger:
        assert (ledger.jobs.get(job.id).status, tallies(ledger)) == (Status.PENDING, {})
        ledger.jobs.finish(ledger.jobs.take_over(job, "next"), Status.COMPLETED, receipt=EXPORTED)
        assert [tally.jobs for tally in tallies(ledger).values()] == [1]


def test_what_another_version_added_up_is_read_as_far_as_it_is_known() -> None:
    tally = totals._tally({"jobs": 4, "lasted": [1, 2], "stars": 9})
    assert (tally.jobs, sum(tally.lasted)) == (4, 0)


if __name__ == "__main__":
    written = totals._write

    def die(*given: object) -> None:
        written(*given)  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGKILL)

    totals._write = die  # type: ignore[assignment]

    class Now(PinnedClock):
        def now(self) -> datetime:
            return datetime.now(UTC)

    with open_ledger(Path(sys.argv[1]), Now()) as opened:
        opened.jobs.finish(opened.jobs.get(sys.argv[2]), Status.COMPLETED, receipt=EXPORTED)
