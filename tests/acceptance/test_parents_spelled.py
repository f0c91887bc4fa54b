"""Parents on the lines of their children, spelled in several ways: one that the database takes for one is one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from acceptance.bazaar import KEYS, Bazaar, opened
from acceptance.market import counted
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase
from entrepot.model.bundles import BundleRequest
from entrepot.model.drafts import Errors
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.plans import ImportRequest
from seeds import seeds

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
BLIND = {
    "sqlite": "varchar(20) COLLATE NOCASE",
    "postgres": 'varchar(20) COLLATE "blind"',
    "mysql": "varchar(20) COLLATE utf8mb4_general_ci",
}
"""Case means nothing in such a column."""
EACH = ImportRequest(entity="")


@pytest.fixture(autouse=True)
def quickly(forked_workbench: None) -> None:
    """Small imports, of which only what becomes of them matters."""


@pytest.fixture(params=CASES)
def bazaar(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bazaar]:
    with towns(request.param, request, tmp_path) as found:
        yield found


@contextmanager
def towns(case: EngineCase, request: pytest.FixtureRequest, folder: Path) -> Iterator[Bazaar]:
    with opened(case, request, folder) as found:
        if case.name == "postgres":
            found.place.execute(
                "CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
            )
        found.place.execute(
            f"CREATE TABLE towns (id {KEYS[case.name]}, nr integer UNIQUE, code {BLIND[case.name]} UNIQUE,"
            " name varchar(20))",
            f"CREATE TABLE visits (id {KEYS[case.name]}, town_id integer NOT NULL REFERENCES towns (id),"
            " day varchar(9))",
            f"CREATE TABLE roads (code {BLIND[case.name]} NOT NULL PRIMARY KEY, name varchar(20))",
            f"CREATE TABLE trips (id {KEYS[case.name]}, road {BLIND[case.name]} NOT NULL REFERENCES roads (code),"
            " day varchar(9))",
        )
        yield found


def asked(parents: str, each: ImportRequest = EACH, **columns: str) -> BundleRequest:
    fields = {field: FieldMapping(columns=(column,)) for field, column in columns.items()}
    return BundleRequest(
        also={parents: ""}, each=each, tables={parents: replace(each, mapping=MappingRequest(fields=fields))}
    )


def written(bazaar: Bazaar, name: str, text: str) -> list[Path]:
    file = bazaar.folder / f"{name}.csv"
    file.write_text(text, encoding="utf-8")
    return [file]


def visited(bazaar: Bazaar) -> list[tuple[str, ...]]:
    rows = bazaar.place.rows(
        "SELECT day, t.nr, t.code, t.name FROM visits v JOIN towns t ON t.id = v.town_id ORDER BY day"
    )
    return [tuple(map(str, row)) for row in rows]


def test_the_same_number_is_one_parent_however_it_is_spelled(bazaar: Bazaar) -> None:
    files = written(bazaar, "visits", "day,nr,town\nmon,7,Oslo\ntue,007,Oslo\nwed,07,Oslo\nthu,8,Rome\n")
    request = asked("towns", nr="nr", name="town")
    plan = bazaar.preview(files, request)
    assert [(part.entity, counted(part.counts)) for part in plan.parts] == [
        ("towns", {"created": 2}),
        ("visits", {"created": 4}),
    ]
    receipt = bazaar.entrepot.apply(plan.plan_id)
    assert receipt.digest == plan.digest
    assert visited(bazaar) == [
        ("mon", "7", "None", "Oslo"),
        ("thu", "8", "None", "Rome"),
        ("tue", "7", "None", "Oslo"),
        ("wed", "7", "None", "Oslo"),
    ]


def test_what_the_database_takes_for_the_same_is_one_parent(bazaar: Bazaar) -> None:
    files = written(bazaar, "visits", "day,code,town\nmon,osl,Oslo\ntue,OSL,Oslo\nwed,Osl,Oslo\nthu,rom,Rome\n")
    receipt = bazaar.bring_in(files, asked("towns", code="code", name="town"))
    assert [counted(part.counts) for part in receipt.parts] == [{"created": 2}, {"created": 4}]
    assert [row[::2] for row in visited(bazaar)] == [("mon", "osl"), ("thu", "rom"), ("tue", "osl"), ("wed", "osl")]


def test_so_it_is_where_the_records_refer_by_that_field_itself(bazaar: Bazaar) -> None:
    files = written(bazaar, "trips", "day,road,called\nmon,e6,North\ntue,E6,North\nwed,e18,West\n")
    receipt = bazaar.bring_in(files, asked("roads", code="road", name="called"))
    assert [counted(part.counts) for part in receipt.parts] == [{"created": 2}, {"created": 3}]
    rows = bazaar.place.rows("SELECT day, r.name FROM trips JOIN roads r ON r.code = road ORDER BY day")
    assert [tuple(map(str, row)) for row in rows] == [("mon", "North"), ("tue", "North"), ("wed", "West")]


def test_lines_that_differ_are_told_also_if_they_spell_their_parent_differently(bazaar: Bazaar) -> None:
    files = written(bazaar, "visits", "day,nr,town\nmon,7,Oslo\ntue,007,Bergen\nwed,8,Rome\n")
    plan = bazaar.preview(files, asked("towns", replace(EACH, errors=Errors.SKIP), nr="nr", name="town"))
    told = [(part.entity, it.place.record, it.code) for part in plan.parts for it in part.problems if it.place.record]
    assert [one for one in told if one[2] != "leading_zeros"] == [
        ("towns", 1, "parents_differ"),
        ("towns", 2, "parents_differ"),
        ("visits", 1, "parent_failed"),
        ("visits", 2, "parent_failed"),
    ]


def test_blanks_at_the_end_tell_parents_apart_where_they_do_so_in_the_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with towns(sqlite_case.CASE, request, tmp_path) as found:
        files = written(found, "visits", 'day,code,town\nmon,"q ",Oslo\ntue,q,Rome\nwed,"q ",Oslo\nthu,"  ",\n')
        skipping = replace(EACH, errors=Errors.SKIP)
        found.bring_in(files, asked("towns", skipping, code="code", name="town"))
        assert [row[::2] for row in visited(found)] == [("mon", "q "), ("tue", "q"), ("wed", "q ")]


def test_a_second_file_means_the_parent_that_is_spelled_so_and_else_the_one_without_blanks(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with towns(sqlite_case.CASE, request, tmp_path) as found:
        found.place.execute("CREATE TABLE guides (name varchar(9), town_id integer REFERENCES towns (id))")
        lines = written(found, "visits", 'day,code\nmon,"q "\ntue,q\nwed,r\nthu,"s "\n')
        others = written(found, "guides", 'name,town_id\nAnn,"q "\nBob,q\nCy," r "\nDee,"s "\nEve,s\n')
        skipping = replace(EACH, errors=Errors.SKIP)
        found.bring_in([*lines, *others], replace(asked("towns", skipping, code="code"), also={"towns": "visits"}))
        rows = found.place.rows("SELECT g.name, code FROM guides g JOIN towns t ON t.id = town_id ORDER BY g.name")
        assert [tuple(row) for row in rows] == [("Ann", "q "), ("Bob", "q"), ("Cy", "r"), ("Dee", "s ")]


SPELLED = {"7": ("7", "07", "007"), "8": ("8", "08"), "osl": ("osl", "OSL", "Osl"), "rom": ("rom", "ROM")}


@pytest.mark.parametrize("seed", seeds(8))
def test_a_plain_model_has_the_same_parents(seed: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A dictionary by what is meant; lines that say different things of one fail."""
    chance = Random(seed)
    field = chance.choice(("nr", "code"))
    meant = [one for one in SPELLED if one.isdigit() == (field == "nr")]
    lines = [
        (chance.choice(meant), chance.choice(("Oslo", "Oslo", "Oslo", "Rome"))) for _ in range(chance.randint(1, 9))
    ]
    spelled = [chance.choice(SPELLED[key]) for key, _ in lines]
    said = {key: {name for other, name in lines if other == key} for key, _ in lines}
    good = {key for key, names in said.items() if len(names) == 1}
    with towns(sqlite_case.CASE, request, tmp_path) as found:
        text = "".join(f"{at},{key},{name}\n" for at, (key, (_, name)) in enumerate(zip(spelled, lines, strict=True)))
        files = written(found, "visits", f"day,key,town\n{text}")
        found.bring_in(files, asked("towns", replace(EACH, errors=Errors.SKIP), **{field: "key"}, name="town"))
        rows = found.place.rows(f"SELECT day, lower(t.{field}), t.name FROM visits JOIN towns t ON t.id = town_id")
        there = {int(str(day)): (str(key), str(name)) for day, key, name in rows}
        assert there == {at: line for at, line in enumerate(lines) if line[0] in good}, text
        assert found.place.rows("SELECT count(*) FROM towns") == [(len(good),)]
