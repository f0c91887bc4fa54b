"""A small database of each engine, a file for it, and what an import of that file must leave behind: all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.bystanders import Quiet, SystemClock
from entrepot.model.drafts import Mode
from entrepot.model.plans import ImportRequest
from entrepot.model.records import JobRecord
from entrepot.state import open_state

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
SERVERS = CASES[1:]
TABLE = "CREATE TABLE people (id integer PRIMARY KEY, name varchar(40) NOT NULL, age integer)"
ROWS = "INSERT INTO people VALUES (1, 'Ann', 30), (2, 'Bob', 40), (3, 'Cy', 50)"
FILE = "id,name\n1,Anna\n2,Bobby\n4,Dan\n"
BEFORE = [(1, "Ann", 30), (2, "Bob", 40), (3, "Cy", 50)]
AFTER = [(1, "Anna", 30), (2, "Bobby", 40), (3, "Cy", 50), (4, "Dan", None)]
UPSERT = ImportRequest(entity="people", mode=Mode.UPSERT)
MARKS = "SELECT job, unit, epoch FROM entrepot_applied ORDER BY job"


class Watching(Quiet):
    """Does something at a phase, once for each time that it was told to."""

    def __init__(self, **at: Callable[[], object]) -> None:
        self.at: dict[str, list[Callable[[], object]]] = {begin: [what] for begin, what in at.items()}
        self.phases: list[str] = []

    def phase(self, words: str) -> None:
        self.phases.append(words)
        for begin, waiting in self.at.items():
            if words.startswith(begin) and waiting:
                waiting.pop()()


@dataclass(frozen=True)
class Yard:
    case: EngineCase
    place: Place
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "people.csv"

    @property
    def state(self) -> Path:
        return self.folder / ".entrepot"

    def entrepot(self, reporter: Quiet | None = None, *, url: str | None = None) -> Entrepot:
        settings = self.folder / "entrepot.toml"
        return Entrepot(url or self.place.url, config=settings, environment={}, reporter=reporter)

    def rows(self) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.place.rows("SELECT id, name, age FROM people ORDER BY id")]

    def marks(self) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.place.rows(MARKS)]

    def tables(self) -> str:
        """What stands in the database besides rows, our marks aside."""
        return str(self.entrepot().catalog().entities)

    def jobs(self) -> tuple[JobRecord, ...]:
        """The newest first, and settled as any next command would do it."""
        self.entrepot().undoable()
        with open_state(self.state, SystemClock()) as state:
            return state.ledger.jobs.latest()

    def statuses(self) -> list[str]:
        return [str(job.status) for job in self.jobs()]

    def receipt(self) -> Mapping[str, int]:
        """What the ledger says of the latest job."""
        found = self.jobs()[0].receipt
        return {name: count for name, count in (found or {}).get("counts", {}).items() if count}


DONE = {"created": 1, "updated": 2}


@contextmanager
def a_yard(case: EngineCase, request: pytest.FixtureRequest, folder: Path) -> Iterator[Yard]:
    with case.place(request, folder) as place:
        yield yard_at(case, place, folder)


def yard_at(case: EngineCase, place: Place, folder: Path) -> Yard:
    place.execute(TABLE, ROWS)
    home = folder / "home"
    home.mkdir()
    (home / "entrepot.toml").write_text("", encoding="utf-8")
    (home / "people.csv").write_text(FILE, encoding="utf-8")
    return Yard(case, place, home)
