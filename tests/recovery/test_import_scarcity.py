"""The workbench dies, the disk is full, a folder may not be written: one clear error, and nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.databases import sqlite_case
from entrepot.model.drafts import Mode
from entrepot.model.errors import StorageError, UnavailableError
from entrepot.model.plans import ImportRequest
from recovery.yard import AFTER, BEFORE, CASES, UPSERT, Watching, Yard, a_yard

LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
from entrepot.cli.parser import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def yard(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Yard]:
    with a_yard(request.param, request, tmp_path) as made:
        (made.folder / "tmp").mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(made.folder / "tmp"))
        yield made


def left(yard: Yard) -> list[str]:
    return [path.name for path in (yard.folder / "tmp").iterdir()]


def kill_workbench() -> None:
    """The only child of this process that is one."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            status, words = (process / "stat").read_text(), (process / "cmdline").read_bytes()
        except OSError:
            continue
        if int(status.rpartition(")")[2].split()[1]) == os.getpid() and b"entrepot.workbench.child" in words:
            os.kill(int(process.name), signal.SIGKILL)


@pytest.mark.parametrize("phase", ["Reading", "Comparing"])
@pytest.mark.parametrize("yard", CASES, indirect=True)
def test_a_workbench_that_is_killed_ends_the_import_with_one_clear_error(yard: Yard, phase: str) -> None:
    with pytest.raises(UnavailableError) as caught:
        yard.entrepot(Watching(**{phase: kill_workbench})).bring_in(yard.file, UPSERT)
    assert (caught.value.code, bool(caught.value.remedy)) == ("workbench_died", True)
    assert yard.rows() == BEFORE
    assert yard.place.connections() == 0
    assert left(yard) == []
    assert yard.statuses() == ["failed"]


@pytest.mark.parametrize("yard", CASES[:1], indirect=True)
def test_a_workbench_that_is_killed_after_its_work_does_no_harm(yard: Yard) -> None:
    yard.entrepot(Watching(Committing=kill_workbench)).bring_in(yard.file, UPSERT)
    assert (yard.rows(), yard.statuses()) == (AFTER, ["completed"])


@pytest.mark.parametrize("yard", CASES, indirect=True)
def test_too_little_memory_for_the_workbench_ends_the_import_and_says_what_to_do(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Less than anybody could set, so that a small file is enough."""
    monkeypatch.setattr("entrepot.config.load.LEAST_MEMORY_MB", 1)
    names = [f"c{number}" for number in range(20)]
    yard.place.execute(f"CREATE TABLE wide (id integer PRIMARY KEY, {', '.join(f'{name} text' for name in names)})")
    yard.file.write_text("\n".join([",".join(["id", *names]), ",".join(map(str, range(21))), ""]), encoding="utf-8")
    settings = yard.folder / "entrepot.toml"
    settings.write_text("[workbench]\nmemory_mb = 12\n", encoding="utf-8")
    with pytest.raises(StorageError) as caught:
        yard.entrepot().bring_in(yard.file, ImportRequest(entity="wide", mode=Mode.UPSERT))
    assert caught.value.code == "workbench_out_of_memory"
    assert "memory_mb" in caught.value.remedy
    assert yard.place.rows("SELECT count(*) FROM wide")[0][0] == 0
    assert (yard.place.connections(), left(yard)) == (0, [])
    settings.write_text("", encoding="utf-8")
    yard.entrepot().bring_in(yard.file, ImportRequest(entity="wide", mode=Mode.UPSERT))
    assert yard.place.rows("SELECT count(*) FROM wide")[0][0] == 1


@pytest.mark.parametrize("limit", [20_000, 60_000, 250_000])
@pytest.mark.parametrize("yard", [pytest.param(sqlite_case.CASE, id="sqlite")], indirect=True)
def test_files_that_may_not_grow_end_the_import_and_leave_nothing(yard: Yard, limit: int) -> None:
    """State folder, temporary files, workbench and database alike: a disk can be full anywhere."""
    lines = "".join(f"{number},{'name' * 9}{number}\n" for number in range(5, 15_000))
    yard.file.write_text(f"id,name\n{lines}", encoding="utf-8")
    words = ["import", "people.csv", "--into", "people", "--mode", "upsert", "--yes", "--db", yard.place.url]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), *words],
        cwd=yard.folder,
        env={**os.environ, "TMPDIR": str(yard.folder / "tmp")},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode in (4, 6), done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert yard.rows() == BEFORE
    assert left(yard) == []
