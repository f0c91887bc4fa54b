"""Random imports: a database with some people, a file about some of them, a request, and what others do meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from entrepot.model.drafts import Blank, Errors, Mode, OnConflict
from entrepot.model.plans import ImportRequest
from recovery.plain_import import FIELDS, Record, Row, Wanted, World

TABLES = (
    "CREATE TABLE teams (id integer PRIMARY KEY)",
    """CREATE TABLE people (id {counter}, email varchar(40) UNIQUE, name varchar(20), age integer, score decimal(8,2),
       boss {number}, team_id integer, nick varchar(9) UNIQUE, FOREIGN KEY (boss) REFERENCES people (id),
       FOREIGN KEY (team_id) REFERENCES teams (id))""",
)
CLEAR = ("UPDATE people SET boss = NULL", "DELETE FROM people", "DELETE FROM teams")
NAMES = ("Ann", "Bob", "a, b", 'say "x"', "line\nbreak", "NULL", "\\N", "", "ñ 家")
NICKS = ("a", "b", "c", "d", "e", "f", "g")
BAD = {"age": ("x", "1.5", "--"), "score": ("2.555", "abc"), "name": ("n" * 21,), "id": ("", "one"), "boss": ("me",)}
KEYS = {"primary": (), "natural": (), "chosen": ("email",), "by name": ("name",), "two": ("name", "age"), "none": ()}
"""What the request says; which key that is follows from the file."""


@dataclass(frozen=True, kw_only=True)
class Dice:
    """Everything that is random about one case. Emails go by the id, so that they are never in each other's way."""

    random: Random
    kind: str

    def world(self) -> World:
        teams = frozenset(self.random.sample("123", self.random.randint(1, 3)))
        people: list[Row] = []
        nicks = self.random.sample(NICKS, len(NICKS))
        for number in self.random.sample(range(1, 10), self.random.randint(0, 6)):
            person = self.person(str(number), [str(row["id"]) for row in people], sorted(teams))
            people.append({**person, "nick": person["nick"] and nicks.pop()})
        return World(people=tuple(people), teams=teams)

    def person(self, number: str, bosses: Sequence[str], teams: Sequence[str]) -> Row:
        row = {name: self.value(name, number, bosses, teams) for name in FIELDS}
        return {**row, "id": number, "score": row["score"] and f"{float(row['score']):.2f}"}

    def value(self, name: str, number: str, bosses: Sequence[str], teams: Sequence[str]) -> str | None:
        if name == "email":
            return f"{self.random.choice('pq' if self.kind == 'primary' else 'p')}{number}@x.org"
        choices: dict[str, Sequence[str]] = {
            "id": (number,), "name": NAMES, "age": ("20", "30"), "score": ("1.5", "2.00", "-3"), "boss": bosses,
            "team_id": teams, "nick": NICKS,
        }  # fmt: skip
        found = choices[name]
        return None if not found or (name != "id" and self.random.random() < 0.2) else self.random.choice(found)

    def wanted(self, world: World) -> Wanted:
        columns = self.columns()
        numbers = [str(number) for number in range(1, 12)]
        if self.kind == "none":  # nothing would find a row that has the email
            numbers = [str(number) for number in range(20, 40)]
        chosen = self.random.choices(numbers, k=self.random.randint(1, 7))
        if self.kind in ("none", "by name", "two"):
            chosen = self.random.sample(numbers, len(chosen))
        records = tuple(self.record(number, columns, world) for number in chosen)
        key = {"primary": ("id",), "natural": ("email",)}.get(self.kind, KEYS[self.kind])
        lines = any(records) and self.random.random() < 0.4
        if lines:
            records = tuple(record and self.thinned(record, key) for record in records)
            columns = tuple(name for name in columns if any(record and name in record for record in records))
        return Wanted(records=records, columns=columns, key=key, request=self.request(), lines=lines)

    def thinned(self, record: Row, key: Sequence[str]) -> Row:
        """Not everything is given."""
        first = next(iter(record))
        return {name: value for name, value in record.items() if name in (first, *key) or self.random.random() < 0.9}

    def columns(self) -> tuple[str, ...]:
        """A file without ids has new rows numbered by the database."""
        others = self.random.sample(("age", "score", "boss", "team_id", "nick", "nick"), self.random.randint(0, 5))
        always = {"primary": ("id", "email"), "by name": ("name",), "two": ("name", "age")}.get(self.kind, ("email",))
        more = ("name",) if self.random.random() < 0.5 else ()
        return tuple(dict.fromkeys((*always, *more, *others)))

    def record(self, number: str, columns: Sequence[str], world: World) -> Record:
        if self.random.random() < 0.04:
            return None
        bosses = [str(each) for each in range(1, 13)] if "id" in columns else [str(each) for each in world.ids()]
        row = {name: self.value(name, number, bosses, ("1", "2", "3", "4")) for name in columns}
        if self.random.random() < 0.15:
            name = self.random.choice([name for name in columns if name in BAD] or ["email"])
            row[name] = self.random.choice(BAD.get(name, (row[name],)))
        return row

    def request(self) -> ImportRequest:
        mode = Mode.CREATE if self.kind == "none" else self.random.choice((Mode.CREATE, Mode.UPDATE, Mode.UPSERT))
        return ImportRequest(
            entity="people",
            mode=mode,
            on_conflict=self.random.choice((None, *(each for each in OnConflict if each is not OnConflict.VERSION))),
            blank=self.random.choice(tuple(Blank)),
            errors=self.random.choice((Errors.ALL_OR_NOTHING, Errors.SKIP, Errors.SKIP)),
            key=KEYS[self.kind],
        )

    def drift(self, world: World) -> list[str]:
        """What somebody else does between preview and apply."""
        free = [n for n in range(1, 12) if str(n) not in world.ids()]
        chosen = self.random.choice(free)
        ways = [f"INSERT INTO people (id, email) VALUES ({chosen}, 'p{chosen}@x.org')", "INSERT INTO teams VALUES (4)"]
        for row in world.people:
            changes = ("age = 44", "name = 'Zoe'", "nick = 'z'")
            ways += [f"UPDATE people SET {change} WHERE id = {row['id']}" for change in changes]
            if all(other["boss"] != row["id"] for other in world.people):
                ways.append(f"DELETE FROM people WHERE id = {row['id']}")
        used = {row["team_id"] for row in world.people}
        ways += [f"DELETE FROM teams WHERE id = {team}" for team in sorted(world.teams - used)]
        return self.random.sample(ways, 1)


