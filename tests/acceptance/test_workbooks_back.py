"""A workbook that Entrepot wrote comes back as what it was: on every engine, in an empty table, sheets that were split
at their limit included. And one that somebody edits is the same table with other values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot, ExportOptions
from entrepot.model.drafts import Mode, OnConflict
from entrepot.model.plans import ImportRequest
from entrepot.model.types import Kind

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
NATIVE = {
    "sqlite": "i bigint, n decimal(20,6), x double, d date, s timestamp, z timestamp, b boolean, y blob, j json,"
    " t text",
    "postgres": "i bigint, n numeric(20,6), x double precision, d date, s timestamp, z timestamptz, b boolean, y bytea,"
    " j jsonb, t text",
    "mysql": "i bigint, n decimal(20,6), x double, d date, s datetime(6), z timestamp(6) NULL, b boolean, y longblob,"
    " j json, t longtext",
}
TABLE = "CREATE TABLE zoo (k integer PRIMARY KEY, {columns})"
MOMENT = "'2024-01-02 10:00:00.123'"
NULLS = "NULL, NULL, NULL, NULL"
DAWN = "'2024-01-02 00:00:00'"
LATE = "'9999-12-31', '9999-12-31 23:59:59', '2030-12-31 23:59:59'"
VALUES = (
    f"1, 9007199254740993, 12.5, 0.1, '2024-01-02', {MOMENT}, {MOMENT}, {{true}}, {{bytes}}, '[1]', '=1+1'",
    f"2, {NULLS}, {NULLS}, NULL, NULL",
    f"3, -1, 12345678901234.123456, 1e300, '1900-01-01', {DAWN}, {DAWN}, {{false}}, NULL, '[]', ''",
    f"4, 0, -0.5, -2.5e-300, {LATE}, NULL, NULL, NULL, '_x0041_ ''quoted'' <&>'",
    f"5, 7, 7, 7, '1899-12-31', '1899-12-31 12:00:00', {NULLS}, ' blank '",
)
WORDS = {
    "sqlite": {"true": "1", "false": "0", "bytes": "x'dead'"},
    "postgres": {"true": "true", "false": "false", "bytes": "'\\xdead'"},
    "mysql": {"true": "1", "false": "0", "bytes": "x'dead'"},
}


@dataclass(frozen=True)
class Zoo:
    case: EngineCase
    place: Place
    folder: Path
    entrepot: Entrepot

    def fill(self) -> None:
        self.empty()
        words = WORDS[self.case.name]
        self.place.execute(*(f"INSERT INTO zoo VALUES ({values.format(**words)})" for values in VALUES))

    def empty(self) -> None:
        self.place.execute("DROP TABLE IF EXISTS zoo", TABLE.format(columns=NATIVE[self.case.name]))

    def export(self, **said: str) -> Path:
        path = self.folder / "zoo.xlsx"
        self.entrepot.export("zoo", to=path, options=ExportOptions(overwrite=True, format_options=said))
        return path

    def content(self) -> object:
        return self.entrepot.fingerprint("zoo")


@pytest.fixture(params=CASES)
def zoo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Zoo]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
        yield Zoo(case, place, tmp_path, Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={}))


def test_what_went_out_comes_back(zoo: Zoo) -> None:
    """In one sheet, and in three that go on with each other."""
    zoo.fill()
    before = zoo.content()
    for limit in ("100", "3"):
        path = zoo.export(row_limit=limit)
        zoo.empty()
        plan = zoo.entrepot.preview(path, ImportRequest(entity="zoo"))
        assert (plan.staged.records, plan.counts["created"], plan.problems) == (5, 5, ())
        zoo.entrepot.apply(plan.plan_id)
        assert zoo.content() == before
        again = zoo.entrepot.preview(path, ImportRequest(entity="zoo", mode=Mode.UPSERT))
        assert again.counts["unchanged"] == 5


@pytest.mark.parametrize("zoo", CASES[:1], indirect=True)
def test_what_somebody_edits_is_what_changes(zoo: Zoo) -> None:
    """Another program saves the whole workbook anew. What we said about it is lost with that, and no value but for an
    empty text, which that program makes none."""
    zoo.fill()
    zoo.place.execute("UPDATE zoo SET t = 'filled' WHERE t = ''")
    path = zoo.export(row_limit="100")
    book = openpyxl.load_workbook(path)
    book["zoo"]["K2"] = "edited"
    book.save(path)
    request = ImportRequest(entity="zoo", mode=Mode.UPSERT, on_conflict=OnConflict.OVERWRITE)
    plan = zoo.entrepot.preview(path, request)
    assert [problem.code for problem in plan.staged.problems] == ["about_left_out"]
    assert {decision: count for decision, count in plan.counts.items() if count} == {"updated": 1, "unchanged": 4}
    zoo.entrepot.apply(plan.plan_id)
    assert zoo.place.rows("SELECT t FROM zoo WHERE k = 1") == [("edited",)]


@pytest.mark.parametrize("zoo", CASES[:1], indirect=True)
def test_a_text_that_was_cut_never_takes_the_place_of_the_whole(zoo: Zoo) -> None:
    zoo.fill()
    zoo.place.execute(f"UPDATE zoo SET t = '{'x' * 40_000}' WHERE k = 2")
    path = zoo.export(row_limit="100")
    plan = zoo.entrepot.preview(path, ImportRequest(entity="zoo", mode=Mode.UPSERT))
    assert [(problem.code, problem.place.cell) for problem in plan.problems] == [("cut_text", "zoo!K3")]
    assert (plan.counts["failed"], plan.counts["unchanged"]) == (1, 4)


@pytest.mark.parametrize("zoo", CASES, indirect=True)
def test_microseconds_come_back_from_a_workbook(zoo: Zoo) -> None:
    """What is that near to a millisecond is taken for it (docs/reference/xlsx-input.md)."""
    moments = ["2024-01-02 10:00:00.123456", "2024-01-02 23:59:59.999909", "1999-12-31 00:00:00.000011"]
    zoo.place.execute(f"CREATE TABLE seen (id integer PRIMARY KEY, at {zoo.case.types[Kind.TIMESTAMP]})")
    zoo.place.execute(*(f"INSERT INTO seen VALUES ({at}, '{moment}')" for at, moment in enumerate(moments)))
    path = zoo.folder / "seen.xlsx"
    zoo.entrepot.export("seen", to=path)
    plan = zoo.entrepot.preview(path, ImportRequest(entity="seen", mode=Mode.UPSERT))
    assert plan.counts["unchanged"] == len(moments), plan.differences
