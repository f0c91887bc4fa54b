"""Jobs that are held: nobody does them before somebody says so, and what was seen of them is what happens."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from acceptance.work import drained, environment_of, facts, service
from entrepot import BundleRequest, Entrepot, ExportOptions, ImportRequest, Mode
from entrepot.access.permissions import Principal, Role
from entrepot.bystanders import SystemClock
from entrepot.jobs.resuming import is_in_batches
from entrepot.ledger.events import Events
from entrepot.ledger.jobs import Jobs
from entrepot.model.drafts import Errors
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.mirrors import Mirror
from entrepot.model.orders import WhyWaiting
from entrepot.model.records import Status
from entrepot.state import open_state
from entrepot.use_cases.submissions import Manner

TENANTS = """
CREATE TABLE orgs (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE members (id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES orgs, name TEXT NOT NULL);
INSERT INTO orgs VALUES (1, 'acme'), (2, 'other');
INSERT INTO members VALUES (1, 1, 'Ann'), (2, 2, 'Secret of other');
"""
CSV = ExportOptions(format="csv")
HELD, BY_HAND = Manner(held=True), Manner(wake=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO users VALUES (1, 'Ann');"
        )
    (tmp_path / "users.csv").write_text("id,name\n1,Anna\n2,Ben\n")

    def wake(*_: object) -> bool:
        return True

    monkeypatch.setattr("entrepot.use_cases.inquiries.wake", wake)
    return tmp_path


def names(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "app.db")) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM users ORDER BY id")]


def change(home: Path, sql: str) -> None:
    with closing(sqlite3.connect(home / "app.db")) as connection:
        connection.executescript(sql)


def held_import(home: Path, shop: Entrepot) -> str:
    each = ImportRequest(entity="", mode=Mode.UPSERT)
    return shop.submit_import([home / "users.csv"], BundleRequest(each=each), manner=HELD).id


def test_a_held_job_waits_until_it_is_started_and_then_runs_once(home: Path) -> None:
    shop = service(home)
    job = shop.submit_export("users", options=CSV, manner=HELD)
    drained(home)  # a worker that has nothing to do goes, although it is there
    view = shop.job(job.id)
    assert (view.job.status, view.waiting and view.waiting.why) == (Status.PENDING, WhyWaiting.HELD)
    shop.start_job(job.id)
    shop.start_job(job.id)
    drained(home)
    assert shop.job(job.id).job.status is Status.COMPLETED
    assert shop.start_job(job.id).status is Status.COMPLETED
    assert [event.kind for event in shop.job_events(job.id)].count("started") == 1


def test_no_measure_of_queues_counts_what_is_held(home: Path) -> None:
    shop = service(home)
    shop.submit_export("users", options=CSV, manner=HELD)
    with open_state(home / "state", SystemClock()) as state:
        assert state.ledger.measures.now().queues == ()


def test_a_held_job_that_was_cancelled_is_never_begun(home: Path) -> None:
    shop = service(home)
    job = shop.submit_export("users", options=CSV, manner=HELD)
    assert shop.cancel_job(job.id).status is Status.CANCELLED
    assert shop.start_job(job.id).status is Status.CANCELLED
    drained(home)
    assert shop.job(job.id).job.status is Status.CANCELLED
    again = shop.retry_job(job.id)
    drained(home)
    assert shop.job(again.id).job.status is Status.COMPLETED


def test_a_held_job_is_given_its_queue_when_it_is_started(home: Path) -> None:
    with pytest.raises(InputError) as caught:
        service(home).submit_export("users", options=CSV, manner=replace(HELD, queue="default"))
    assert caught.value.code == "held_in_queue"


def test_a_held_job_that_is_done_again_goes_where_the_rules_say(home: Path) -> None:
    rules = '[[work.rules]]\nkind = "export"\nqueue = "night"\n'
    (home / "entrepot.toml").write_text(f'[work]\nqueues = ["night"]\n{rules}')
    shop = Entrepot(f"sqlite:///{home / 'app.db'}", config=home / "entrepot.toml", environment=environment_of(home))
    job = shop.submit_export("users", options=CSV, manner=HELD)
    shop.cancel_job(job.id)
    order = shop.job(shop.retry_job(job.id).id).order
    assert order is not None
    assert order.queue == "night"


def test_a_key_of_what_is_held_stands_for_nothing_that_is_done_at_once(home: Path) -> None:
    """Whoever asked for that would wait for ever."""
    shop = service(home)
    job = shop.submit_export("users", options=CSV, manner=replace(HELD, key="k")).id
    with pytest.raises(ChangedError) as caught:
        shop.submit_export("users", options=CSV, manner=replace(BY_HAND, key="k"))
    assert caught.value.code == "key_used"
    shop.start_job(job)
    assert shop.submit_export("users", options=CSV, manner=replace(HELD, key="k")).id == job


def test_whoever_dies_while_a_held_job_is_cancelled_leaves_it_to_the_next(home: Path) -> None:
    shop = service(home)
    job = shop.submit_export("users", options=CSV, manner=HELD).id
    with mock.patch.object(Jobs, "finish", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        shop.cancel_job(job)
    drained(home)
    assert shop.cancel_job(job).status is Status.CANCELLED


def test_what_was_seen_is_what_a_held_import_does(home: Path) -> None:
    shop = service(home)
    job = held_import(home, shop)
    (home / "users.csv").write_text("id,name\n3,Somebody else\n")
    look = shop.look_at_job(job, manner=BY_HAND)
    with pytest.raises(ChangedError) as caught:
        shop.start_job(job)
    assert caught.value.code == "still_looking"
    drained(home)
    seen = facts(shop.job(look.id).job.receipt)
    assert seen["counts"] == {"created": 1, "updated": 1, "unchanged": 0, "skipped": 0, "failed": 0}
    assert (names(home), shop.job(job).job.status) == (["Ann"], Status.PENDING)
    assert shop.start_job(job).plan_id == seen["plan"]
    drained(home)
    assert (names(home), shop.job(job).job.status) == (["Anna", "Ben"], Status.COMPLETED)
    with open_state(home / "state", SystemClock()) as state:
        assert [each for each in state.ledger.artifacts.known() if each.startswith("given")] == []
    assert shop.undo(job).deleted == 1


def test_a_held_import_is_looked_at_anew_as_often_as_somebody_wants(home: Path) -> None:
    shop = service(home)
    job = held_import(home, shop)
    shop.look_at_job(job, manner=BY_HAND)
    drained(home)
    change(home, "INSERT INTO users VALUES (2, 'Bea')")
    shop.look_at_job(job, manner=BY_HAND)
    drained(home)
    shop.start_job(job)
    drained(home)
    assert names(home) == ["Anna", "Ben"]
    assert facts(shop.job(job).job.receipt)["counts"]["updated"] == 2  # type: ignore[index]


def test_what_has_become_something_else_since_the_look_does_not_happen(home: Path) -> None:
    shop = service(home)
    job = held_import(home, shop)
    shop.look_at_job(job, manner=BY_HAND)
    drained(home)
    change(home, "UPDATE users SET name = 'Anne' WHERE id = 1")
    shop.start_job(job)
    drained(home)
    ended = shop.job(job).job
    assert (ended.status, facts(ended.error)["code"], names(home)) == (Status.FAILED, "plan_drifted", ["Anne"])


@pytest.mark.parametrize("one", [True, False], ids=["one table", "several"])
def test_a_mirror_that_was_looked_at_deletes_what_was_confirmed(home: Path, one: bool) -> None:
    """If somebody said it when submitting."""
    change(home, "INSERT INTO users VALUES (3, 'Cem')")
    shop, file = service(home), home / "users.csv"
    each = ImportRequest(entity="users" if one else "", mode=Mode.MIRROR, mirror=Mirror(confirmed=1, most="60%"))
    request = each if one else BundleRequest(each=each)
    job = shop.submit_import(file if one else [file], request, manner=HELD).id
    shop.look_at_job(job, manner=BY_HAND)
    drained(home)
    shop.start_job(job)
    drained(home)
    assert (shop.job(job).job.error, names(home)) == (None, ["Anna", "Ben"])


def test_a_held_import_is_known_to_be_in_batches_when_its_plan_is_gone(home: Path) -> None:
    shop, file = service(home), home / "users.csv"
    asked = ImportRequest(entity="users", mode=Mode.UPSERT, errors=Errors.SKIP, batch_size=1)
    job = shop.submit_import(file, asked, manner=HELD).id
    shop.look_at_job(job, manner=BY_HAND)
    drained(home)
    shop.start_job(job)
    drained(home)
    with closing(sqlite3.connect(home / "state" / "ledger.db")) as connection:
        connection.executescript("DELETE FROM plans; DELETE FROM drafts;")
    with open_state(home / "state", SystemClock()) as state:
        assert is_in_batches(state, state.ledger.jobs.get(job))


def test_what_an_admin_looks_at_for_somebody_bound_to_a_tenant_is_what_they_may_see(home: Path) -> None:
    change(home, TENANTS)
    (home / "entrepot.toml").write_text('[tenancy]\nroot = "orgs"\n')
    (home / "members.csv").write_text("id,org_id,name\n1,1,Anna\n2,1,Taken\n")
    shop = Entrepot(f"sqlite:///{home / 'app.db'}", config=home / "entrepot.toml", environment=environment_of(home))
    bound = shop.on_behalf_of(Principal(name="olga", role=Role.ORG_ADMIN, tenant="1"))
    asked = ImportRequest(entity="members", mode=Mode.UPSERT)
    job = bound.submit_import(home / "members.csv", asked, manner=HELD).id
    looks = [each.look_at_job(job, manner=BY_HAND).id for each in (bound, shop)]
    drained(home)
    own, of_admin = (facts(bound.job(look).job.receipt)["counts"] for look in looks)
    assert own == of_admin
    shop.start_job(job)
    drained(home)
    assert facts(shop.job(job).job.error)["code"] == "records_failed"


def test_an_apply_that_is_held_was_looked_at_before(home: Path) -> None:
    shop = service(home)
    plan = shop.preview(home / "users.csv", ImportRequest(entity="users", mode=Mode.UPSERT)).plan_id
    job = shop.submit_apply(plan, manner=HELD).id
    with pytest.raises(ChangedError) as caught:
        shop.look_at_job(job, manner=BY_HAND)
    assert caught.value.code == "not_held"
    shop.start_job(job)
    drained(home)
    assert names(home) == ["Anna", "Ben"]


def test_what_was_looked_at_is_not_started_without_what_the_look_says(home: Path) -> None:
    """The last one was cancelled; one before it was ready."""
    shop = service(home)
    job = held_import(home, shop)
    shop.look_at_job(job, manner=BY_HAND)
    drained(home)
    shop.cancel_job(shop.look_at_job(job, manner=BY_HAND).id)
    with pytest.raises(ChangedError) as caught:
        shop.start_job(job)
    drained(home)
    assert (caught.value.code, names(home), shop.job(job).job.status) == ("look_again", ["Ann"], Status.PENDING)


def test_what_no_look_could_read_fails_as_the_look_did(home: Path) -> None:
    (home / "users.csv").write_text("")
    shop = service(home)
    job = held_import(home, shop)
    look = shop.look_at_job(job, manner=BY_HAND)
    drained(home)
    shop.start_job(job)
    drained(home)
    ended = [shop.job(each).job for each in (look.id, job)]
    assert [each.status for each in ended] == [Status.FAILED] * 2
    assert facts(ended[0].error)["code"] == facts(ended[1].error)["code"]


def test_a_held_import_can_be_started_without_a_look(home: Path) -> None:
    shop = service(home)
    job = held_import(home, shop)
    shop.start_job(job)
    drained(home)
    assert (names(home), shop.job(job).job.status) == (["Anna", "Ben"], Status.COMPLETED)


def test_only_an_import_that_waits_can_be_looked_at(home: Path) -> None:
    shop = service(home)
    started = held_import(home, shop)
    shop.start_job(started)
    for job in (started, shop.submit_export("users", options=CSV, manner=HELD).id):
        with pytest.raises(ChangedError) as caught:
            shop.look_at_job(job, manner=BY_HAND)
        assert caught.value.code == "not_held"


def test_a_worker_that_listens_to_named_queues_leaves_held_jobs_too(home: Path) -> None:
    shop = service(home)
    job = shop.submit_export("users", options=CSV, manner=replace(HELD, priority=-1)).id
    with open_state(home / "state", SystemClock()) as state:
        assert state.ledger.orders.due(None, 5) == state.ledger.orders.due(("default",), 5) == ()
        assert state.ledger.orders.open_in(None) == 0
        shop.start_job(job)
        assert [due.job.id for due in state.ledger.orders.due(None, 5)] == [job]


def test_a_look_that_nobody_could_note_down_changes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process died behind its submission."""
    shop = service(home)
    job = held_import(home, shop)

    def died(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as dying, pytest.raises(SystemExit):
        dying.setattr(Events, "add", died)
        shop.look_at_job(job, manner=BY_HAND)
    drained(home)
    assert (names(home), shop.job(job).look) == (["Ann"], None)
    shop.start_job(job)
    drained(home)
    assert (names(home), shop.job(job).job.status) == (["Anna", "Ben"], Status.COMPLETED)


def test_a_look_may_be_forgotten_sooner_than_the_import(home: Path) -> None:
    shop = service(home)
    job = held_import(home, shop)
    look = shop.look_at_job(job, manner=BY_HAND)
    with closing(sqlite3.connect(home / "state" / "ledger.db")) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM jobs WHERE id = ?", (look.id,))
        connection.commit()
    assert shop.job(job).look is None
    with pytest.raises(ChangedError, match="forgotten"):
        shop.start_job(job)
