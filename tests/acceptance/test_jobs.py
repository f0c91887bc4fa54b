"""What is submitted is done by a worker, whoever waits for it or not; what becomes of it is on record."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

from acceptance.work import BY_HAND, drained, facts, service
from entrepot import Entrepot, ExportOptions
from entrepot.access.permissions import LOCAL
from entrepot.bystanders import SystemClock
from entrepot.jobs.orders.asking import again, as_asked, cancel
from entrepot.jobs.worker.attempts import MOST_ATTEMPTS, MOST_DEATHS
from entrepot.jobs.worker.loop import Loop
from entrepot.jobs.worker.running import Attempt
from entrepot.ledger.events import Events
from entrepot.ledger.jobs import Jobs
from entrepot.ledger.orders import Orders
from entrepot.model.errors import ChangedError, InputError, StorageError, UnavailableError
from entrepot.model.orders import DEFAULT_QUEUE, EventRecord, JobView
from entrepot.model.receipts import FileReceipt
from entrepot.model.records import JobRecord, Status
from entrepot.model.selection import Selection
from entrepot.model.whole import tell_expected
from entrepot.state import open_state
from entrepot.storage.artifacts import ArtifactStore
from entrepot.work import Works

CSV = ExportOptions(format="csv")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
        connection.executemany("INSERT INTO users VALUES (?, ?)", [(n, f"name {n}") for n in range(1, 101)])
        connection.commit()
    return tmp_path


@pytest.fixture
def shop(home: Path) -> Entrepot:
    return service(home)


def submitted(shop: Entrepot, *, to: Path | None = None, options: ExportOptions = CSV, **manner: object) -> JobRecord:
    return shop.submit_export("users", to=to, options=options, manner=replace(BY_HAND, **manner))  # type: ignore[arg-type]


def kinds(shop: Entrepot, job: str) -> list[str]:
    return [event.kind for event in shop.job_events(job)]


class Doing:
    """A kind of job that does what the test says."""

    def __init__(self, do: Callable[[Attempt], object], *, settled: bool = False) -> None:
        self.do = do
        self.attempts = 0
        self._settled = settled

    def settled(self, attempt: Attempt) -> bool:
        if self._settled:
            attempt.state.ledger.jobs.finish(attempt.job, Status.COMPLETED)
        return self._settled

    def carry_out(self, attempt: Attempt) -> None:
        self.attempts += 1
        self.do(attempt)
        attempt.finish(attempt.job, Status.COMPLETED)


def test_an_export_is_done_by_a_worker_and_downloaded(home: Path, shop: Entrepot) -> None:
    job = submitted(shop)
    assert shop.job(job.id).job.status is Status.PENDING
    drained(home)
    found = shop.job(job.id)
    assert found.job.status is Status.COMPLETED
    assert [(each.kind, each.name) for each in found.artifacts] == [
        ("export", "users.csv"),
        ("receipt", "users.csv.receipt.json"),
    ]
    assert shop.download(job.id, to=home / "out.csv") == (home / "out.csv", home / "out.csv.receipt.json")
    direct = shop.export("users", to=home / "direct.csv").path
    assert (home / "out.csv").read_bytes() == direct.read_bytes()


def test_our_own_records_are_opened_once_for_a_submission_and_not_again_for_its_job(
    home: Path, shop: Entrepot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = mock.Mock(side_effect=open_state)
    monkeypatch.setattr("entrepot.state.open_state", opening)
    job = submitted(shop)
    assert opening.call_count == 1
    drained(home)
    assert opening.call_count == 1
    assert shop.job(job.id).job.status is Status.COMPLETED


def test_of_the_files_of_a_job_all_are_kept_or_none(
    home: Path, shop: Entrepot, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, adopt = submitted(shop), ArtifactStore.adopt

    def only_the_first(store: ArtifactStore, finished: Path, kind: str, receipt: FileReceipt) -> object:
        if kind == "receipt":
            raise StorageError("file_error", "The disk does not want it.", remedy="Have it checked.")
        return adopt(store, finished, kind, receipt)

    monkeypatch.setattr(ArtifactStore, "adopt", only_the_first)
    drained(home)
    found = shop.job(job.id)
    assert (found.job.status, found.artifacts) == (Status.FAILED, ())
    with open_state(home / "state", SystemClock()) as state:
        assert state.artifacts.stored() == frozenset()


def test_an_export_is_written_where_it_was_told_to_go(home: Path, shop: Entrepot) -> None:
    job = submitted(shop, to=home / "there.csv", options=ExportOptions())
    drained(home)
    assert shop.job(job.id).artifacts == ()
    assert facts(shop.job(job.id).job.receipt)["path"] == str(home / "there.csv")
    assert not shop.inspect(home / "there.csv").problems
    with pytest.raises(InputError) as caught:
        shop.download(job.id, to=home / "again.csv")
    assert caught.value.code == "nothing_to_download"


def test_another_database_behind_the_same_variable_is_not_exported(home: Path) -> None:
    (home / "entrepot.toml").write_text('[databases.main]\nurl = "env:SHOP_URL"\n')
    (home / "other.db").write_bytes((home / "app.db").read_bytes())
    environment = {"ENTREPOT_STATE": str(home / "state"), "SHOP_URL": f"sqlite:///{home / 'app.db'}"}
    shop = Entrepot("main", config=home / "entrepot.toml", environment=environment)
    jobs = [submitted(shop), submitted(shop, to=home / "there.csv", options=ExportOptions())]
    elsewhere = {**environment, "SHOP_URL": f"sqlite:///{home / 'other.db'}"}
    drained(home, work=Works({}, elsewhere))
    for found in (shop.job(job.id) for job in jobs):
        assert (found.job.status, facts(found.job.error)["code"]) == (Status.FAILED, "other_database")
        assert found.artifacts == ()
    assert not list(home.glob("there*"))
    with open_state(home / "state", SystemClock()) as state:
        fresh = [again(state, job.id, as_asked(LOCAL), DEFAULT_QUEUE) for job in jobs]
    drained(home, work=Works({}, environment))
    assert {shop.job(job.id).job.status for job in fresh} == {Status.COMPLETED}


def test_what_is_wrong_with_a_request_is_told_before_it_is_submitted(shop: Entrepot) -> None:
    with pytest.raises(InputError, match="usres"):
        shop.submit_export("usres", options=CSV, manner=BY_HAND)
    with pytest.raises(InputError) as caught:
        shop.submit_export("users", manner=BY_HAND)
    assert caught.value.code == "no_format"
    assert shop.jobs() == ()


def test_no_passphrase_and_no_password_is_kept(home: Path, shop: Entrepot) -> None:
    with pytest.raises(InputError) as caught:
        submitted(shop, options=ExportOptions(format="csv", passphrase="open sesame"))
    assert caught.value.code == "secret_in_job"
    assert shop.jobs() == ()


def test_a_job_fails_with_the_error_that_it_would_have_had_at_once(home: Path, shop: Entrepot) -> None:
    (home / "there.csv").write_text("mine")
    job = submitted(shop, to=home / "there.csv", options=ExportOptions())
    drained(home)
    found = shop.job(job.id).job
    assert found.status is Status.FAILED
    with pytest.raises(StorageError) as caught:
        shop.export("users", to=home / "there.csv")
    assert facts(found.error)["code"] == caught.value.code
    assert facts(found.error)["exit_code"] == caught.value.exit_code
    assert (home / "there.csv").read_text() == "mine"


def test_the_same_key_is_the_same_job(home: Path, shop: Entrepot) -> None:
    first = submitted(shop, key="monthly")
    assert submitted(shop, key="monthly").id == first.id
    with pytest.raises(ChangedError) as caught:
        submitted(shop, key="monthly", options=ExportOptions(format="json"))
    assert caught.value.code == "key_used"


def test_one_that_nobody_has_begun_is_cancelled_at_once(home: Path, shop: Entrepot) -> None:
    job = submitted(shop)
    assert shop.cancel_job(job.id).status is Status.CANCELLED
    drained(home)
    assert kinds(shop, job.id) == ["submitted", "cancel_asked", "ended"]
    with pytest.raises(ChangedError) as caught:
        shop.cancel_job(job.id)
    assert caught.value.code == "job_finished"


@pytest.mark.parametrize("promised", [False, True], ids=["nothing written", "perhaps written"])
def test_one_that_waits_to_be_tried_again_is_cancelled_without_waiting(
    home: Path, shop: Entrepot, promised: bool
) -> None:
    job = submitted(shop)
    with open_state(home / "state", SystemClock()) as state, state.owning() as owner:
        mine = state.ledger.jobs.take_over(state.ledger.jobs.get(job.id), owner)
        state.ledger.orders.begin_attempt(mine, died=False)
        mine = state.ledger.jobs.promise(mine, {"path": "there"}) if promised else mine
        state.ledger.orders.put_off(mine, state.ledger.records.now() + timedelta(days=1))
        state.ledger.jobs.give_back(mine)
        ended = cancel(state, job.id)
        assert ended.status is (Status.PENDING if promised else Status.CANCELLED)
        assert state.ledger.orders.get(job.id).not_before is None
    drained(home, work=Doing(lambda attempt: None, settled=promised))
    assert shop.job(job.id).job.status is (Status.COMPLETED if promised else Status.CANCELLED)


def test_one_at_work_is_cancelled_from_outside(home: Path, shop: Entrepot) -> None:
    job = submitted(shop)

    def works_until_asked_to_stop(attempt: Attempt) -> None:
        shop.cancel_job(job.id)
        wait_for_the_switch(attempt)

    drained(home, work=Doing(works_until_asked_to_stop))
    found = shop.job(job.id).job
    assert (found.status, facts(found.error)["code"]) == (Status.CANCELLED, "cancelled")


def test_one_that_takes_too_long_is_timed_out(home: Path, shop: Entrepot) -> None:
    job = submitted(shop, time_limit=1)
    drained(home, work=Doing(wait_for_the_switch))
    found = shop.job(job.id).job
    assert (found.status, facts(found.error)["code"]) == (Status.FAILED, "timed_out")


def test_a_worker_that_goes_gives_its_jobs_back_uncounted(home: Path, shop: Entrepot) -> None:
    job = submitted(shop)
    rounds: list[Loop] = []

    def works_while_the_worker_goes(attempt: Attempt) -> None:
        rounds[0].stop()
        wait_for_the_switch(attempt)

    drained(home, work=Doing(works_while_the_worker_goes), ready=rounds.append)
    found = shop.job(job.id)
    assert (found.job.status, found.job.owner, attempts(found)) == (Status.PENDING, "", 0)
    drained(home)
    assert shop.job(job.id).job.status is Status.COMPLETED


def test_what_a_worker_that_goes_has_told_is_not_taken_back_by_the_next(home: Path, shop: Entrepot) -> None:
    job = submitted(shop)
    rounds: list[Loop] = []

    def tells_half_and_goes(attempt: Attempt) -> None:
        tell_expected(attempt.reporter, {"users": 10})
        attempt.reporter.begin("users", 10)
        attempt.reporter.advance(5, 1)
        rounds[0].stop()
        wait_for_the_switch(attempt)

    drained(home, work=Doing(tells_half_and_goes), ready=rounds.append)
    before = percent(shop.job(job.id))
    drained(home, work=Doing(lambda attempt: attempt.reporter.phase("Opening a snapshot")))
    assert 0 < before <= percent(shop.job(job.id))


def test_what_can_heal_is_tried_again(home: Path, shop: Entrepot) -> None:
    job = submitted(shop)

    def is_away_once(_attempt: Attempt) -> None:
        if work.attempts == 1:
            raise UnavailableError("server_gone", "The server is gone.")

    work = Doing(is_away_once)
    drained(home, work=work)
    assert (shop.job(job.id).job.status, work.attempts) == (Status.COMPLETED, 2)
    assert kinds(shop, job.id) == ["submitted", "again", "attempt", "ended"]


def test_what_does_not_heal_is_given_up(home: Path, shop: Entrepot) -> None:
    job = submitted(shop)

    def is_away(attempt: Attempt) -> None:
        attempt.state.ledger.orders.begin_attempt(attempt.job, died=False)
        raise UnavailableError("server_gone", "The server is gone.")

    drained(home, work=Doing(is_away), ready=lambda loop: tried(loop, job, MOST_ATTEMPTS - 1))
    assert facts(shop.job(job.id).job.error)["code"] == "server_gone"


def test_a_job_that_kills_its_workers_is_given_up(home: Path, shop: Entrepot) -> None:
    job = submitted(shop)
    drained(home, ready=lambda loop: tried(loop, job, MOST_DEATHS, died=True))
    found = shop.job(job.id).job
    assert (found.status, facts(found.error)["code"]) == (Status.FAILED, "worker_died")


def test_on_its_last_chance_a_job_runs_alone(home: Path, shop: Entrepot) -> None:
    """Whatever was at work beside a job that kills workers would be given up with it."""
    suspects = [submitted(shop) for _ in range(2)]
    others = [submitted(shop) for _ in range(3)]
    rounds: list[Loop] = []

    def looks_around(attempt: Attempt) -> None:
        if attempt.order.deaths:
            assert [each.job.id for each in rounds[0].at_work()] == [attempt.job.id]

    def begin(loop: Loop) -> None:
        rounds.append(loop)
        for suspect in suspects:
            tried(loop, suspect, MOST_DEATHS - 1, died=True)

    drained(home, work=Doing(looks_around), places=3, ready=begin)
    for job in (*suspects, *others):
        assert shop.job(job.id).job.error is None
        assert shop.job(job.id).job.status is Status.COMPLETED


def test_what_a_dead_worker_had_done_is_not_done_again(home: Path, shop: Entrepot) -> None:
    job = submitted(shop)
    work = Doing(lambda attempt: None, settled=True)
    drained(home, work=work, ready=lambda loop: tried(loop, job, 1, died=True))
    assert (shop.job(job.id).job.status, work.attempts) == (Status.COMPLETED, 0)


def test_a_bug_fails_its_job_and_nothing_else(home: Path, shop: Entrepot) -> None:
    job, another = submitted(shop), submitted(shop)

    def divides_by_nothing(attempt: Attempt) -> None:
        if attempt.job.id == job.id:
            raise ZeroDivisionError("oh")

    drained(home, work=Doing(divides_by_nothing))
    assert facts(shop.job(job.id).job.error)["exit_code"] == 70
    assert shop.job(another.id).job.status is Status.COMPLETED


def test_what_failed_is_submitted_once_more_as_a_new_job(home: Path, shop: Entrepot) -> None:
    job = submitted(shop, to=home / "there.csv", options=ExportOptions())
    shop.cancel_job(job.id)
    with open_state(home / "state", SystemClock()) as state:
        fresh = again(state, job.id, as_asked(LOCAL), DEFAULT_QUEUE)
    drained(home)
    assert fresh.id != job.id
    assert shop.job(fresh.id).job.status is Status.COMPLETED
    with pytest.raises(ChangedError) as caught:
        shop.retry_job(fresh.id)
    assert caught.value.code == "nothing_to_retry"


def test_events_are_followed_from_any_point_to_the_end(home: Path, shop: Entrepot) -> None:
    job = submitted(shop, to=home / "there.csv", options=ExportOptions())
    drained(home)
    told = [each for each in shop.follow(job.id) if isinstance(each, EventRecord)]
    assert [each.number for each in told] == list(range(1, len(told) + 1))
    assert (told[0].kind, told[-1].kind) == ("submitted", "ended")
    assert [each for each in shop.follow(job.id, len(told) - 1) if isinstance(each, EventRecord)] == told[-1:]


def test_whoever_waits_for_a_job_looks_again_whether_there_is_a_worker(
    home: Path, shop: Entrepot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one that is started dies before it has begun."""
    job, woken = submitted(shop), 0

    def wake(*_: object) -> None:
        nonlocal woken
        woken += 1
        if woken == 2:
            drained(home)

    monkeypatch.setattr("entrepot.jobs.orders.lookout.TEND_EVERY", 0.2)
    monkeypatch.setattr("entrepot.use_cases.inquiries.wake", wake)
    *_, last = shop.follow(job.id)
    assert isinstance(last, EventRecord)
    assert last.kind == "ended"
    assert woken >= 2


