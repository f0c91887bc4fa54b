"""Triggers that people gave to a table: an import sets them off, and its plan says so beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.model.drafts import Mode
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.problems import Severity
from entrepot.model.triggers import Event, Timing

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
TABLES = (
    "CREATE TABLE people (id integer PRIMARY KEY, name varchar(20))",
    "CREATE TABLE seen (what varchar(20), id integer)",
    "INSERT INTO people VALUES (1, 'Ann')",
)
TRIGGERS: Mapping[str, Sequence[str]] = {
    "postgres": (
        """CREATE FUNCTION notice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             INSERT INTO seen VALUES (lower(TG_OP), NEW.id); RETURN NEW; END $$""",
        "CREATE TRIGGER \"a new one, 'really'\" AFTER INSERT ON people FOR EACH ROW EXECUTE FUNCTION notice()",
        "CREATE TRIGGER changed BEFORE UPDATE OF name ON people FOR EACH ROW EXECUTE FUNCTION notice()",
    ),
    "mysql": (
        (
            "CREATE TRIGGER `a new one, 'really'` AFTER INSERT ON people FOR EACH ROW "
            "INSERT INTO seen VALUES ('insert', NEW.id)"
        ),
        "CREATE TRIGGER changed BEFORE UPDATE ON people FOR EACH ROW INSERT INTO seen VALUES ('update', NEW.id)",
    ),
    "sqlite": (
        (
            "CREATE TRIGGER \"a new one, 'really'\" AFTER INSERT ON people BEGIN "
            "INSERT INTO seen VALUES ('insert', NEW.id); END"
        ),
        (
            "CREATE TRIGGER IF NOT EXISTS main.changed /* before */ UPDATE OF name ON people BEGIN "
            "INSERT INTO seen VALUES ('update', NEW.id); END"
        ),
    ),
}


@dataclass(frozen=True)
class Watched:
    place: Place
    folder: Path
    entrepot: Entrepot

    def preview(self, text: str) -> ImportPlan:
        file = self.folder / "people.csv"
        file.write_text(text, encoding="utf-8")
        return self.entrepot.preview(file, ImportRequest(entity="people", mode=Mode.UPSERT))


@pytest.fixture(params=CASES)
def watched(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Watched]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(*TABLES, *TRIGGERS[case.name])
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Watched(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def told(plan: ImportPlan) -> list[str]:
    return [problem.message for problem in plan.problems if problem.code == "triggers_fire"]


def test_the_catalog_knows_when_triggers_fire(watched: Watched) -> None:
    found = {
        trigger.name: (trigger.timing, trigger.events)
        for trigger in watched.entrepot.catalog().entity("people").triggers
    }
    assert found == {
        "a new one, 'really'": (Timing.AFTER, (Event.INSERT,)),
        "changed": (Timing.BEFORE, (Event.UPDATE,)),
    }
    assert watched.entrepot.catalog().entity("seen").triggers == ()


def test_a_plan_names_the_triggers_that_will_fire_and_they_do(watched: Watched) -> None:
    plan = watched.preview("id,name\n1,Anna\n2,Bob\n")
    (words,) = told(plan)
    assert "a new one, 'really' (after insert)" in words
    assert "changed (before update)" in words
    assert not plan.blocked
    assert {problem.severity for problem in plan.problems if problem.code == "triggers_fire"} == {Severity.INFO}
    watched.entrepot.apply(plan.plan_id)
    assert sorted(map(tuple, watched.place.rows("SELECT what, id FROM seen"))) == [("insert", 2), ("update", 1)]


@pytest.mark.parametrize(
    ("text", "named"),
    [("id,name\n2,Bob\n", "a new one, 'really'"), ("id,name\n1,Anna\n", "changed"), ("id,name\n1,Ann\n", "")],
    ids=["created", "updated", "unchanged"],
)
def test_triggers_that_will_not_fire_are_not_mentioned(watched: Watched, text: str, named: str) -> None:
    words = told(watched.preview(text))
    assert [named in word for word in words] == ([True] if named else [])
    assert all(("changed" in word) == (named == "changed") for word in words)


def test_the_command_line_shows_the_triggers_of_an_entity(watched: Watched, capsys: pytest.CaptureFixture[str]) -> None:
    from entrepot.cli import main

    assert main(["catalog", "people", "--db", watched.place.url]) == 0
    assert "trigger changed (before update)" in capsys.readouterr().out
