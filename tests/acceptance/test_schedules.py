"""Schedules as people have them: added, looked at, run, paused and removed; and those of the settings."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acceptance.work import drained, environment_of
from entrepot import Entrepot, ExportOptions
from entrepot.access.permissions import Principal, Role
from entrepot.bystanders import SystemClock
from entrepot.cli import main
from entrepot.config.load import load_settings
from entrepot.config.settings import Loaded
from entrepot.jobs.schedules.clockwork import Clockwork
from entrepot.jobs.schedules.configured import configured_schedules
from entrepot.jobs.schedules.ticking import tick
from entrepot.model.errors import AccessError, ChangedError, InputError, UnavailableError
from entrepot.model.records import Status
from entrepot.model.schedules import Outcome
from entrepot.state import open_state
from entrepot.storage.artifacts import ArtifactStore
from entrepot.use_cases.timetable import Plan

CSV = ExportOptions(format="csv")
NIGHTLY = Plan(cron="daily at 02:00", zone="Europe/Berlin", keep={"last": 1})
SETTINGS = """
[databases.main]
url = "sqlite:///app.db"

[exports.names]
entities = ["users"]
format = "ndjson"

[[schedules]]
name = "nightly"
cron = "daily at 02:00"
zone = "Europe/Berlin"
export = ["users"]
to = "out"
format = "csv"
keep = { daily = 7, within = "90d", size = "10 GB" }

[[schedules]]
name = "of-the-selection"
cron = "*/15 * * * *"
selection = "names"
paused = true
"""


class At:
    """A clock that shows what it is told."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
        connection.executemany("INSERT INTO users VALUES (?, ?)", [(n, f"name {n}") for n in range(1, 4)])
        connection.commit()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENTREPOT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("ENTREPOT_DB", "sqlite:///app.db")
    return tmp_path


@pytest.fixture
def shop(home: Path) -> Entrepot:
    return Entrepot(environment={**environment_of(home), "ENTREPOT_DB": "sqlite:///app.db"})


def loaded(home: Path, settings: str = SETTINGS) -> Loaded:
    (home / "entrepot.toml").write_text(settings, encoding="utf-8")
    return load_settings(environment_of(home), home)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_run_by_hand_is_done_by_a_worker_into_a_folder_of_its_own(home: Path, shop: Entrepot) -> None:
    shop.add_schedule("nightly", "users", plan=NIGHTLY, to="out", options=CSV)
    job = shop.run_schedule("nightly", wake=False)
    with pytest.raises(ChangedError, match="is not over") as caught:
        shop.run_schedule("nightly", wake=False)
    assert caught.value.code == "still_running"
    drained(home)
    assert shop.job(job.id).job.status is Status.COMPLETED
    (folder,) = (home / "out").iterdir()
    assert folder.name.startswith("nightly-2")
    assert names(folder) == ["users.csv", "users.csv.receipt.json"]
    assert (folder / "users.csv").read_text(encoding="utf-8").startswith("id,name\n1,name 1\n")


def test_rotation_has_decided_about_a_run_before_its_worker_goes(home: Path, shop: Entrepot) -> None:
    shop.add_schedule("nightly", "users", plan=NIGHTLY, options=CSV)
    job = shop.run_schedule("nightly", wake=False)
    assert main(["worker", "--once"]) == 0
    assert shop.job(job.id).job.status is Status.COMPLETED
    last = shop.schedules()[0].last
    assert last is not None
    assert last.outcome is Outcome.OVER


def test_what_is_due_is_done_and_the_older_output_goes(home: Path, shop: Entrepot) -> None:
    """The whole way: the clock, the order, the worker, the files, rotation."""
    shop.add_schedule("nightly", "users", plan=NIGHTLY, to="out", options=CSV)
    clock = At(datetime.now(UTC))
    for _ in range(2):
        clock.moment += timedelta(days=1)
        with open_state(home / "state", clock) as state:
            assert len(tick(state)) == 1
        drained(home)
    with open_state(home / "state", clock) as state:
        assert tick(state) == ()
    found = shop.preview_schedule("nightly")
    assert len(names(home / "out")) == 1
    assert (len(found.kept), found.removed, found.ignored) == (1, (), ())


