"""Traces of jobs, as a collector gets them; whoever has none pays nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from acceptance.work import BY_HAND, drained, environment_of, service
from entrepot import ExportOptions
from entrepot.jobs.worker.loop import Loop
from entrepot.jobs.worker.traces import traced
from entrepot.model.errors import MissingExtraError
from entrepot.use_cases.telemetry import sending_traces

CSV = ExportOptions(format="csv")
WANTED = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY); INSERT INTO users VALUES (1), (2);")
    return tmp_path


def spans(home: Path) -> tuple[ReadableSpan, ...]:
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    around = partial(traced, provider.get_tracer("tests"))

    def ready(loop: Loop) -> None:
        loop.around = around

    drained(home, ready=ready)
    return kept.get_finished_spans()


def test_an_attempt_is_a_span_and_its_phases_are_in_it(home: Path) -> None:
    job = service(home).submit_export("users", options=CSV, manner=BY_HAND)
    *phases, attempt = spans(home)
    assert attempt.name == "export"
    assert attempt.attributes is not None
    told = {name: attempt.attributes[f"entrepot.{name}"] for name in ("job", "attempt", "rows", "status")}
    assert told == {"job": job.id, "attempt": 1, "rows": 2, "status": "completed"}
    assert attempt.context is not None
    assert {phase.parent and phase.parent.span_id for phase in phases} == {attempt.context.span_id}
    words = [phase.attributes and phase.attributes["entrepot.phase"] for phase in phases]
    assert words[0] == "Opening a snapshot"
    assert words[-1] == "Storing the files"
    assert [phase.end_time is not None for phase in phases] == [True] * len(phases)


def test_a_failure_is_told_with_its_code(home: Path) -> None:
    (home / "there.csv").touch()
    service(home).submit_export("users", to=home / "there.csv", manner=BY_HAND)
    attempt = spans(home)[-1]
    assert (attempt.status.is_ok, attempt.attributes and attempt.attributes["error.type"]) == (False, "target_exists")


def test_a_worker_without_traces_imports_nothing_of_them(home: Path) -> None:
    service(home).submit_export("users", options=CSV, manner=BY_HAND)
    environment = {name: value for name, value in environment_of(home).items() if not name.startswith("OTEL_")}
    command = [sys.executable, "-X", "importtime", "-m", "entrepot", "worker", "--once"]
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, check=True, text=True, timeout=120)
    assert "entrepot.jobs.worker.loop" in done.stderr
    assert "opentelemetry" not in done.stderr


def test_without_the_extra_whoever_wants_traces_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "entrepot.jobs.worker.traces")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(MissingExtraError, match="'otel'"), sending_traces(WANTED):
        pass


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    heard: list[bytes] = []

    class Hear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Hear) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
        server.shutdown()


def test_a_worker_sends_them_where_the_variables_say(home: Path) -> None:
    job = service(home).submit_export("users", options=CSV, manner=BY_HAND)
    with collector() as (url, heard):
        environment = {**os.environ, **environment_of(home), "OTEL_EXPORTER_OTLP_ENDPOINT": url}
        command = [sys.executable, "-m", "entrepot", "worker", "--once"]
        subprocess.run(command, cwd=home, env=environment, capture_output=True, check=True, timeout=120)
    assert any(job.id.encode() in body for body in heard)  # packed or not, as the exporter likes
