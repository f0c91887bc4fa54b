"""An import in batches that is killed at any moment is taken up again without loss or double."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from acceptance.club import CASES
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot

pytestmark = pytest.mark.slow
OPEN = ("pending", "processing")
RECORDS, SIZE, KILLS = 1000, 125, 2
STATE = "SELECT count(*), sum(amount), count(DISTINCT id) FROM entries"
OLD = "CREATE TABLE entries (id integer, amount integer NOT NULL)"
"""Without a key: whatever is brought in twice is there twice."""


@dataclass(frozen=True)
class Books:
    place: Place
    folder: Path

    def begin(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "entrepot", *words, "--db", self.place.url],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def bring_in(self) -> subprocess.Popen[bytes]:
        words = ["--errors", "skip", "--batch-size", str(SIZE), "--yes"]
        return self.begin("import", "entries.csv", "--into", "entries", *words)

    def rows(self) -> tuple[int, ...]:
        (row,) = self.place.rows(STATE)
        return tuple(int(str(value or 0)) for value in row)

    def job(self) -> tuple[str, str] | None:
        """The newest one, and where it stands."""
        path = self.folder / ".entrepot" / "ledger.db"
        if not path.exists():
            return None
        with closing(sqlite3.connect(path)) as ledger:
            found = ledger.execute("SELECT id, status FROM jobs ORDER BY created_at DESC LIMIT 1").fetchone()
        return None if found is None else (str(found[0]), str(found[1]))


@pytest.fixture(params=CASES)
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(OLD)
        folder = tmp_path / "books"
        folder.mkdir()
        (folder / "entrepot.toml").write_text("", encoding="utf-8")
        lines = "".join(f"{number},{'x' if number % 500 == 0 else 1}\n" for number in range(1, RECORDS + 1))
        (folder / "entries.csv").write_text(f"id,amount\n{lines}", encoding="utf-8")
        yield Books(place, folder)


def done(process: subprocess.Popen[bytes]) -> str:
    """What it said, unless it left out the records that fail, and nothing else."""
    _, said = process.communicate(timeout=60)
    return "" if process.returncode == 9 else said.decode()


GOOD = RECORDS - RECORDS // 500
ALL = (GOOD, GOOD, GOOD)


def test_kill_9_at_any_moment_loses_no_record_and_doubles_none(books: Books) -> None:
    started = time.monotonic()
    assert not done(books.bring_in())
    seconds = time.monotonic() - started
    assert books.rows() == ALL
    chance = random.SystemRandom()
    for number in range(KILLS):
        books.place.execute("DELETE FROM entries")
        before = books.job()
        process = books.bring_in()
        time.sleep(chance.uniform(0.4 + number * 0.2, 0.6 + number * 0.2) * seconds)
        process.kill()
        process.communicate()
        settle(books)
        job = books.job()
        if job is None or job == before:
            continue
        if job[1] in OPEN:
            taken_up(books, job[0], chance.uniform(0.3, 0.9) * seconds)
        assert books.rows() == ALL, job
        path = books.folder / f"failed {number}.csv"
        Entrepot(books.place.url, config=books.folder / "entrepot.toml", environment={}).errors_file(job[0], to=path)
        assert len(path.read_text(encoding="utf-8").splitlines()) == 1 + RECORDS - GOOD


def taken_up(books: Books, job: str, seconds: float) -> None:
    """And killed once more on the way, before it is taken up again."""
    first = books.begin("resume", job)
    time.sleep(seconds)
    first.kill()
    first.communicate()
    settle(books)
    found = books.job()
    if found is not None and found[1] in OPEN:
        assert not done(books.begin("resume", job))


def settle(books: Books) -> None:
    """A server may need a moment to notice that its client is gone; what it had not committed then goes."""
    deadline = time.monotonic() + 10
    while books.place.connections() and time.monotonic() < deadline:
        time.sleep(0.05)
