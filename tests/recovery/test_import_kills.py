"""An import that is killed at any moment has happened wholly or not at all, and can be done again."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place

pytestmark = pytest.mark.slow
CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
RECORDS, KILLS = 10_000, 4
STATE = "SELECT count(*), sum(amount), count(note) FROM entries"
OLD = "CREATE TABLE entries (id integer PRIMARY KEY, amount integer NOT NULL, note varchar(40))"


@dataclass(frozen=True)
class Books:
    place: Place
    folder: Path

    def begin(self) -> subprocess.Popen[bytes]:
        """Half of the records change a row, half are new."""
        words = ["import", "entries.csv", "--into", "entries", "--mode", "upsert", "--yes", "--db", self.place.url]
        return subprocess.Popen(
            [sys.executable, "-m", "entrepot", *words],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def state(self) -> tuple[int, ...]:
        (row,) = self.place.rows(STATE)
        return tuple(int(str(value)) for value in row)

    def reset(self) -> None:
        half = RECORDS // 2
        rows = ", ".join(f"({number}, 0, NULL)" for number in range(half))
        self.place.execute("DELETE FROM entries", f"INSERT INTO entries VALUES {rows}")


@pytest.fixture(params=CASES)
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(OLD)
        folder = tmp_path / "books"
        folder.mkdir()
        lines = "".join(f"{number},1,note {number}\n" for number in range(RECORDS))
        (folder / "entries.csv").write_text(f"id,amount,note\n{lines}", encoding="utf-8")
        yield Books(place, folder)


BEFORE, AFTER = (RECORDS // 2, 0, 0), (RECORDS, RECORDS, RECORDS)


def done(process: subprocess.Popen[bytes]) -> str:
    _, said = process.communicate(timeout=60)
    return said.decode() if process.returncode else ""


def test_kill_9_at_any_moment_leaves_all_of_it_or_nothing(books: Books) -> None:
    books.reset()
    started = time.monotonic()
    assert not done(books.begin())
    seconds = time.monotonic() - started
    assert books.state() == AFTER
    seen = set()
    for number in range(KILLS):
        books.reset()
        process = books.begin()
        time.sleep(random.SystemRandom().uniform(number, number + 1) / KILLS * seconds)
        process.kill()
        process.communicate()
        settle(books)
        seen.add(books.state())
        assert books.state() in {BEFORE, AFTER}
        assert not done(books.begin())
        assert books.state() == AFTER
    assert BEFORE in seen


def settle(books: Books) -> None:
    """A server may need a moment to notice that its client is gone; what it had not committed then goes."""
    deadline = time.monotonic() + 10
    while books.place.connections() and time.monotonic() < deadline:
        time.sleep(0.05)
