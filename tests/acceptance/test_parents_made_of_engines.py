"""Parents that are made, on each database: held to a plain model of who is missing, and to tenants."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from acceptance.bazaar import KEYS
from acceptance.club import CASES, Club, counted
from contract.databases.case import EngineCase
from entrepot import Entrepot, Errors, FieldMapping, ImportRequest, MappingRequest, Missing, Mode
from entrepot.model.bundles import BundlePlan
from entrepot.model.plans import ImportPlan

NAMES = ("ann", "Ann", "ANN", "ann ", "bé", "be", "a'b", 'say "x"', "1", "01", "x,y", "line\nbreak", "ß", "ss", "{0}")
"""Some databases take some of them for the same."""
SETTINGS = '[entities.clubs]\nmade = { town = "{name}, {{new}}" }\n'
Row = tuple[int, str | None, str | None]


@pytest.fixture(autouse=True)
def quickly(forked_workbench: None) -> None:
    """Many small imports, of which only what becomes of them matters."""


@pytest.fixture(params=CASES)
def club(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        key = KEYS[
            place.url.partition(":")[0].partition("+")[0].replace("postgresql", "postgres").replace("mariadb", "mysql")
        ]
        place.execute(
            "CREATE TABLE tenants (id integer PRIMARY KEY, name varchar(10) NOT NULL)",
            f"CREATE TABLE clubs (id {key}, name varchar(40) NOT NULL, town varchar(60) NOT NULL,"
            " tenant_id integer REFERENCES tenants (id), FOREIGN KEY (tenant_id) REFERENCES tenants (id))",
            "CREATE TABLE members (id integer PRIMARY KEY, club_id integer, other_id integer,"
            " FOREIGN KEY (club_id) REFERENCES clubs (id), FOREIGN KEY (other_id) REFERENCES clubs (id))",
            "CREATE TABLE names (n integer PRIMARY KEY, name varchar(40) NOT NULL)",
            "INSERT INTO tenants VALUES (1, 'one'), (2, 'two')",
            *(f"INSERT INTO names VALUES ({at}, {literal(name)})" for at, name in enumerate(NAMES)),
        )
        settings = tmp_path / "entrepot.toml"
        settings.write_text(SETTINGS, encoding="utf-8")
        yield Club(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def same(club: Club) -> dict[str, str]:
    """Each name, and the first that the database takes for it."""
    pairs = club.place.rows("SELECT a.n, min(b.n) FROM names a JOIN names b ON a.name = b.name GROUP BY a.n")
    return {NAMES[int(str(one))]: NAMES[int(str(first))] for one, first in pairs}


def made(*fields: str, errors: Errors = Errors.ALL_OR_NOTHING, mode: Mode = Mode.CREATE) -> ImportRequest:
    found = {field: FieldMapping(columns=(field,), find_by=("name",), missing=Missing.CREATE) for field in fields}
    return ImportRequest(entity="members", mapping=MappingRequest(fields=found), errors=errors, mode=mode)


def written(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("id", "club_id", "other_id"), *rows])
    return text.getvalue()


def modelled(there: Sequence[str], rows: Sequence[Row], same: dict[str, str]) -> tuple[list[str], list[Row]]:
    """The clubs that there are then, and of which each member is."""
    clubs = {same[name]: name for name in there}
    for at in (1, 2):
        for row in rows:
            if name := row[at]:
                clubs.setdefault(same[str(name)], str(name))
    return sorted(clubs.values()), [
        (row[0], clubs[same[row[1]]] if row[1] else None, clubs[same[row[2]]] if row[2] else None) for row in rows
    ]


def there(club: Club) -> tuple[list[str], list[tuple[object, ...]]]:
    clubs = sorted(str(name) for (name,) in club.place.rows("SELECT name FROM clubs"))
    query = "SELECT m.id, a.name, b.name FROM members m LEFT JOIN clubs a ON a.id = m.club_id"
    return clubs, [
        tuple(row) for row in club.place.rows(f"{query} LEFT JOIN clubs b ON b.id = m.other_id ORDER BY m.id")
    ]


def test_who_is_missing_is_who_a_plain_model_misses(club: Club) -> None:
    chance, classes, request = random.Random(19), same(club), made("club_id", "other_id")
    jobs: list[str] = []
    states, number = [there(club)], 0
    for _ in range(2):
        rows: list[Row] = []
        for _ in range(chance.choice([5, 9])):
            number += 1
            rows.append((number, chance.choice([*NAMES, None]), chance.choice([*NAMES, None])))
        clubs, members = modelled(states[-1][0], rows, classes)
        before = states[-1]
        file = club.file(written(rows), "members.csv")
        plan = club.entrepot.preview([file], request)
        receipt = club.entrepot.apply(plan.plan_id)
        assert receipt.digest == plan.digest
        states.append(there(club))
        assert states[-1] == (clubs, [*before[1], *members])
        assert isinstance(plan, BundlePlan) == (len(clubs) > len(before[0]))
        again = club.entrepot.preview([file], made("club_id", "other_id", mode=Mode.UPSERT))
        assert isinstance(again, ImportPlan)
        assert counted(again.counts) == {"unchanged": len(rows)}
        jobs.append(receipt.job)
    towns = club.place.rows("SELECT name, town FROM clubs")
    assert all(town == f"{name}, {{new}}" for name, town in towns)
    for job, state in zip(reversed(jobs), reversed(states[:-1]), strict=True):
        club.entrepot.undo(job)
        assert there(club) == state
