"""Imports, copies and undos that a worker carries out are what they would have been at once, and happen once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest

from acceptance.work import BY_HAND, drained, facts, service
from entrepot import Entrepot, ImportRequest
from entrepot.access.permissions import LOCAL
from entrepot.bystanders import SystemClock
from entrepot.databases.sqlite.change import SqliteTarget
from entrepot.jobs.orders.asking import again, as_asked
from entrepot.jobs.worker.loop import Loop
from entrepot.jobs.worker.running import Why
from entrepot.model.bundles import BundleRequest
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import AccessError, ChangedError, InputError
from entrepot.model.orders import DEFAULT_QUEUE
from entrepot.model.records import JobRecord, Status
from entrepot.state import open_state

PEOPLE = ImportRequest(entity="users")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO users VALUES (1, 'Ada');"
        )
    (tmp_path / "people.csv").write_text("id,name\n2,Bob\n3,Cid\n")
    return tmp_path


@pytest.fixture
def shop(home: Path) -> Entrepot:
    return service(home)


def names(home: Path, db: str = "app.db") -> list[str]:
    with closing(sqlite3.connect(home / db)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM users ORDER BY id")]


def over(shop: Entrepot, home: Path, job: JobRecord) -> JobRecord:
    drained(home)
    return shop.job(job.id).job


def test_a_file_is_brought_in_as_it_was_when_it_was_given(home: Path, shop: Entrepot) -> None:
    job = shop.submit_import(home / "people.csv", PEOPLE, manner=BY_HAND)
    (home / "people.csv").unlink()
    done = over(shop, home, job)
    assert (done.status, done.kind, facts(done.receipt)["job"]) == (Status.COMPLETED, "import", job.id)
    assert names(home) == ["Ada", "Bob", "Cid"]


def test_a_look_ends_ready_and_its_plan_is_carried_out_by_another_job(home: Path, shop: Entrepot) -> None:
    look = over(shop, home, shop.submit_import(home / "people.csv", PEOPLE, look=True, manner=BY_HAND))
    assert (look.status, names(home)) == (Status.READY, ["Ada"])
    plan = str(facts(look.receipt)["plan"])
    done = over(shop, home, shop.submit_apply(plan, manner=BY_HAND))
    assert (done.status, done.plan_id) == (Status.COMPLETED, plan)
    again = over(shop, home, shop.submit_apply(plan, manner=BY_HAND))
    assert (again.status, facts(again.error)["code"]) == (Status.FAILED, "already_applied")
    assert names(home) == ["Ada", "Bob", "Cid"]


def test_what_a_job_brought_in_is_taken_back_by_another_one(home: Path, shop: Entrepot) -> None:
    done = over(shop, home, shop.submit_import(home / "people.csv", PEOPLE, manner=BY_HAND))
    undone = over(shop, home, shop.submit_undo(done.id, manner=BY_HAND))
    assert (undone.status, undone.undoes) == (Status.COMPLETED, done.id)
    assert names(home) == ["Ada"]
    shop.undo(undone.id)
    assert names(home) == ["Ada", "Bob", "Cid"]


def test_what_an_undo_waits_for_is_kept_as_long_as_it_waits(
    home: Path, shop: Entrepot, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = over(shop, home, shop.submit_import(home / "people.csv", PEOPLE, manner=BY_HAND))
    undo = shop.submit_undo(done.id, manner=BY_HAND)
    pass_by(monkeypatch, 91)
    shop.cleanup()
    assert over(shop, home, undo).status is Status.COMPLETED
    assert names(home) == ["Ada"]


def test_files_that_came_with_an_import_are_kept_as_long_as_it_waits(
    home: Path, shop: Entrepot, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = shop.submit_import(home / "people.csv", PEOPLE, manner=BY_HAND)
    left = shop.submit_import(home / "people.csv", PEOPLE, manner=BY_HAND)
    shop.cancel_job(left.id)
    pass_by(monkeypatch, 32)
    assert shop.cleanup().count == 1, "nobody waits for those of the other one"
    assert over(shop, home, job).status is Status.COMPLETED


def test_what_an_undo_waits_for_is_kept_if_it_is_tried_anew(
    home: Path, shop: Entrepot, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = over(shop, home, shop.submit_import(home / "people.csv", PEOPLE, manner=BY_HAND))
    given_up = shop.cancel_job(shop.submit_undo(done.id, manner=BY_HAND).id)
    again = shop.retry_job(given_up.id)
    pass_by(monkeypatch, 91)
    shop.cleanup()
    assert over(shop, home, again).status is Status.COMPLETED
    assert names(home) == ["Ada"]


def test_a_plan_that_waits_to_be_carried_out_is_kept_and_told_to_be_over(
    home: Path, shop: Entrepot, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = shop.preview(home / "people.csv", PEOPLE).plan_id or ""
    apply = shop.submit_apply(plan, manner=BY_HAND)
    state = shop.plan(plan).state
    assert state is not None
    assert state.job is None, "nobody has begun"
    pass_by(monkeypatch, 32)
    shop.cleanup()
    assert facts(over(shop, home, apply).error)["code"] == "plan_expired"


def pass_by(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    def later(_clock: SystemClock) -> datetime:
        return datetime.now(UTC) + timedelta(days=days)

    monkeypatch.setattr(SystemClock, "now", later)


def test_rows_are_copied_from_another_database(home: Path, shop: Entrepot) -> None:
    with closing(sqlite3.connect(home / "other.db")) as connection:
        connection.executescript(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO users VALUES (9, 'Zoe');"
        )
    source = f"sqlite:///{home / 'other.db'}"
    done = over(shop, home, shop.submit_copy("users", source=source, manner=BY_HAND))
    assert (done.status, done.kind) == (Status.COMPLETED, "import")
    assert names(home) == ["Ada", "Zoe"]


def test_several_files_come_in_together(home: Path, shop: Entrepot) -> None:
    (home / "more.csv").write_text("id,name\n4,Dan\n")
    with closing(sqlite3.connect(home / "app.db")) as connection:
        connection.executescript("CREATE TABLE more (id INTEGER PRIMARY KEY, name TEXT)")
    asked = BundleRequest(into={"people.csv": "users"})
    done = over(shop, home, shop.submit_import([home / "people.csv", home / "more.csv"], asked, manner=BY_HAND))
    assert (done.status, done.entity) == (Status.COMPLETED, "users, more")
    assert names(home) == ["Ada", "Bob", "Cid"]


def test_a_job_fails_as_the_import_would_and_writes_nothing(home: Path, shop: Entrepot) -> None:
    (home / "people.csv").write_text("id,name\n2,Bob\n1,Eve\n")
    failed = over(shop, home, shop.submit_import(home / "people.csv", PEOPLE, manner=BY_HAND))
    with pytest.raises(InputError) as caught:
        shop.bring_in(home / "people.csv", PEOPLE)
    assert (failed.status, facts(failed.error)["code"]) == (Status.FAILED, caught.value.code)
    assert names(home) == ["Ada"]
    partly = replace(PEOPLE, errors=Errors.SKIP)
    assert over(shop, home, shop.submit_import(home / "people.csv", partly, manner=BY_HAND)).status is Status.PARTIAL
    assert names(home) == ["Ada", "Bob"]


def test_a_receipt_beside_a_file_is_heeded_wherever_the_file_is_by_then(home: Path, shop: Entrepot) -> None:
    shop.export("users", to=home / "out" / "users.csv")
    (home / "out" / "users.csv").write_text("id,name\n")
    upsert = replace(PEOPLE, mode=Mode.UPSERT)
    failed = over(shop, home, shop.submit_import(home / "out" / "users.csv", upsert, manner=BY_HAND))
    assert failed.status is Status.FAILED
    assert "receipt" in str(facts(failed.error)["problems"]) + str(facts(failed.error)["message"])


def test_the_same_key_with_the_same_file_is_the_same_job(home: Path, shop: Entrepot) -> None:
    once = replace(BY_HAND, key="monday")
    first = shop.submit_import(home / "people.csv", PEOPLE, manner=once)
    kept = len(list((home / "state" / "artifacts").iterdir()))
    assert shop.submit_import(home / "people.csv", PEOPLE, manner=once).id == first.id
    assert len(list((home / "state" / "artifacts").iterdir())) == kept
    (home / "people.csv").write_text("id,name\n7,Gil\n")
    with pytest.raises(ChangedError) as caught:
        shop.submit_import(home / "people.csv", PEOPLE, manner=once)
    assert caught.value.code == "key_used"
    assert len(list((home / "state" / "artifacts").iterdir())) == kept


def test_what_is_wrong_with_an_import_is_told_before_it_is_submitted(home: Path, shop: Entrepot) -> None:
    with pytest.raises(InputError, match="usres"):
        shop.submit_import(home / "people.csv", ImportRequest(entity="usres"), manner=BY_HAND)
    with pytest.raises(InputError, match=r"nobody\.csv"):
        shop.submit_import(home / "nobody.csv", PEOPLE, manner=BY_HAND)
    with pytest.raises(InputError):
        shop.submit_apply("plan_1", manner=BY_HAND)
    with pytest.raises(InputError):
        shop.submit_undo("imp_1", manner=BY_HAND)
    assert shop.jobs() == ()


def test_batches_come_in_as_a_job(home: Path, shop: Entrepot) -> None:
    (home / "people.csv").write_text("id,name\n" + "".join(f"{n},n{n}\n" for n in range(2, 9)))
    request = replace(PEOPLE, batch_size=3, errors=Errors.SKIP)
    done = over(shop, home, shop.submit_import(home / "people.csv", request, manner=BY_HAND))
    assert (done.status, len(names(home))) == (Status.COMPLETED, 8)


@pytest.mark.parametrize("late", [False, True], ids=["cancelled", "timed out"])
def test_what_stopped_behind_some_batches_is_done_again_only_once_they_were_taken_back(
    home: Path, shop: Entrepot, late: bool
) -> None:
    (home / "people.csv").write_text("id,name\n" + "".join(f"{n},n{n}\n" for n in range(2, 9)))
    request = replace(PEOPLE, batch_size=3, errors=Errors.SKIP)
    job = shop.submit_import(home / "people.csv", request, manner=replace(BY_HAND, time_limit=1000))
    rounds: list[Loop] = []
    commit = SqliteTarget.commit

    def stops_behind_the_first(target: SqliteTarget) -> None:
        commit(target)
        for running in rounds[0].at_work():
            running.stop(Why.TIMED_OUT if late else Why.CANCELLED)

    with mock.patch.object(SqliteTarget, "commit", stops_behind_the_first):
        drained(home, ready=rounds.append)
    stopped = shop.job(job.id).job
    assert (stopped.status, len(names(home))) == (Status.FAILED if late else Status.CANCELLED, 4)
    assert f"entrepot undo {job.id}" in str(facts(stopped.error)["remedy"])
    with open_state(home / "state", SystemClock()) as state:
        with pytest.raises(ChangedError) as caught:
            again(state, job.id, as_asked(LOCAL), DEFAULT_QUEUE)
        assert (caught.value.code, len(names(home))) == ("batches_stand", 4)
        undone = shop.undo(job.id)
        fresh = again(state, job.id, as_asked(LOCAL), DEFAULT_QUEUE)
        shop.undo(undone.job)
        with pytest.raises(ChangedError, match="some of them may be there"):
            again(state, job.id, as_asked(LOCAL), DEFAULT_QUEUE)
        shop.undo(job.id)
    assert (over(shop, home, fresh).status, len(names(home))) == (Status.COMPLETED, 8)


@pytest.mark.parametrize("size", [None, 3], ids=["together", "in batches"])
def test_what_stopped_long_ago_is_done_again_unless_some_of_it_may_be_there(
    home: Path, shop: Entrepot, monkeypatch: pytest.MonkeyPatch, size: int | None
) -> None:
    """Its draft was cleaned up meanwhile."""
    (home / "people.csv").write_text("id,name\n" + "".join(f"{n},n{n}\n" for n in range(2, 9)))
    request = replace(PEOPLE, batch_size=size, errors=Errors.SKIP if size else PEOPLE.errors)
    job = shop.submit_import(home / "people.csv", request, manner=BY_HAND)
    rounds: list[Loop] = []
    commit = SqliteTarget.commit

    def stops(target: SqliteTarget) -> None:
        """Behind the first batch, or before all of it stands."""
        if size:
            commit(target)
        for running in rounds[0].at_work():
            running.stop(Why.CANCELLED)
            running.switch.check()

    with mock.patch.object(SqliteTarget, "commit", stops):
        drained(home, ready=rounds.append)
    assert shop.job(job.id).job.status is Status.CANCELLED
    pass_by(monkeypatch, 200)
    shop.cleanup()
    if size is None:
        assert shop.retry_job(job.id).status is Status.PENDING
    else:
        with pytest.raises(ChangedError, match="some of them may be there"):
            shop.retry_job(job.id)


def test_direct_work_leaves_submitted_jobs_alone(home: Path, shop: Entrepot) -> None:
    job = shop.submit_import(home / "people.csv", PEOPLE, manner=BY_HAND)
    (home / "own.csv").write_text("id,name\n5,Eve\n")
    shop.bring_in(home / "own.csv", PEOPLE)
    assert shop.job(job.id).job.status is Status.PENDING
    assert over(shop, home, job).status is Status.COMPLETED


def test_another_database_behind_the_same_name_is_not_written_to(home: Path) -> None:
    (home / "entrepot.toml").write_text('[databases.main]\nurl = "sqlite:///app.db"\n')
    environment = {"ENTREPOT_STATE": str(home / "state")}
    shop = Entrepot("main", config=home / "entrepot.toml", environment=environment)
    job = shop.submit_import(home / "people.csv", PEOPLE, manner=BY_HAND)
    (home / "app.db").rename(home / "moved.db")
    with closing(sqlite3.connect(home / "new.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
    (home / "entrepot.toml").write_text('[databases.main]\nurl = "sqlite:///new.db"\n')
    drained(home)
    assert facts(shop.job(job.id).job.error)["code"] == "other_database"
    assert names(home, "new.db") == []


def test_a_password_in_the_address_is_not_written_down(home: Path) -> None:
    from entrepot.config.load import load_settings
    from entrepot.jobs.orders.places import place_of

    loaded = load_settings({"ENTREPOT_DB": "postgresql://a:secret@h/d"}, home)
    assert place_of(None, loaded, home).db == "env:ENTREPOT_DB"
    with pytest.raises(InputError) as caught:
        place_of("postgresql://a:secret@h/d", loaded, home)
    assert caught.value.code == "secret_in_job"
    assert "secret@" not in str(caught.value.message + caught.value.remedy)
    for user in ("a%3Asecret", "a%3a"):
        with pytest.raises(InputError):
            place_of(f"postgresql://{user}@h/d", loaded, home)
    for option in ("password", "pass%77ord", "passwd", "PASSWORD", "sslpassword", "pw%64"):
        with pytest.raises(InputError):
            place_of(f"postgresql://a@h/d?{option}=hidden", loaded, home)
    assert place_of("postgresql://a@h/d?sslmode=require", loaded, home).db == "postgresql://a@h/d?sslmode=require"
    assert place_of("sqlite:///app.db", loaded, home).db == f"sqlite:///{home / 'app.db'}"


def test_whoever_is_bound_to_a_tenant_knows_of_no_others(home: Path, shop: Entrepot) -> None:
    from acceptance.work import environment_of
    from entrepot.access.permissions import Principal, Role

    job = shop.submit_import(home / "people.csv", PEOPLE, manner=BY_HAND)
    bound = Entrepot(
        f"sqlite:///{home / 'app.db'}",
        environment=environment_of(home),
        principal=Principal(name="anna", role=Role.ORG_ADMIN, tenant="1"),
    )
    assert bound.jobs() == ()
    for ask in (bound.job, bound.cancel_job, bound.retry_job, bound.job_events):
        with pytest.raises(InputError) as caught:
            ask(job.id)
        assert caught.value.code == "unknown_job"
    with pytest.raises(AccessError):
        bound.submit_undo(job.id, manner=BY_HAND)
