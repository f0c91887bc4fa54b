"""People of whom all versions are kept, in a database of each engine, and what must become of them, in plain Python."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from acceptance.club import CASES, SQLITE, counted
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot, ImportRequest, OnConflict
from entrepot.bystanders import Quiet
from entrepot.model.types import Kind

__all__ = ["CASES", "SQLITE", "counted"]

PEOPLE = "SELECT slug, version, name, town, is_current FROM people ORDER BY slug, version"
NOTES = """SELECT n.id, p.slug, p.version, q.slug, q.version FROM notes n JOIN people p ON p.id = n.person_id
    LEFT JOIN people q ON q.id = n.reviewer_id ORDER BY n.id"""
Row = tuple[object, ...]
Record = Mapping[str, str | None]
VERSIONS = ImportRequest(entity="people", on_conflict=OnConflict.VERSION)


def tables(case: EngineCase) -> tuple[str, str]:
    return (
        f"""CREATE TABLE people (id {case.counter}, slug varchar(20) NOT NULL, version integer NOT NULL,
        name varchar(20), town varchar(20) DEFAULT 'none', is_current {case.types[Kind.BOOLEAN]},
        CONSTRAINT one_number UNIQUE (slug, version))""",
        """CREATE TABLE notes (id integer PRIMARY KEY, person_id {number} NOT NULL, reviewer_id {number},
        FOREIGN KEY (person_id) REFERENCES people (id), FOREIGN KEY (reviewer_id) REFERENCES people (id))""".format(
            number=case.types[Kind.INTEGER]
        ),
    )


@dataclass
class Chronicle:
    case: EngineCase
    place: Place
    folder: Path

    def set(self, references: str = "stay", current: str = ', current = "is_current"', more: str = "") -> None:
        version = f'{{ field = "version", of = ["slug"]{current}, references = "{references}" }}'
        text = f"[entities.people]\nversion = {version}\n{more}"
        (self.folder / "entrepot.toml").write_text(text, encoding="utf-8")

    def entrepot(self, reporter: Quiet | None = None) -> Entrepot:
        settings = self.folder / "entrepot.toml"
        return Entrepot(self.place.url, config=settings, environment={}, reporter=reporter)

    def fill(self, *people: Sequence[object], notes: Sequence[Sequence[object]] = ()) -> None:
        """People as (id, slug, version, name, town, current), whose ids only the notes know: the database gives out
        others."""
        self.place.execute("DELETE FROM notes", "DELETE FROM people")
        known = {row[0]: f"(SELECT id FROM people WHERE slug = {row[1]!r} AND version = {row[2]!r})" for row in people}
        rows = ", ".join(f"({', '.join(map(constant, row[1:]))})" for row in people)
        if rows:
            self.place.execute(f"INSERT INTO people (slug, version, name, town, is_current) VALUES {rows}")
        for number, person, reviewer in notes:
            self.place.execute(f"INSERT INTO notes VALUES ({number}, {known[person]}, {known.get(reviewer, 'NULL')})")

    def file(self, text: str, name: str = "people.csv") -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def people(self) -> list[Row]:
        return [(*row[:-1], bool(row[-1])) for row in self.place.rows(PEOPLE)]

    def notes(self) -> list[Row]:
        return [tuple(row) for row in self.place.rows(NOTES)]


@contextmanager
def opened(case: EngineCase, request: pytest.FixtureRequest, folder: Path) -> Iterator[Chronicle]:
    with case.place(request, folder) as place:
        place.execute(*tables(case))
        home = folder / "home"
        home.mkdir()
        found = Chronicle(case, place, home)
        found.set()
        yield found


def constant(value: object) -> str:
    if value is None:
        return "NULL"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def written(columns: Sequence[str], records: Sequence[Record]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([columns, *([record[name] for name in columns] for record in records)])
    return text.getvalue()


@dataclass
class Plain:
    """People by slug: their versions in order, and who refers to which."""

    people: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    notes: list[list[object]] = field(default_factory=list)
    """(id, slug, version, slug of the reviewer or None, version)"""

    def take(self, record: Record, *, follow: bool) -> str:
        """What is decided about it."""
        slug, said = str(record["slug"]), record.get("version")
        history = self.people.get(slug)
        if history is None:
            first = {"version": int(said or 1), "name": None, "town": "none", **self._values(record)}
            self.people[slug] = [{**first, "current": True}]
            return "created"
        newest = history[-1]
        if all(newest[name] == value for name, value in self._values(record).items()):
            return "unchanged"
        if said is not None and int(said) <= int(str(newest["version"])):
            return "skipped" if int(said) < int(str(newest["version"])) else "failed"
        number = int(said) if said is not None else int(str(newest["version"])) + 1
        for version in history:
            version["current"] = False
        history.append({**newest, **self._values(record), "version": number, "current": True})
        if follow:
            self._follow(slug, number)
        return "versioned"

    def _values(self, record: Record) -> dict[str, object]:
        return {name: value for name, value in record.items() if name not in ("slug", "version")}

    def _follow(self, slug: str, number: int) -> None:
        for note in self.notes:
            for at in (1, 3):
                if note[at] == slug:
                    note[at + 1] = number

    def rows(self) -> list[Row]:
        return [
            (slug, *(version[name] for name in ("version", "name", "town", "current")))
            for slug in sorted(self.people)
            for version in self.people[slug]
        ]
