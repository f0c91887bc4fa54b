"""Jobs whose worker is killed at a chosen step, and what the next worker makes of them.

`python jobs.py KIND STEPS` works in the current folder, and prints a line of JSON for each of the steps (parts of
the way with commas between, or `all`): what became of the job. The worker is forked, because most of what it takes is
an interpreter that starts.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from acceptance.work import BY_HAND, drained, service  # noqa: E402 - this file also runs by itself
from entrepot import ExportOptions, ImportRequest  # noqa: E402
from entrepot.databases.sqlite.change import SqliteTarget  # noqa: E402
from entrepot.ledger.jobs import Jobs  # noqa: E402
from entrepot.ledger.journals import Journals  # noqa: E402
from entrepot.ledger.orders import Orders  # noqa: E402
from entrepot.ledger.taking import Taking  # noqa: E402
from entrepot.model.drafts import Errors, Mode  # noqa: E402
from entrepot.state import State  # noqa: E402
from entrepot.storage.artifacts import ArtifactStore  # noqa: E402
from entrepot.storage.disk import Disk  # noqa: E402
from recovery.dying import survives  # noqa: E402

STEPS: tuple[tuple[type, tuple[str, ...]], ...] = (
    (Taking, ("take",)),
    (Jobs, ("advance", "become", "promise", "finish")),
    (Orders, ("begin_attempt", "forget_attempt")),
    (Journals, ("add",)),
    (State, ("store", "record_all")),
    (ArtifactStore, ("adopt", "delete")),
    (Disk, ("publish", "replace")),
    (SqliteTarget, ("mark", "insert", "load", "update", "delete", "commit")),
)
ROWS = 50


def make(case: Path, kind: str) -> str:
    """A database, and an order about it; which job it is."""
    case.mkdir()
    with closing(sqlite3.connect(case / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        connection.executemany("INSERT INTO users VALUES (?, ?)", [(n, f"name {n}") for n in range(1, ROWS + 1)])
        connection.commit()
    (case / "people.csv").write_text("id,name\n1,Ada\n" + "".join(f"{n},new {n}\n" for n in range(900, 930)))
    (case / "out").mkdir()
    shop = service(case)
    if kind in ("file", "folder", "kept"):
        to = {"file": case / "out" / "users.csv", "folder": f"{case}/out/", "kept": None}[kind]
        return shop.submit_export("users", to=to, options=ExportOptions(format="csv"), manner=BY_HAND).id
    if kind == "undo":
        done = shop.bring_in(case / "people.csv", ImportRequest(entity="users", mode=Mode.UPSERT))
        return shop.submit_undo(done.job, manner=BY_HAND).id
    size, errors = (10, Errors.SKIP) if kind == "batches" else (None, Errors.ALL_OR_NOTHING)
    request = ImportRequest(entity="users", mode=Mode.UPSERT, batch_size=size, errors=errors)
    if kind == "plan":
        plan = shop.preview(case / "people.csv", request)
        return shop.submit_apply(plan.plan_id, manner=BY_HAND).id
    return shop.submit_import(case / "people.csv", request, manner=BY_HAND).id


def work(case: Path, fatal: int) -> None:
    """Dies before its N-th step, or right after a commit; says how many there were if it does not come to it."""
    steps = count(1)
    last = 0

    def step() -> None:
        nonlocal last
        last = next(steps)
        if last == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, names in STEPS:
        for name in names:
            mock.patch.object(owner, name, counted(getattr(owner, name), step)).start()
    drained(case)
    (case / "steps").write_text(str(last))


def counted(original: Callable[..., object], step: Callable[[], None]) -> Callable[..., object]:
    def wrapped(*given: object, **named: object) -> object:
        step()
        result = original(*given, **named)
        if original.__name__ in ("commit", "publish", "replace"):
            step()
        return result

    return wrapped


def found(case: Path, job: str) -> dict[str, Any]:
    shop = service(case)
    view, numbers = shop.job(job), [event.number for event in shop.job_events(job)]
    assert view.order is not None
    with closing(sqlite3.connect(case / "app.db")) as connection:
        rows = connection.execute("SELECT id, name FROM users ORDER BY id").fetchall()
    kept = shop.download(job, to=f"{case}/given/") if view.job.kind == "export" and view.artifacts else ()
    files = {path.name: path for folder in ("out", "given") for path in (case / folder).glob("*")}
    return {
        "status": view.job.status.value,
        "error": view.job.error,
        "attempts": view.order.attempts,
        "deaths": view.order.deaths,
        "events": numbers == list(range(1, len(numbers) + 1)),
        "rows": sha256(repr(rows).encode()).hexdigest(),
        "files": {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items() if name == "users.csv"},
        "names": sorted(files),
        "kept": sorted(path.name for path in kept),
        "counts": (view.job.receipt or {}).get("counts"),
        "undone": after_undo(case, job) if view.job.kind == "import" else None,
    }


def after_undo(case: Path, job: str) -> str:
    """What is taken back is what the job did, and nothing that an attempt of it only meant to do."""
    service(case).undo(job)
    with closing(sqlite3.connect(case / "app.db")) as connection:
        return sha256(repr(connection.execute("SELECT * FROM users ORDER BY id").fetchall()).encode()).hexdigest()


def chosen(steps: int, wanted: str) -> Sequence[int]:
    if wanted == "all":
        return range(1, steps + 1)
    return sorted({int(float(part) * steps) for part in wanted.split(",")})


def lines(home: Path, kind: str, wanted: str) -> Iterator[dict[str, Any]]:
    """Orders name their files by whole paths, so that every case lies in the same place."""
    case, fresh = home / "case", home / "fresh"
    job = make(case, kind)
    case.rename(fresh)
    shutil.copytree(fresh, case)
    assert survives(case, 0, work)
    steps = int((case / "steps").read_text())
    yield {"fatal": 0, "steps": steps, **found(case, job)}
    for fatal in chosen(steps, wanted):
        shutil.rmtree(case)
        shutil.copytree(fresh, case)
        assert not survives(case, fatal, work)
        assert survives(case, 0, work)
        yield {"fatal": fatal, "steps": steps, **found(case, job)}


if __name__ == "__main__":
    for line in lines(Path.cwd(), sys.argv[1], sys.argv[2]):
        sys.stdout.write(json.dumps(line) + "\n")
