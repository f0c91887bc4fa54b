"""People of a club in a database: what files are brought into where records are left out, corrected or refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.model.drafts import Mode
from entrepot.model.errors import EntrepotError
from entrepot.model.plans import ImportRequest

SQLITE = pytest.param(sqlite_case.CASE, id="sqlite")
CASES = (
    SQLITE,
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
TABLES = (
    "CREATE TABLE teams (id integer PRIMARY KEY, name varchar(40) NOT NULL)",
    """CREATE TABLE people (id integer PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, age integer, team_id integer,
       FOREIGN KEY (team_id) REFERENCES teams (id), CONSTRAINT grown CHECK (abs(age) < 150))""",
    "INSERT INTO teams VALUES (1, 'red'), (2, 'blue')",
    "INSERT INTO people VALUES (1, 'ann@example.org', 30, 1)",
)
PEOPLE = "SELECT id, email, age, team_id FROM people ORDER BY id"
ANN = (1, "ann@example.org", 30, 1)
Row = tuple[object, ...]


@dataclass(frozen=True)
class Club:
    place: Place
    folder: Path
    entrepot: Entrepot

    def rows(self) -> list[Row]:
        return [tuple(row) for row in self.place.rows(PEOPLE)]

    def file(self, text: str | bytes, name: str = "people.csv") -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


@contextmanager
def opened(case: EngineCase, request: pytest.FixtureRequest, folder: Path) -> Iterator[Club]:
    with case.place(request, folder) as place:
        place.execute(*TABLES)
        settings = folder / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Club(place, folder, Entrepot(place.url, config=settings, environment={}))


def into(mode: Mode = Mode.CREATE, **said: object) -> ImportRequest:
    return ImportRequest(entity="people", mode=mode, **said)  # type: ignore[arg-type]


def counted(counts: object) -> dict[str, int]:
    return {name: count for name, count in dict(counts).items() if count}  # type: ignore[call-overload]


def table(path: Path, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""), delimiter=delimiter))


def code_of(raised: pytest.ExceptionInfo[EntrepotError]) -> str:
    assert raised.value.remedy
    return raised.value.code