def test_an_output_that_cannot_be_removed_keeps_no_schedule_from_running(
    home: Path, shop: Entrepot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []

    def away(*asked: object) -> None:
        tried.append(asked)
        raise UnavailableError("bucket_away", "The bucket does not answer.", remedy="Wait.")

    for name in ("first", "second"):
        shop.add_schedule(name, "users", plan=NIGHTLY, options=CSV)
    clock = At(datetime.now(UTC))
    for _ in range(3):
        clock.moment += timedelta(days=1)
        with open_state(home / "state", clock) as state:
            assert len(tick(state)) == 2
        drained(home)
        monkeypatch.setattr(ArtifactStore, "delete", away)
    assert tried
    monkeypatch.undo()
    with open_state(home / "state", clock) as state:
        assert tick(state) == ()
        (first, _) = state.ledger.schedules.all()
        runs = state.ledger.occurrences.of_schedule(first.id)
    assert [run.occurrence.outcome for run in runs] == [Outcome.OVER, Outcome.REMOVED, Outcome.REMOVED]


def test_what_a_newer_version_wrote_is_passed_over_and_told(
    home: Path, shop: Entrepot, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("newer", "nightly"):
        shop.add_schedule(name, "users", plan=NIGHTLY, options=CSV)
    newer = "UPDATE schedules SET facts = replace(facts, '\"once\"', '\"newest\"') WHERE name = 'newer'"
    clock = At(datetime.now(UTC) + timedelta(days=1))
    with open_state(home / "state", clock) as state:
        with state.ledger.records.writing() as connection:
            assert connection.exec_driver_sql(newer).rowcount == 1
        assert len(tick(state)) == 1
    assert "'newer' is not as this version knows them" in caplog.text


def test_stored_outputs_are_downloaded_like_those_of_any_job(home: Path, shop: Entrepot) -> None:
    shop.add_schedule("nightly", "users", plan=NIGHTLY, options=CSV)
    job = shop.run_schedule("nightly", wake=False)
    drained(home)
    assert shop.download(job.id, to=home / "users.csv")[0].read_bytes().startswith(b"id,name\n")


def test_what_is_wrong_with_a_request_is_told_before_anything_is_kept(home: Path, shop: Entrepot) -> None:
    refused: list[tuple[str, Callable[[], object]]] = [
        ("unknown_entity", lambda: shop.add_schedule("a", "usrs", plan=NIGHTLY, options=CSV)),
        ("no_format", lambda: shop.add_schedule("a", "users", plan=NIGHTLY)),
        ("wrong_time", lambda: shop.add_schedule("a", "users", plan=Plan(cron="dayly"), options=CSV)),
        ("unknown_zone", lambda: shop.add_schedule("a", "users", plan=Plan(cron="daily", zone="X"), options=CSV)),
        ("unknown_policy", lambda: shop.add_schedule("a", plan=Plan(cron="daily", missed="twice"), options=CSV)),
        ("wrong_count", lambda: shop.add_schedule("a", plan=Plan(cron="daily", most=0), options=CSV)),
        ("unknown_rule", lambda: shop.add_schedule("a", plan=Plan(cron="daily", keep={"x": 1}), options=CSV)),
        ("wrong_name", lambda: shop.add_schedule("../a", plan=NIGHTLY, options=CSV)),
        ("not_a_folder", lambda: shop.add_schedule("a", plan=NIGHTLY, to="users.csv.gz", options=CSV)),
        ("secret_in_job", lambda: shop.add_schedule("a", plan=NIGHTLY, options=ExportOptions(passphrase="x"))),
    ]
    for code, ask in refused:
        with pytest.raises(InputError) as caught:
            ask()
        assert (caught.value.code, bool(caught.value.remedy)) == (code, True)
    assert shop.schedules() == ()


def test_a_name_is_given_once(shop: Entrepot) -> None:
    shop.add_schedule("nightly", "users", plan=NIGHTLY, options=CSV)
    with pytest.raises(ChangedError) as caught:
        shop.add_schedule("nightly", "users", plan=NIGHTLY, options=CSV)
    assert caught.value.code == "schedule_exists"


def test_whoever_is_bound_to_a_tenant_has_no_schedules(home: Path) -> None:
    for role in (Role.ORG_ADMIN, Role.VIEWER):
        anna = Entrepot("sqlite:///app.db", principal=Principal(name="anna", role=role, tenant="1"))
        for ask in (
            anna.schedules,
            lambda anna=anna: anna.add_schedule("a", "users", plan=NIGHTLY, options=CSV),
            lambda anna=anna: anna.run_schedule("a", wake=False),
            lambda anna=anna: anna.remove_schedule("a"),
            lambda anna=anna: anna.preview_schedule("a"),
        ):
            with pytest.raises(AccessError):
                ask()


def test_who_changed_a_schedule_is_in_the_audit(home: Path, shop: Entrepot) -> None:
    shop.add_schedule("nightly", "users", plan=NIGHTLY, to="out", options=CSV)
    shop.pause_schedule("nightly")
    shop.resume_schedule("nightly")
    job = shop.run_schedule("nightly", wake=False)
    shop.remove_schedule("nightly")
    with pytest.raises(InputError):
        shop.remove_schedule("nightly")
    with open_state(home / "state", SystemClock()) as state, state.ledger.records.reading() as connection:
        lines = connection.exec_driver_sql("SELECT action, object, result, facts FROM audit ORDER BY number").all()
    assert [(action, result) for action, _, result, _ in lines] == [
        ("schedule.add", "ok"),
        ("schedule.pause", "ok"),
        ("schedule.resume", "ok"),
        ("schedule.run", "ok"),
        ("schedule.remove", "ok"),
        ("schedule.remove", "unknown_schedule"),
    ]
    assert {about for _, about, _, _ in lines} == {"nightly"}
    assert json.loads(lines[0][3])["cron"] == "daily at 02:00"
    assert job.id in lines[3][3]


def test_those_of_the_settings_are_listed_run_and_previewed_but_changed_there_alone(home: Path) -> None:
    loaded(home)
    shop = Entrepot(environment=environment_of(home))
    nightly, paused = shop.schedules()
    assert (nightly.name, nightly.configured, nightly.to) == ("nightly", True, str(home / "out"))
    assert (paused.name, paused.paused, paused.next) == ("of-the-selection", True, None)
    assert len(shop.preview_schedule("nightly", 3).runs) == 3
    for change in (shop.pause_schedule, shop.resume_schedule, shop.remove_schedule):
        with pytest.raises(InputError) as caught:
            change("nightly")
        assert caught.value.code == "schedule_of_settings"
        assert "[[schedules]]" in caught.value.remedy
    with pytest.raises(ChangedError):
        shop.add_schedule("nightly", "users", plan=NIGHTLY, options=CSV)
    jobs = [shop.run_schedule(name, wake=False) for name in ("nightly", "of-the-selection")]
    drained(home)
    assert [shop.job(job.id).job.status for job in jobs] == [Status.COMPLETED] * 2
    assert next(each.name for each in shop.job(jobs[1].id).artifacts) == "users.ndjson"


WRONG = [
    ("wrong_time", 'name = "a"\ncron = "61 * * * *"\nformat = "csv"', "[[schedules]] a: cron '61 * * * *'"),
    ("unknown_zone", 'name = "a"\ncron = "daily"\nzone = "Europe/Berln"\nformat = "csv"', "Europe/Berln"),
    ("unknown_key", 'name = "a"\ncron = "daily"\nkep = 1', "schedules[0]"),
    ("missing_key", 'name = "a"', "cron"),
    ("unknown_rule", 'name = "a"\ncron = "daily"\nformat = "csv"\nkeep = { dayly = 7 }', "[[schedules]] a: keep"),
    ("unknown_policy", 'name = "a"\ncron = "daily"\nformat = "csv"\noverlap = "wait"', "[[schedules]] a: overlap"),
    ("unknown_database", 'name = "a"\ncron = "daily"\nformat = "csv"\ndatabase = "x"', "[[schedules]] a: database"),
    ("unknown_selection", 'name = "a"\ncron = "daily"\nselection = "x"', "[[schedules]] a: selection"),
    ("no_format", 'name = "a"\ncron = "daily"', "[[schedules]] a: "),
    ("not_a_folder", 'name = "a"\ncron = "daily"\nformat = "csv"\nto = "a.csv"', "[[schedules]] a: to"),
    ("secret_in_job", 'name = "a"\ncron = "daily"\nformat = "csv"\ndatabase = "mysql://u:p@h/d"', "password"),
    ("wrong_name", 'name = "a b"\ncron = "daily"\nformat = "csv"', "[[schedules]] a b: "),
]


@pytest.mark.parametrize(("code", "table", "place"), WRONG, ids=[f"{at} {case[0]}" for at, case in enumerate(WRONG)])
def test_what_is_wrong_in_the_settings_is_named_with_its_place(home: Path, code: str, table: str, place: str) -> None:
    with pytest.raises(InputError) as caught:
        configured_schedules(loaded(home, f"[[schedules]]\n{table}\n"))
    assert (caught.value.code, bool(caught.value.remedy)) == (code, True)
    assert place in caught.value.message
    assert "entrepot.toml" in caught.value.message
    assert "u:p" not in caught.value.message


def test_two_of_the_settings_cannot_have_one_name(home: Path) -> None:
    one = '[[schedules]]\nname = "a"\ncron = "daily"\nformat = "csv"\n'
    with pytest.raises(InputError) as caught:
        configured_schedules(loaded(home, one * 2))
    assert caught.value.code == "given_twice"


def test_a_worker_hears_of_settings_that_change_and_keeps_to_the_old_ones_while_they_are_wrong(home: Path) -> None:
    plan = '[[schedules]]\nname = "a"\ncron = "hourly"\nformat = "csv"\ndatabase = "sqlite:///app.db"\n'
    file, clock = loaded(home, plan).file, At(datetime(2026, 11, 21, 11, 30, tzinfo=UTC))
    clockwork = Clockwork(lambda: load_settings(environment_of(home), home), file)
    with open_state(home / "state", clock) as state:
        assert clockwork(state) == ()
        clock.moment += timedelta(hours=1)
        assert len(clockwork(state)) == 1
        loaded(home, plan.replace("hourly", "howrly"))
        clock.moment += timedelta(hours=1)
        assert clockwork(state) == ()  # the first is not over
        runs = state.ledger.occurrences.of_schedule("configured:a")
        assert [run.occurrence.outcome.value for run in runs] == ["overlapped", "submitted"]
        (home / "entrepot.toml").unlink()
        (home / "entrepot.toml").mkdir()
        assert clockwork(state) == ()  # as before: a folder says nothing
        (home / "entrepot.toml").rmdir()
        loaded(home, "")
        clock.moment += timedelta(hours=1)
        clockwork(state)
        assert len(state.ledger.occurrences.of_schedule("configured:a")) == 2
        loaded(home, plan)
        clock.moment += timedelta(hours=10)
        assert clockwork(state) == ()  # it was not there at those times
        assert len(state.ledger.occurrences.of_schedule("configured:a")) == 2


def test_the_command_line_adds_lists_previews_pauses_and_removes(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add = ["schedule", "add", "nightly", "--cron", "weekly on mon at 02:00", "users", "-o", "out/", "-f", "csv"]
    assert main([*add, "--zone", "Europe/Berlin", "--keep", "daily=7", "--keep", "size=1GB"]) == 0
    assert "At 02:00 on Monday, Europe/Berlin" in (said := capsys.readouterr().out)
    assert "entrepot worker" in said
    assert main(["schedule", "list", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["name"], found["keep"]) == ("nightly", {"daily": "7", "size": "1GB"})
    assert main(["schedule", "preview", "nightly", "--runs", "2"]) == 0
    assert capsys.readouterr().out.count("Mon ") == 3
    assert main(["schedule", "pause", "nightly"]) == 0
    assert main(["schedule", "list"]) == 0
    assert "paused" in capsys.readouterr().out
    assert main(["schedule", "resume", "nightly"]) == 0
    assert main(["schedule", "remove", "nightly"]) == 0
    assert main(["schedule", "list"]) == 0
    assert "There are none yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "fact"),
    [
        ("add nightly users -f csv", "not said when"),
        ("add", "needs the name"),
        ("list nightly", "takes no name"),
        ("pause nightly users", "does not take users"),
        ("remove nightly --cron daily", "does not take --cron"),
        ("pause nightly", "no schedule 'nightly'"),
    ],
)
def test_a_wrong_command_line_is_one_clear_problem(
    home: Path, capsys: pytest.CaptureFixture[str], typed: str, fact: str
) -> None:
    assert main(["schedule", *typed.split()]) == 2
    assert fact in capsys.readouterr().err


def test_one_that_can_no_longer_be_understood_is_told_in_the_list(
    home: Path, shop: Entrepot, capsys: pytest.CaptureFixture[str]
) -> None:
    """A time zone may be gone with an update of the machine."""
    shop.add_schedule("nightly", "users", plan=NIGHTLY, options=CSV)
    with open_state(home / "state", SystemClock()) as state, state.ledger.records.writing() as connection:
        connection.exec_driver_sql("UPDATE schedules SET facts = replace(facts, 'Europe/Berlin', 'Gone/Zone')")
    assert main(["schedule", "list"]) == 0
    assert "nightly does not run: There is no time zone 'Gone/Zone'." in capsys.readouterr().out


def test_a_worker_that_is_started_for_what_there_is_looks_at_the_clock(home: Path, shop: Entrepot) -> None:
    """A real process; the schedule is a day older than it."""
    shop.add_schedule("nightly", "users", plan=NIGHTLY, to="out", options=CSV)
    with open_state(home / "state", SystemClock()) as state, state.ledger.records.writing() as connection:
        connection.exec_driver_sql("UPDATE schedules SET updated_at = '2020-01-01T00:00:00.000000Z'")
    done = subprocess.run(
        [sys.executable, "-m", "entrepot", "worker", "--once"], cwd=home, capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    (folder,) = (home / "out").iterdir()
    assert names(folder) == ["users.csv", "users.csv.receipt.json"]