def statements(world: World, text: Callable[[str], str]) -> list[str]:
    def sql(value: str | None) -> str:
        return "NULL" if value is None else text(value)

    teams = [f"INSERT INTO teams VALUES ({team})" for team in sorted(world.teams)]
    people = [
        f"INSERT INTO people ({', '.join(row)}) VALUES ({', '.join(map(sql, row.values()))})" for row in world.people
    ]
    return [*CLEAR, *teams, *people]


def written(wanted: Wanted, folder: Path) -> Path:
    """As CSV, or as lines of JSON, where a value may be missing altogether."""
    path = folder / ("people.ndjson" if wanted.lines else "people.csv")
    path.write_text("".join(_json(wanted) if wanted.lines else _csv(wanted)), encoding="utf-8", newline="")
    return path


def _json(wanted: Wanted) -> Iterator[str]:
    return ("{broken\n" if record is None else json.dumps(record) + "\n" for record in wanted.records)


def _csv(wanted: Wanted) -> Iterator[str]:
    yield ",".join(wanted.columns) + "\n"
    for record in wanted.records:
        values = ["", *wanted.columns] if record is None else [record[name] for name in wanted.columns]
        yield ",".join("" if value is None else '"{}"'.format(value.replace('"', '""')) for value in values) + "\n"
