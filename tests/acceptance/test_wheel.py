"""The built wheel, in an empty environment with the core's dependencies and no extra: complete, and at work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "entrepot"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def entrepot(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed program. Nothing is downloaded: the tests lend it the dependencies of the core."""
    home = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, timeout=120)
    python = home / "bin" / "python"
    install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", "--no-deps", wheel]
    subprocess.run(install, check=True, env={"PATH": os.environ["PATH"]}, timeout=120)
    (site,) = home.glob("lib/python*/site-packages")
    for name in core("entrepot"):
        lend(distribution(name), site)
    return home / "bin" / "entrepot"


def core(name: str) -> set[str]:
    """What `name` needs, with what that needs; extras and other platforms left out."""
    found = set[str]()
    for line in distribution(name).requires or ():
        wanted, _, marker = line.partition(";")
        needed = re.match(r"[\w.-]+", wanted)
        if needed and "extra ==" not in marker and installed(needed[0]):
            found |= {needed[0]} | core(needed[0])
    return found


def installed(name: str) -> bool:
    return any(Distribution.discover(name=name))


def lend(lent: Distribution, site: Path) -> None:
    for file in lent.files or ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            (site / file).symlink_to(str(lent.locate_file(file)))


def run(program: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Outside of the tree, with nothing of the tests' environment."""
    command, environment = [str(program), *arguments], {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    ours = {f"entrepot/{file.relative_to(PACKAGE)}" for file in PACKAGE.rglob("*") if file.is_file()}
    ours = {name for name in ours if "__pycache__" not in name}
    assert {Path(name).suffix for name in ours} >= {".py", ".sql", ".ttf", ".typed"}
    assert packed - {name for name in packed if ".dist-info/" in name} == ours
    (about,) = {name.partition("/")[0] for name in packed if ".dist-info/" in name}
    assert {f"{about}/entry_points.txt", f"{about}/licenses/LICENSE"} <= packed


def test_the_demonstration_runs_on_the_core_alone(entrepot: Path, tmp_path: Path) -> None:
    done = run(entrepot, "demo", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "everything agrees" in done.stdout
    assert "pip install 'entrepot[pdf]'" in done.stdout
    made = {path.name for path in (tmp_path / "demo" / "exports").iterdir()}
    assert {"orders.csv.gz", "shop.json", "shop.xlsx", "shop.sql", "shop.zip"} <= made
    assert not [name for name in made if "shop.pdf" in name]


def test_the_installed_program_knows_its_formats_and_what_it_lacks(entrepot: Path, tmp_path: Path) -> None:
    formats = run(entrepot, "formats", folder=tmp_path)
    assert formats.returncode == 0, formats.stderr
    assert {"csv", "package", "parquet"} <= set(re.findall(r"^(\w+)", formats.stdout, re.MULTILINE))
    doctor = run(entrepot, "doctor", folder=tmp_path)
    assert "Traceback" not in doctor.stderr
    assert {"postgres", "mysql", "pdf"} <= set(re.findall(r"pip install 'entrepot\[(\w+)\]'", doctor.stdout))


@pytest.mark.parametrize(
    ("extra", "arguments"),
    [
        ("postgres", ("catalog", "--db", "postgresql://localhost/app")),
        ("mysql", ("catalog", "--db", "mysql://localhost/app")),
        ("pdf", ("export", "t", "--db", "sqlite:///a.db", "-o", "t.pdf")),
    ],
)
def test_a_missing_extra_names_the_line_that_installs_it(
    entrepot: Path, tmp_path: Path, extra: str, arguments: tuple[str, ...]
) -> None:
    subprocess.run(["sqlite3", "a.db", "CREATE TABLE t (id INTEGER PRIMARY KEY)"], cwd=tmp_path, check=True)
    done = run(entrepot, *arguments, folder=tmp_path)
    assert done.returncode not in (0, 1)
    assert f"pip install 'entrepot[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "t.pdf").exists()