def test_what_could_not_be_written_down_is_told_again_in_its_order(
    home: Path, shop: Entrepot, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submitted(shop)

    def busy(*_: object, **__: object) -> None:
        raise UnavailableError("ledger_busy", "It is busy.", remedy="Wait.")

    def speaks(attempt: Attempt) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Events, "tell", busy)
            patch.setattr(Jobs, "finish", busy)
            attempt.reporter.phase("one")
            attempt.reporter.phase("two")
            with pytest.raises(UnavailableError):
                attempt.finish(attempt.job, Status.COMPLETED)
            attempt.reporter.phase("three")

    drained(home, work=Doing(speaks))
    said = [each.facts["words"] for each in shop.job_events(job.id) if each.kind == "phase"]
    assert said == ["one", "two", "three"]


def test_whoever_is_taken_over_is_stopped_and_writes_nothing_more(home: Path, shop: Entrepot) -> None:
    job = submitted(shop)

    def is_taken_over(attempt: Attempt) -> None:
        if work.attempts == 1:
            attempt.state.ledger.jobs.take_over(attempt.job, "another")
            attempt.reporter.phase("unaware")
            wait_for_the_switch(attempt)

    work = Doing(is_taken_over)
    drained(home, work=work)
    found = shop.job(job.id)
    assert (found.job.status, work.attempts) == (Status.COMPLETED, 2)
    assert found.order is not None
    assert found.order.deaths == 1


