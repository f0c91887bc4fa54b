"""Two versions of the program at one ledger: what is installed changes under workers that run, as a deploy does it.

The next version is this one with one more step of the ledger, which every process that starts afterwards knows: Python
imports `sitecustomize` by itself. The last version comes from the history, where there is one: the code as it was
before the ledger's last step.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STEPS = "src/entrepot/ledger/sql"
NEXT = """
from entrepot.ledger import migrating

known = migrating.known_steps()
statements = (
    "CREATE TABLE next_things (id TEXT PRIMARY KEY)",
    "ALTER TABLE jobs ADD COLUMN next_word TEXT",
    "CREATE INDEX jobs_by_next_word ON jobs (next_word)",
)
step = migrating.Step(number=known[-1].number + 1, name="next", statements=statements)
migrating.known_steps = lambda: (*known, step)
"""
HOLD = """
import time
from pathlib import Path
from entrepot.jobs.worker.telling import Telling

home, tell = Path({home!r}), Telling.phase

def phase(telling, words):
    tell(telling, words)
    if words in {phases!r} and not (home / "go").exists():
        (home / f"held {{words}}").touch()
        while not (home / "go").exists():
            time.sleep(0.02)

Telling.phase = phase
"""
PHASES = ("Opening a snapshot", "Committing", "Committing batch 2")
SUBMIT = """
from pathlib import Path
from entrepot import Entrepot, ExportOptions, ImportRequest
from entrepot.model.drafts import Errors
try:
    from entrepot.use_cases.submissions import Manner
except ImportError:  # the last version may have had it elsewhere
    from entrepot.submissions import Manner

shop, people, by_hand = Entrepot(), Path("people.csv"), Manner(wake=False)
batches = ImportRequest(entity="three", batch_size=5, errors=Errors.SKIP)
print(shop.submit_export("one", to="one.csv", options=ExportOptions(format="csv"), manner=by_hand).id)
print(shop.submit_import(people, ImportRequest(entity="two"), manner=by_hand).id)
print(shop.submit_import(people, batches, manner=by_hand).id)
"""


@dataclass(frozen=True, kw_only=True)
class Installed:
    """What `python -m entrepot` is, now."""

    home: Path
    environment: dict[str, str]
    source: Path = ROOT / "src"

    def __post_init__(self) -> None:
        self.added.mkdir(exist_ok=True)

    @property
    def added(self) -> Path:
        return self.home / "installed"

    def upgrade(self) -> None:
        (self.added / "sitecustomize.py").write_text(NEXT)

    def hold(self) -> None:
        """From now on jobs come to the middle of what they do, and wait there."""
        (self.added / "sitecustomize.py").write_text(HOLD.format(home=str(self.home), phases=PHASES))

    def wait_until_held(self) -> None:
        wait_until(lambda: all((self.home / f"held {words}").exists() for words in PHASES), "they get not that far")

    def let_go(self) -> None:
        (self.home / "go").touch()

    def submitted(self) -> list[str]:
        """An export and two imports, one of them in batches."""
        command = [sys.executable, "-P", "-c", SUBMIT]
        return subprocess.check_output(command, cwd=self.home, env=self.all, text=True, timeout=120).split()

    def begin(self, *words: str, log: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "entrepot", *words]
        with (self.home / log).open("wb") as errors:
            return subprocess.Popen(command, cwd=self.home, env=self.all, stderr=errors)

    def has_come(self) -> None:
        """Whoever is first brings the ledger to the shape of his version."""
        command = [sys.executable, "-P", "-m", "entrepot", "jobs", "list"]
        subprocess.run(command, cwd=self.home, env=self.all, stdout=subprocess.DEVNULL, check=True, timeout=120)

    @property
    def all(self) -> dict[str, str]:
        return {**os.environ, **self.environment, "PYTHONPATH": f"{self.added}:{self.source}"}


def last_version(folder: Path) -> Path:
    """Its source."""
    commit = next(filter(_is_whole, _before_steps()), None)
    if commit is None:
        pytest.skip("there is no history here")
    with tarfile.open(fileobj=BytesIO(_git("archive", commit, "src"))) as source:
        source.extractall(folder, filter="data")
    return folder / "src"


def _before_steps() -> Iterator[str]:
    """The commits before those that brought a step, the newest first."""
    for commit in _git("log", "--diff-filter=A", "--format=%H", "--", STEPS).decode().split():
        yield f"{commit}^"


def _is_whole(commit: str) -> bool:
    """Of steps that are written at once the later one may come first; but no version goes out with a gap."""
    names = _git("ls-tree", "--name-only", commit, f"{STEPS}/").decode().split()
    numbers = [int(Path(name).name[:4]) for name in names]
    return bool(numbers) and numbers == list(range(1, len(numbers) + 1))


def _git(*words: str) -> bytes:
    """Nothing where there is no history."""
    try:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False, timeout=60).stdout
    except FileNotFoundError:
        return b""


def wait_until(true: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
