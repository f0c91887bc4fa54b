"""What operators watch: printed, and served by a worker to a few who ask."""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from acceptance.work import BY_HAND, drained, environment_of, service
from entrepot import Entrepot, ExportOptions
from entrepot.access.permissions import Principal, Role
from entrepot.cli import main
from entrepot.jobs.worker.metrics_server import AT_ONCE, Address, address_of, serving
from entrepot.model.errors import AccessError, InputError
from entrepot.model.metrics import CONTENT_TYPE, exposition

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "watch.md"
CSV = ExportOptions(format="csv")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY); INSERT INTO users VALUES (1), (2);")
    return tmp_path


def test_the_measures_of_jobs_that_are_over_and_that_wait(home: Path) -> None:
    shop = service(home)
    shop.submit_export("users", options=CSV, manner=BY_HAND)
    (home / "there.csv").touch()
    shop.submit_export("users", to=home / "there.csv", manner=BY_HAND)
    drained(home)
    shop.submit_export("users", options=CSV, manner=BY_HAND)
    text = exposition(shop.metrics())
    for line in (
        'entrepot_jobs_open{kind="export",status="pending"} 1',
        'entrepot_queue_jobs{queue="default",state="ready"} 1',
        'entrepot_jobs_total{kind="export",status="completed"} 1',
        'entrepot_jobs_total{kind="export",status="failed"} 1',
        'entrepot_job_failures_total{kind="export",code="target_exists"} 1',
        'entrepot_job_rows_total{kind="export"} 2',
        'entrepot_job_seconds_count{kind="export",status="completed"} 1',
        "entrepot_schedules_overdue 0",
    ):
        assert f"{line}\n" in text
    assert "tenant" not in text


def test_tenants_are_told_apart_only_if_that_is_asked_for(home: Path) -> None:
    shop = service(home)
    shop.submit_export("users", options=CSV, manner=BY_HAND)
    assert 'entrepot_jobs_open{kind="export",status="pending",tenant=""} 1' in exposition(shop.metrics(by_tenant=True))


def test_who_is_bound_to_a_tenant_learns_nothing_of_others(home: Path) -> None:
    anna = Principal(name="anna", role=Role.ORG_ADMIN, tenant="1")
    with pytest.raises(AccessError):
        Entrepot(f"sqlite:///{home / 'app.db'}", environment=environment_of(home), principal=anna).metrics()


def test_the_page_names_every_measure(home: Path) -> None:
    told = PAGE.read_text(encoding="utf-8")
    assert [family.name for family in service(home).metrics() if f"`{family.name}`" not in told] == []


def test_the_command_prints_the_text_or_one_document(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTREPOT_STATE", str(home / "state"))
    assert main(["metrics"]) == 0
    assert "# TYPE entrepot_jobs_total counter" in capsys.readouterr().out
    assert main(["metrics", "--json"]) == 0
    assert "entrepot_jobs_total" in {each["name"] for each in json.loads(capsys.readouterr().out)}


def test_a_worker_serves_them(home: Path) -> None:
    service(home).submit_export("users", options=CSV, manner=BY_HAND)
    command = [sys.executable, "-m", "entrepot", "worker", "--metrics", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=home, env=environment_of(home), stderr=subprocess.PIPE, text=True) as worker:
        try:
            assert worker.stderr is not None
            url = next(found[0] for line in worker.stderr if (found := re.search(r"http://\S+", line)))
            deadline = time.monotonic() + 60
            while 'entrepot_jobs_total{kind="export",status="completed"} 1' not in fetched(url):
                assert time.monotonic() < deadline
                time.sleep(0.2)
        finally:
            worker.terminate()


def fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.headers["Content-Type"] == CONTENT_TYPE
        return str(answer.read().decode())


@contextmanager
def served(measure: list[str]) -> Iterator[str]:
    with serving(Address(host="127.0.0.1", port=0), measure.pop) as at:
        yield f"http://{at.host}:{at.port}/metrics"


def test_however_many_ask_they_are_measured_once_a_second(home: Path) -> None:
    with served(["only once\n"]) as url:
        assert {fetched(url) for _ in range(5)} == {"only once\n"}


def test_there_is_one_page_and_an_error_is_told_as_such() -> None:
    with served([]) as url:
        for path, code in ((url, 503), (url.replace("metrics", "else"), 404)):
            with pytest.raises(urllib.error.HTTPError) as caught:
                fetched(path)
            caught.value.close()
            assert caught.value.code == code


def test_who_says_nothing_keeps_no_more_than_a_few_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entrepot.jobs.worker.metrics_server.SECONDS", 0.5)
    with served(["here\n"]) as url:
        port = int(url.split(":")[2].partition("/")[0])
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(AT_ONCE + 2)]
        try:
            deadline = time.monotonic() + 30
            while True:
                try:
                    assert fetched(url) == "here\n"
                    break
                except OSError:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
        finally:
            for each in silent:
                each.close()


def test_addresses_that_are_none_are_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("", "here", "127.0.0.1:", "127.0.0.1:70000", ":-1", "a:٣"):
        with pytest.raises(InputError):
            address_of(text)
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        command = [
            sys.executable,
            "-m",
            "entrepot",
            "worker",
            "--once",
            "--metrics",
            f"127.0.0.1:{taken.getsockname()[1]}",
        ]
        done = subprocess.run(
            command, cwd=home, env={**os.environ, **environment_of(home)}, capture_output=True, check=False
        )
    assert (done.returncode, b"[metrics_address]" in done.stderr) == (4, True)
