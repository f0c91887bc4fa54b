"""`make test` on a machine without database servers: root with apt gets them, anybody else is told what to do."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from servers import ensure

PROGRAMS = (
    *("postgres", "initdb", "psql", "mariadbd", "mariadb-install-db", "mariadb", "mariadb-dump"),
    *("sqlite3", "npm", "pdftoppm"),
)
PACKAGES = "mariadb-client mariadb-client-core mariadb-server-core npm poppler-utils postgresql sqlite3"
APT = """#!{python}
import pathlib, sys
with open({log!r}, "a") as log:
    print(*sys.argv[1:], file=log)
for name in {brings!r} if "install" in sys.argv else ():
    program = pathlib.Path({folder!r}, name)
    program.touch()
    program.chmod(0o755)
"""


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder where this machine has programs; none is in it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(ensure, "FOLDERS", ())
    monkeypatch.setattr(ensure, "DEBIAN", tmp_path / "postgresql")
    monkeypatch.setattr(ensure, "WHEEL", tmp_path / "wheel")
    return folder


def give(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch()
        (folder / name).chmod(0o755)


def give_apt(folder: Path, *brings: str) -> Path:
    """An apt-get that installs `brings`; the file that tells how it was called."""
    log = folder.parent / "apt.log"
    give(folder, "apt-get")
    script = APT.format(python=sys.executable, log=str(log), brings=brings, folder=str(folder))
    (folder / "apt-get").write_text(script, encoding="utf-8")
    return log


def be(monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)


def test_where_everything_is_there_nothing_is_installed(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = give_apt(bare, *PROGRAMS)
    give(bare, *PROGRAMS)
    be(monkeypatch, 0)
    assert ensure.main() == 0
    assert not log.exists()


def test_root_with_apt_gets_what_is_missing_and_nothing_else(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = give_apt(bare, "mariadbd", "mariadb-install-db")
    give(bare, *(name for name in PROGRAMS if name not in ("mariadbd", "mariadb-install-db")))
    be(monkeypatch, 0)
    assert ensure.main() == 0
    said = log.read_text(encoding="utf-8").splitlines()
    assert said == ["-q update", "-q install -y --no-install-recommends mariadb-server-core"]


def test_a_package_that_does_not_come_is_a_failure(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give_apt(bare, *PROGRAMS[:-1])
    be(monkeypatch, 0)
    assert ensure.main() == 1
    assert "The tests need: pdftoppm. " in capsys.readouterr().err


def test_somebody_else_is_told_and_nothing_is_installed(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = give_apt(bare, *PROGRAMS)
    be(monkeypatch, 1000)
    assert ensure.main() == 1
    assert f"sudo apt-get install {PACKAGES}\n" in capsys.readouterr().err
    assert not log.exists()


@pytest.mark.usefixtures("bare")
def test_root_without_apt_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    be(monkeypatch, 0)
    assert ensure.main() == 1
    told = capsys.readouterr()
    assert told.out.count(": missing\n") == len(ensure.COMPONENTS)
    assert "The tests need: PostgreSQL server, " in told.err


@pytest.mark.parametrize("place", ["postgresql/15/bin", "wheel"])
def test_postgresql_is_found_where_debian_and_wheels_put_it(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    give(bare, *PROGRAMS[3:])
    give(tmp_path / place, *PROGRAMS[:3])
    be(monkeypatch, 1000)
    assert ensure.main() == 0