def test_a_selection_comes_back_as_it_was_asked_for(home: Path, shop: Entrepot) -> None:
    wanted = Selection(entities=("users",), where={"users": ("id > 10", {"name": {"ne": "name 11"}})}, limit=5)
    job = shop.submit_export(to=home / "some.csv", selection=wanted, manner=BY_HAND)
    drained(home)
    assert shop.job(job.id).job.status is Status.COMPLETED
    direct = shop.export(to=home / "direct.csv", selection=wanted).path
    assert (home / "some.csv").read_bytes() == direct.read_bytes()


def test_many_who_submit_at_once_have_each_job_done_once(home: Path) -> None:
    done: list[str] = []

    def submit(number: int) -> list[str]:
        mine = service(home)
        return [submitted(mine, key=f"{number}-{at % 3}").id for at in range(4)]

    with ThreadPoolExecutor(16) as pool:
        jobs = [job for some in pool.map(submit, range(16)) for job in some]
    drained(home, work=Doing(lambda attempt: done.append(attempt.job.id)), places=4)
    assert len(jobs) == 64
    assert sorted(done) == sorted(set(jobs))
    assert len(done) == 48


def test_what_could_not_be_written_down_is_taken_up_by_the_same_worker(home: Path, shop: Entrepot) -> None:
    job = submitted(shop)

    def fails_once(_attempt: Attempt) -> None:
        if work.attempts == 1:
            raise UnavailableError("server_gone", "The server is gone.")

    work = Doing(fails_once)
    busy = UnavailableError("ledger_busy", "The ledger is busy.")
    with mock.patch.object(Orders, "put_off", side_effect=busy):
        drained(home, work=work)
    assert (shop.job(job.id).job.status, work.attempts) == (Status.COMPLETED, 2)


def tried(loop: Loop, job: JobRecord, times: int, *, died: bool = False) -> None:
    owned = loop.state.ledger.jobs.take_over(loop.state.ledger.jobs.get(job.id), "process-1-ab")
    for _ in range(times - (1 if died else 0)):
        loop.state.ledger.orders.begin_attempt(owned, died=died)
    if not died:
        loop.state.ledger.jobs.give_back(owned)


def wait_for_the_switch(attempt: Attempt) -> None:
    from threading import Event

    asked = Event()
    with attempt.cancel.on_cancel(asked.set):
        assert asked.wait(20)
    attempt.cancel.check()


def percent(view: JobView) -> float:
    assert view.progress is not None
    return view.progress.facts["percent"]


def attempts(view: JobView) -> int:
    assert view.order is not None
    return view.order.attempts
