"""Preview and apply never disagree: random files, requests and drifts, each held to a model in plain Python."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import cast

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from contract.databases.changing import ChangingEngine
from entrepot.bystanders import Quiet, SystemClock
from entrepot.importing.apply import apply
from entrepot.importing.look import look
from entrepot.importing.request import Draft, Run
from entrepot.model.cancel import CancelSwitch
from entrepot.model.catalog import Catalog
from entrepot.model.drafts import Errors
from entrepot.model.errors import EntrepotError
from entrepot.model.journals import JournalFacts
from entrepot.model.overlay import CatalogOverlay, EntityOverlay, apply_overlay
from entrepot.model.plans import DraftFile, ImportPlan
from entrepot.model.types import Kind
from entrepot.workbench import open_workbench
from entrepot.workbench.bench import ImportBench
from entrepot.workbench.client import ChildWorkbench
from recovery.plain_import import FIELDS, Foretold, Row, Wanted, World, foretell, same_plan
from recovery.random_imports import KEYS, TABLES, Dice, statements, written
from seeds import seeds

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
ROUNDS = 2
"""Of each kind of key."""


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChildWorkbench]:
    with open_workbench(tmp_path_factory.mktemp("work")) as opened:
        yield opened


@dataclass(frozen=True)
class Town:
    case: EngineCase
    place: Place
    folder: Path
    child: ChildWorkbench

    def settle(self, world: World) -> None:
        self.place.execute(*statements(world, self.case.string))

    def rows(self) -> tuple[list[tuple[str | None, ...]], frozenset[str]]:
        people = self.place.rows(f"SELECT {', '.join(FIELDS)} FROM people ORDER BY id")
        teams = self.place.rows("SELECT id FROM teams")
        return [tuple(map(text, row)) for row in people], frozenset(str(row[0]) for row in teams)

    def world(self) -> World:
        people, teams = self.rows()
        return World(
            people=tuple(dict(zip(FIELDS, map(shown, FIELDS, row), strict=True)) for row in people), teams=teams
        )

    def run(self, catalog: Catalog) -> Run:
        return Run(
            engine=cast("ChangingEngine", self.case.engine(self.place.url)),
            catalog=catalog,
            reporter=Quiet(),
            cancel=CancelSwitch(),
            clock=SystemClock(),
            work=self.folder,
            bench=lambda: nullcontext(ImportBench(self.child)),
            tool="a test",
        )

    def catalog(self, natural: tuple[str, ...]) -> Catalog:
        overlay = CatalogOverlay(entities={"people": EntityOverlay(natural_key=natural)})
        return apply_overlay(self.case.engine(self.place.url).introspect(), overlay)


def text(value: object) -> str | None:
    return None if value is None else str(value)


def shown(name: str, value: str | None) -> str | None:
    """SQLite has no decimals."""
    return value if value is None or name != "score" else f"{float(value):.2f}"


@pytest.fixture(params=CASES)
def town(request: pytest.FixtureRequest, tmp_path: Path, child: ChildWorkbench) -> Iterator[Town]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        tables = [table.format(counter=case.counter, number=case.types[Kind.INTEGER]) for table in TABLES]
        place.execute(*tables)
        if case.name == "postgres":  # whose counters do not notice numbers that somebody gives
            place.execute("ALTER TABLE people ALTER id RESTART WITH 1000")
        yield Town(case, place, tmp_path, child)


def draft(path: Path) -> Draft:
    data = path.read_bytes()
    return Draft(path=path, file=DraftFile(name=path.name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest()))


@pytest.mark.parametrize("kind", KEYS)
def test_what_was_previewed_is_what_happens_or_nothing_does(town: Town, kind: str) -> None:
    catalog = town.catalog(("email",) if kind == "natural" else ())
    for seed in seeds(ROUNDS):
        try:
            one_import(town, catalog, Dice(random=Random(seed), kind=kind))
        except AssertionError as error:
            error.add_note(f"seed {seed}")
            raise


def one_import(town: Town, catalog: Catalog, dice: Dice) -> None:
    town.settle(dice.world())
    world = town.world()
    wanted = dice.wanted(world)
    file, run = draft(written(wanted, town.folder)), town.run(catalog)
    before = foretell(wanted, world)
    plan = look(file, wanted.request, run)
    assert told_by(plan) == told(before), f"{wanted}\n{before.fates}\n{world}\n{plan.findings}"
    assert town.world() == world
    if dice.random.random() < 0.5:
        town.place.execute(*dice.drift(world))
    now = town.world()
    check_applied(town, wanted, before, foretell(wanted, now), outcome(file, wanted, run, plan))


def outcome(file: Draft, wanted: Wanted, run: Run, plan: ImportPlan) -> str:
    try:
        (run.work / "journal").unlink(missing_ok=True)
        apply(file, wanted.request, run, job=run.clock.now().isoformat(), keep=kept, agreed=plan)
    except EntrepotError as error:
        return error.code
    return "done"


def kept(journal: Path, facts: JournalFacts) -> None:
    assert journal.is_file() or not facts.sections


def check_applied(town: Town, wanted: Wanted, before: Foretold, now: Foretold, outcome: str) -> None:
    blocked = before.blocked and wanted.request.errors is Errors.ALL_OR_NOTHING
    expected = "plan_drifted" if not same_plan(before, now, wanted.columns) else "records_failed" if blocked else "done"
    assert outcome == expected, f"{wanted}\n{before}\n{now}"
    after = now.people() if outcome == "done" else list(now.world.people)
    assert ordered(town.world().people, now) == ordered(after, now), f"{wanted}\n{before}"


def told(foretold: Foretold) -> dict[str, int]:
    return {str(decision): count for decision, count in foretold.counts.items() if count}


def told_by(plan: ImportPlan) -> dict[str, int]:
    return {decision: count for decision, count in plan.counts.items() if count}


def ordered(rows: list[Row] | tuple[Row, ...], now: Foretold) -> list[tuple[tuple[str, str | None], ...]]:
    """Rows that got their number from the database are told by the rest."""
    known = now.world.ids() | {fate.becomes["id"] for fate in now.fates if fate.becomes}
    plain = [{**row, "id": row["id"] if row["id"] in known else None} for row in rows]
    return sorted((tuple(sorted(row.items())) for row in plain), key=repr)
