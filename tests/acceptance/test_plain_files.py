"""Files that go in as they stand: whatever else the table asks for, and whatever they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from contract.databases.changing import taking_files
from entrepot import Entrepot
from entrepot.model.drafts import Mode
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportRequest

ENGINES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
UPSERT = ImportRequest(entity="t", mode=Mode.UPSERT)


@dataclass(frozen=True)
class Desk:
    place: Place
    folder: Path
    entrepot: Entrepot

    def file(self, text: str) -> Path:
        path = self.folder / "t.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def rows(self) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.place.rows("SELECT * FROM t ORDER BY id")]


@pytest.fixture(params=ENGINES)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        with taking_files(case, place):
            yield Desk(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def test_a_table_may_have_many_keys_besides(desk: Desk) -> None:
    others = [f"u{at}" for at in range(20)]
    columns = ", ".join(f"{name} integer NOT NULL UNIQUE" for name in others)
    desk.place.execute(f"CREATE TABLE t (id integer NOT NULL PRIMARY KEY, {columns})")
    text = "\n".join(",".join([str(row)] * 21) for row in (1, 2, 3))
    plan = desk.entrepot.preview(desk.file(f"id,{','.join(others)}\n{text}\n"), ImportRequest(entity="t"))
    receipt = desk.entrepot.apply(plan.plan_id)
    assert (plan.lane, receipt.lane, receipt.counts["created"]) == ("raw", "raw", 3)
    assert desk.entrepot.undo(receipt.job).deleted == 3


def test_blanks_at_the_end_of_a_fixed_text_can_be_taken_back(desk: Desk) -> None:
    desk.place.execute("CREATE TABLE t (id integer NOT NULL PRIMARY KEY, code char(3))")
    receipt = desk.entrepot.bring_in(desk.file("id,code\n1,ab \n2,abc\n"), ImportRequest(entity="t"))
    assert desk.entrepot.undo(receipt.job).deleted == 2
    assert desk.rows() == []


@pytest.mark.parametrize("filled", [True, False])
def test_a_file_without_records_changes_nothing_and_leaves_nothing_to_take_back(desk: Desk, filled: bool) -> None:
    desk.place.execute("CREATE TABLE t (id integer NOT NULL PRIMARY KEY, code varchar(3))")
    if filled:
        desk.place.execute("INSERT INTO t VALUES (1, 'a')")
    receipt = desk.entrepot.bring_in(desk.file("id,code\n"), UPSERT)
    with pytest.raises(InputError) as caught:
        desk.entrepot.undo(receipt.job)
    assert caught.value.code == "nothing_to_undo"


def test_the_plan_names_the_lane_that_rows_which_refer_to_their_table_take(desk: Desk) -> None:
    desk.place.execute(
        "CREATE TABLE t (id integer NOT NULL PRIMARY KEY, up integer, FOREIGN KEY (up) REFERENCES t (id))"
    )
    plan = desk.entrepot.preview(desk.file("id,up\n1,2\n2,\n"), ImportRequest(entity="t"))
    assert desk.entrepot.apply(plan.plan_id).lane == plan.lane


def test_a_row_that_is_updated_is_not_looked_for_among_new_ones(desk: Desk) -> None:
    desk.place.execute("CREATE TABLE t (id integer NOT NULL PRIMARY KEY, code varchar(3))")
    desk.place.execute("INSERT INTO t VALUES (1, 'a')")
    request = ImportRequest(entity="t", mode=Mode.UPDATE)
    plan = desk.entrepot.preview(desk.file("id,code\n1,b\n"), request)
    assert (plan.counts["updated"], plan.findings, plan.groups.total) == (1, (), 0)


def test_a_whole_column_of_unique_numbers_can_move_by_one(desk: Desk) -> None:
    desk.place.execute("CREATE TABLE t (id integer NOT NULL PRIMARY KEY, place integer NOT NULL UNIQUE)")
    numbers = range(1, 161)
    desk.place.execute(f"INSERT INTO t VALUES {', '.join(f'({at}, {at})' for at in numbers)}")
    moved = "\n".join(f"{at},{at + 1}" for at in numbers)
    plan = desk.entrepot.preview(desk.file(f"id,place\n{moved}\n"), UPSERT)
    assert (plan.counts["updated"], plan.findings) == (160, ())
    desk.entrepot.apply(plan.plan_id)
    assert desk.rows() == [(at, at + 1) for at in numbers]


@pytest.mark.postgres
@pytest.mark.parametrize(("type", "text"), [("name", "é" * 40), ('"char"', "é")])
def test_types_that_cut_by_bytes_are_checked_by_bytes(
    request: pytest.FixtureRequest, tmp_path: Path, type: str, text: str
) -> None:
    with postgres_case.CASE.place(request, tmp_path) as place:
        place.execute(f"CREATE TABLE t (id integer PRIMARY KEY, named {type})")
        (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
        (tmp_path / "t.csv").write_text(f"id,named\n1,{text}\n", encoding="utf-8")
        entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
        plan = entrepot.preview(tmp_path / "t.csv", ImportRequest(entity="t"))
    assert [(finding.field, finding.code) for finding in plan.findings] == [("named", "too_long")]
