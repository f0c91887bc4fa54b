"""Several tenants share the workers: none has more jobs at work than `[work]` says, and none waits for another."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest

from acceptance.work import BY_HAND
from entrepot import Entrepot, ExportOptions
from entrepot.bystanders import SystemClock
from entrepot.jobs.worker.claims import Claims
from entrepot.jobs.worker.running import Attempt
from entrepot.model.errors import InputError
from entrepot.model.limits import Limits
from entrepot.model.orders import DEFAULT_QUEUE
from entrepot.model.records import JobRecord, Status
from entrepot.model.selection import Selection
from entrepot.state import State, open_state
from entrepot.workers import run_worker

SHOP = """
CREATE TABLE tenants (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE users (id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL REFERENCES tenants (id), name TEXT);
INSERT INTO tenants VALUES (1, 'one'), (2, 'two'), (3, 'three');
INSERT INTO users SELECT t.id * 10, t.id, 'ann' FROM tenants t;
"""
PATIENCE = 60.0


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("app", "crm"):
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as connection:
            connection.executescript(SHOP)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENTREPOT_STATE", str(tmp_path / "state"))
    return tmp_path


def limited(home: Path, *limits: str) -> None:
    databases = "".join(f'[databases.{name}]\nurl = "sqlite:///{name}.db"\n' for name in ("app", "crm"))
    work = "\n".join(("[work]", *limits))
    (home / "entrepot.toml").write_text(f'{databases}[tenancy]\nroot = "tenants"\n{work}\n')


def submitted(tenant: int | None, database: str = "app") -> JobRecord:
    wanted = Selection(entities=("users",), tenant=None if tenant is None else str(tenant))
    return Entrepot(database).submit_export(selection=wanted, options=ExportOptions(format="csv"), manner=BY_HAND)


class Crowd:
    """Jobs that work until `together` of them do, so that those that may run at once do."""

    def __init__(self, together: int) -> None:
        self.most: Counter[object] = Counter()
        self.order: list[str | None] = []
        self._now: Counter[object] = Counter()
        self._lock = threading.Lock()
        self._enough = threading.Event()
        self._together = together

    def settled(self, attempt: Attempt) -> bool:
        return False

    def carry_out(self, attempt: Attempt) -> None:
        kept = ("all", attempt.job.database, (attempt.job.database, attempt.order.tenant))
        with self._lock:
            self.order.append(attempt.order.tenant)
            self._now.update(kept)
            self.most |= self._now
            if self._now["all"] >= self._together:
                self._enough.set()
        assert self._enough.wait(PATIENCE)
        with self._lock:
            self._now.subtract(kept)
        attempt.state.ledger.jobs.finish(attempt.job, Status.COMPLETED)

    def work(self) -> None:
        with mock.patch("entrepot.workers.Works", return_value=self):
            run_worker(None, 8, 0.0, lambda stop: None)


def test_no_tenant_has_more_than_its_share_and_none_waits_behind_another(home: Path) -> None:
    limited(home, "per_tenant = 1", "per_database = 20")
    jobs = [submitted(tenant) for tenant in (1, 1, 1, 2, 2, 3, None, None)]
    crowd = Crowd(together=5)
    crowd.work()
    assert all(Entrepot("app").job(job.id).job.status is Status.COMPLETED for job in jobs)
    assert sorted(map(str, crowd.order[:5])) == ["1", "2", "3", "None", "None"]
    database = jobs[0].database
    assert [crowd.most[database, tenant] for tenant in ("1", "2", "3", None)] == [1, 1, 1, 2]


def test_no_database_has_more_than_four_at_work_if_nothing_else_is_said(home: Path) -> None:
    limited(home)
    jobs = [submitted(1) for _ in range(6)] + [submitted(1, "crm")]
    crowd = Crowd(together=5)
    crowd.work()
    assert len(crowd.order) == 7
    assert [crowd.most[jobs[at].database] for at in (0, -1)] == [4, 1]


def test_workers_count_what_the_others_have_and_not_what_dead_ones_had(home: Path) -> None:
    limited(home)
    first, second, others = submitted(1), submitted(1), submitted(2)
    with open_state(home / "state", SystemClock()) as state:
        with state.owning() as gone:
            assert taken(state, gone, 1) == [first.id]
            with state.owning() as mine:
                assert taken(state, mine) == [others.id]
        with state.owning() as mine:
            assert sorted(taken(state, mine)) == sorted([first.id, others.id])
        assert Entrepot("app").job(second.id).job.owner == ""


def taken(state: State, owner: str, most: int = 8) -> list[str]:
    claims = Claims(state=state, owner=owner, queues=(DEFAULT_QUEUE,), limits=Limits(per_tenant=1))
    return [running.job.id for running in claims.take(most, ())]


@pytest.mark.parametrize("name", ["at_once", "per_database", "per_tenant"])
def test_limits_that_nothing_could_ever_begin_under_are_refused(home: Path, name: str) -> None:
    limited(home, f"{name} = 0")
    with pytest.raises(InputError, match=rf"work\.{name} is 0") as caught:
        Entrepot("app").jobs()
    assert caught.value.code == "no_work_at_all"


def test_a_lease_of_no_time_is_refused(home: Path) -> None:
    limited(home, "lease = 0")
    with pytest.raises(InputError, match=r"work\.lease is 0") as caught:
        Entrepot("app").jobs()
    assert caught.value.code == "too_short_a_lease"
