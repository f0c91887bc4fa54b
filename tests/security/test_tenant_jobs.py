"""What is known of jobs by whoever is bound to a tenant of one database: nothing of those of others."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from acceptance.work import BY_HAND
from entrepot import Entrepot, ExportOptions
from entrepot.access.permissions import LOCAL, Principal, Role
from entrepot.bystanders import SystemClock
from entrepot.jobs.orders.asking import again, as_asked
from entrepot.model.errors import InputError
from entrepot.model.orders import DEFAULT_QUEUE
from entrepot.model.records import JobRecord
from entrepot.model.selection import Selection
from entrepot.state import open_state

EVE, BOB = (Principal(name=name, role=Role.ORG_ADMIN, tenant="1") for name in ("eve", "bob"))
TABLES = """
CREATE TABLE tenants (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO tenants VALUES (1, 'acme'), (2, 'north');
CREATE TABLE users (id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL REFERENCES tenants (id), name TEXT);
"""


@dataclass(frozen=True)
class Two:
    """Databases with records of one installation."""

    home: Path

    def service(self, db: str, principal: Principal = LOCAL) -> Entrepot:
        state = {"ENTREPOT_STATE": str(self.home / "state")}
        return Entrepot(db, config=self.home / "entrepot.toml", environment=state, principal=principal)

    def job(self, db: str, principal: Principal = LOCAL, tenant: str | None = None) -> JobRecord:
        asked = Selection(entities=("users",), tenant=tenant)
        options = ExportOptions(format="csv")
        return self.service(db, principal).submit_export(selection=asked, options=options, manner=BY_HAND)


@pytest.fixture
def two(tmp_path: Path) -> Two:
    names = ("shop", "crm")
    for name in names:
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as connection:
            connection.executescript(TABLES)
    databases = "".join(f'[databases.{name}]\nurl = "sqlite:///{name}.db"\n' for name in names)
    (tmp_path / "entrepot.toml").write_text(f'{databases}[tenancy]\nroot = "tenants"\n')
    return Two(tmp_path)


def test_a_key_is_another_tenant_in_another_database(two: Two) -> None:
    strangers, eve = two.job("shop", BOB), two.service("crm", EVE)
    assert eve.jobs() == ()
    for ask in (eve.job, eve.cancel_job, eve.retry_job, eve.job_events):
        with pytest.raises(InputError) as caught:
            ask(strangers.id)
        assert caught.value.code == "unknown_job"
    with pytest.raises(InputError, match=strangers.id):
        eve.download(strangers.id, to=two.home / "out")
    assert {line.principal for line in eve.audit()} == {"eve"}
    assert [job.id for job in two.service("shop", EVE).jobs()] == [strangers.id]
    assert "bob" in {line.principal for line in two.service("shop", EVE).audit()}


def test_a_name_that_somebody_else_gave_is_no_key(two: Two) -> None:
    two.job("shop", tenant="1")
    assert two.service("shop", EVE).jobs() == ()


def test_the_own_jobs_are_found_behind_any_number_of_others(two: Two) -> None:
    own = two.job("shop", EVE)
    for tenant in (None, "1", "1"):
        two.job("shop", tenant=tenant)
    assert [job.id for job in two.service("shop", EVE).jobs(1)] == [own.id]


def test_a_retry_has_the_rights_of_whoever_asks_and_never_more_than_the_first_had(two: Two) -> None:
    first = two.job("shop", BOB)
    two.service("shop", BOB).cancel_job(first.id)
    with open_state(two.home / "state", SystemClock()) as state:
        fresh = [again(state, first.id, as_asked(who), DEFAULT_QUEUE) for who in (EVE, LOCAL)]
        found = [state.ledger.orders.get(job.id) for job in fresh]
    assert [order.principal["name"] for order in found] == ["eve", "bob"]
    assert {(order.principal["role"], order.tenant) for order in found} == {("org_admin", "1")}
