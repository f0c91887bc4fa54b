"""Cleaning up and verifying as people have it: on the command line, as a job, again and again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from acceptance.work import BY_HAND, drained, service
from entrepot import Entrepot, ExportOptions, ImportRequest
from entrepot.access.permissions import Principal, Role
from entrepot.bystanders import SystemClock
from entrepot.cli import main
from entrepot.config.load import load_settings
from entrepot.expiry import remove_expired
from entrepot.jobs.schedules.configured import configured_schedules
from entrepot.jobs.schedules.ticking import tick
from entrepot.model.errors import AccessError, InputError
from entrepot.model.records import JobRecord, Status
from entrepot.state import open_state
from entrepot.use_cases.timetable import Plan
from servers.objects import BUCKET, Objects, Request

CSV, PACKAGE = ExportOptions(format="csv"), ExportOptions(format="package")


class Later(SystemClock):
    def now(self) -> datetime:
        return super().now() + timedelta(days=8)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
        connection.executemany("INSERT INTO users VALUES (?, ?)", [(n, f"name {n}") for n in range(1, 101)])
        connection.commit()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENTREPOT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("ENTREPOT_DB", "sqlite:///app.db")
    return tmp_path


@pytest.fixture
def shop(home: Path) -> Entrepot:
    return service(home)


def exported(home: Path, shop: Entrepot, options: ExportOptions = CSV, to: str | None = None) -> str:
    job = shop.submit_export("users", to=to, options=options, manner=BY_HAND)
    drained(home)
    assert shop.job(job.id).job.status is Status.COMPLETED
    return job.id


def files_of(home: Path, shop: Entrepot, job: str) -> dict[str, Path]:
    """Where they lie, by what they are."""
    return {each.kind: home / "state" / "artifacts" / each.id for each in shop.job(job).artifacts}


def test_a_dry_run_says_what_would_go_and_the_next_one_removes_it(
    home: Path, shop: Entrepot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    job = exported(home, shop)
    assert main(["cleanup", "--dry-run"]) == 0
    assert capsys.readouterr().out == "Nothing would go.\n"
    monkeypatch.setattr("entrepot.service.entrepot.SystemClock", Later)
    for words in ("cleanup --dry-run --json", "cleanup --json"):
        assert main(words.split()) == 0
        found = json.loads(capsys.readouterr().out)
        assert {each["kind"]: each["count"] for each in found["sums"]} == {"export": 1, "receipt": 1}
        assert [each["bytes"] > 0 for each in found["sums"]] == [True, True]
    assert main(["cleanup"]) == 0
    assert capsys.readouterr().out == "Nothing went.\n"
    assert shop.job(job).artifacts == ()
    with pytest.raises(InputError) as caught:
        shop.download(job, to=home / "users.csv")
    assert caught.value.code == "nothing_to_download"


def test_an_import_whose_journal_went_says_since_when_it_cannot_be_taken_back(
    home: Path, shop: Entrepot, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "more.csv").write_text("id,name\n101,new\n", encoding="utf-8")
    job = shop.bring_in(home / "more.csv", ImportRequest(entity="users")).job
    with open_state(home / "state", SystemClock()) as state:
        list(remove_expired(state.ledger, state.artifacts, SystemClock().now() + timedelta(days=91)))
    today = f"{SystemClock().now():%Y-%m-%d}"
    assert main(["jobs", "show", job]) == 0
    assert f"undo      no longer: what would undo it was removed on {today}" in capsys.readouterr().out
    assert main(["undo", job, "--yes"]) == 2
    assert f"what would undo it was removed on {today}" in capsys.readouterr().err


def test_a_clean_up_is_a_job_that_a_worker_does_and_the_audit_knows_of(home: Path, shop: Entrepot) -> None:
    exported(home, shop)
    job = shop.submit_cleanup(manner=BY_HAND)
    drained(home)
    found = shop.job(job.id).job
    assert (found.status, found.receipt and found.receipt["sums"]) == (Status.COMPLETED, [])
    assert "cleanup" in {line.action for line in shop.audit()}


def test_a_schedule_cleans_up_and_says_what_does_not_go_with_it(home: Path, shop: Entrepot) -> None:
    view = shop.add_cleanup_schedule("tidy", plan=Plan(cron="daily at 03:00"))
    assert (view.kind, view.to) == ("cleanup", None)
    job = shop.run_schedule("tidy", wake=False)
    drained(home)
    assert shop.job(job.id).job.status is Status.COMPLETED
    with pytest.raises(InputError) as caught:
        shop.add_cleanup_schedule("kept", plan=Plan(cron="daily", keep={"last": 1}))
    assert caught.value.code == "not_with_cleanup"
    assert main(["schedule", "add", "both", "users", "--cleanup", "--cron", "daily"]) == 2
    assert main(["schedule", "list"]) == 0


def test_a_schedule_of_the_settings_cleans_up_without_a_database(home: Path) -> None:
    settings = '[[schedules]]\nname = "tidy"\ncron = "daily at 03:00"\ncleanup = true\n'
    (home / "entrepot.toml").write_text(settings, encoding="utf-8")
    with open_state(home / "state", SystemClock()) as state:
        tick(state, configured_schedules(load_settings({}, home)))
    with open_state(home / "state", Later()) as state:
        (job,) = tick(state, configured_schedules(load_settings({}, home)))
    drained(home)
    assert service(home).job(job.id).job.status is Status.COMPLETED
    (home / "entrepot.toml").write_text(f'{settings}to = "out"\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        configured_schedules(load_settings({}, home))
    assert caught.value.code == "not_with_cleanup"
    assert "[[schedules]] tidy: to" in caught.value.message


def test_whoever_is_bound_to_a_tenant_cleans_nothing_up(home: Path) -> None:
    bound = Principal(name="anna", role=Role.ORG_ADMIN, tenant="1")
    shop = Entrepot("sqlite:///app.db", principal=bound)
    for asked in (shop.cleanup, shop.submit_cleanup):
        with pytest.raises(AccessError):
            asked()


@pytest.mark.parametrize("to", [None, "out/"], ids=["stored", "written"])
def test_what_a_job_has_left_is_read_back_down_to_its_rows(home: Path, shop: Entrepot, to: str | None) -> None:
    job = exported(home, shop, PACKAGE, to)
    found = shop.verify(job)
    assert found.verified
    assert any("100 rows" in line for line in found.checks)
    verifying = shop.submit_verify(job, manner=BY_HAND)
    drained(home)
    assert shop.job(verifying.id).job.status is Status.COMPLETED


def test_a_file_that_was_changed_with_its_receipt_is_found_and_told(
    home: Path, shop: Entrepot, capsys: pytest.CaptureFixture[str]
) -> None:
    job = exported(home, shop, to="users.csv")
    other = exported(home, shop, to="other.csv")
    before = (home / "users.csv").read_bytes()
    (home / "users.csv").write_bytes(before.replace(b"name 7\n", b"name 8\n"))
    assert main(["verify", job]) == 7
    assert "[hash_differs]" in capsys.readouterr().out
    (home / "other.csv").unlink()
    assert main(["verify", other, "--json"]) == 7
    assert "missing_file" in capsys.readouterr().out
    failed = verified(home, shop, job)
    assert failed.status is Status.FAILED
    assert failed.error is not None
    assert (failed.error["code"], failed.error["exit_code"]) == ("not_verified", 7)
    assert failed.error["problems"]


def verified(home: Path, shop: Entrepot, job: str) -> JobRecord:
    asked = shop.submit_verify(job, manner=BY_HAND)
    drained(home)
    return shop.job(asked.id).job


def test_a_stored_file_that_was_changed_or_is_gone_is_told_by_its_name(home: Path, shop: Entrepot) -> None:
    job = exported(home, shop)
    where = files_of(home, shop, job)
    where["export"].write_bytes(b"other")
    where["receipt"].unlink()
    found = shop.verify(job)
    told = [(problem.code, problem.place.file) for problem in found.problems]
    assert told[:2] == [("artifact_damaged", "users.csv"), ("artifact_missing", "users.csv.receipt.json")]
    assert not found.ok


def test_what_has_left_nothing_cannot_be_verified(home: Path, shop: Entrepot) -> None:
    job = shop.submit_cleanup(manner=BY_HAND)
    drained(home)
    with pytest.raises(InputError) as caught:
        shop.verify(job.id)
    assert caught.value.code == "nothing_to_verify"


def test_in_a_bucket_it_is_fetched_anew_and_cleaned_up_with_what_was_left_there(
    home: Path, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**objects.environment, "ENTREPOT_ARTIFACTS": f"s3://{BUCKET}/shop"}.items():
        monkeypatch.setenv(name, value)
    shop = Entrepot("sqlite:///app.db")
    (home / "more.csv").write_text("id,name\n101,new\n", encoding="utf-8")
    job = shop.bring_in(home / "more.csv", ImportRequest(entity="users")).job
    assert shop.verify(job).ok
    (journal,) = [each for each in shop.job(job).artifacts if each.kind == "journal"]
    sent = objects.kept[f"shop/{journal.id}"]
    objects.kept[f"shop/{journal.id}"] = b"x" * len(sent)
    found = shop.verify(job)
    assert [problem.code for problem in found.problems] == ["artifact_damaged"]
    objects.kept["shop/claims/of-the-dead"] = b"word"
    monkeypatch.setattr("entrepot.storage.bucket_contents.ON_ITS_WAY", timedelta(days=-10_000))
    assert {each.kind for each in shop.cleanup().sums} == {"claim"}
    assert [name for name in objects.kept if "claims" in name] == []


def test_opening_the_state_asks_a_hanging_bucket_nothing(
    home: Path, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**objects.environment, "ENTREPOT_ARTIFACTS": f"s3://{BUCKET}/shop"}.items():
        monkeypatch.setenv(name, value)
    shop = Entrepot("sqlite:///app.db")
    (home / "more.csv").write_text("id,name\n101,new\n", encoding="utf-8")
    shop.preview(home / "more.csv", ImportRequest(entity="users"))

    def ill(request: Request) -> bool:
        request.refuse(503, "SlowDown")
        return True

    asked = len(objects.asked)
    objects.fail(".", ill, times=100)
    with closing(sqlite3.connect(home / "state" / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE artifacts SET expires_at = '2020-01-01T00:00:00.000000Z'")
    assert shop.jobs() == ()
    assert len(objects.asked) == asked
    assert main(["cleanup"]) == 4
