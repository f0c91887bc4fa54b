"""Unique keys besides the one by which rows are found: a value that two rows would have is foreseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from acceptance.club import CASES, code_of, counted, table
from contract.databases import postgres_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.model.drafts import Blank, Errors, Mode, OnConflict
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.problems import Problem

ANY_CASE = {
    "sqlite": "varchar(40) COLLATE NOCASE",
    "postgres": "varchar(40) COLLATE any_case",
    "mysql": "varchar(40) COLLATE utf8mb4_general_ci",
}
BEFORE = {"postgres": ["CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"]}
ROWS = ((1, "ann@x", "red", 1), (2, "bob@x", "red", 2), (3, None, "blue", 1), (4, None, "blue", None))


@dataclass(frozen=True)
class Hall:
    place: Place
    folder: Path
    entrepot: Entrepot

    def file(self, text: str, name: str = "members.csv") -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def preview(self, text: str, mode: Mode = Mode.UPSERT, **said: object) -> ImportPlan:
        request = ImportRequest(entity="members", mode=mode, errors=Errors.SKIP)
        return self.entrepot.preview(self.file(text), replace(request, **said))  # type: ignore[arg-type]

    def rows(self) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.place.rows("SELECT id, mail, team, place FROM members ORDER BY id")]


@pytest.fixture(params=CASES)
def hall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hall]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(
            *BEFORE.get(case.name, []),
            f"CREATE TABLE members (id integer PRIMARY KEY, mail {ANY_CASE[case.name]} UNIQUE, team varchar(9),"
            " place integer)",
            "CREATE UNIQUE INDEX places ON members (team, place)",
            *(
                f"INSERT INTO members VALUES ({', '.join('NULL' if v is None else repr(v) for v in row)})"
                for row in ROWS
            ),
        )
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Hall(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def found(plan: ImportPlan) -> list[Problem]:
    return [problem for problem in plan.problems if problem.place.record is not None]


def told(plan: ImportPlan) -> list[tuple[int | None, str]]:
    return [(problem.place.record, problem.code) for problem in found(plan)]


def test_a_value_that_another_row_has_is_found_as_the_database_compares_it(hall: Hall) -> None:
    plan = hall.preview("id,mail\n5,ANN@x\n6,cy@x\n4,BOB@X\n")
    assert told(plan) == [(1, "value_taken"), (3, "value_taken")]
    first = found(plan)[0]
    assert (first.place.line, first.place.column) == (2, "mail")
    assert first.message == "mail ANN@x is that of the row with id 1, and no two rows may have the same mail."
    assert counted(plan.counts) == {"created": 1, "failed": 2}
    receipt = hall.entrepot.apply(plan.plan_id)
    assert receipt.counts == plan.counts
    assert hall.rows() == [*ROWS, (6, "cy@x", None, None)]


def test_records_that_would_have_the_same_value_are_found_and_the_first_stays(hall: Hall) -> None:
    file = "id,mail\n5,cy@x\n6,CY@x\n7,cy@X\n8,\n9,\n"
    plan = hall.preview(file)
    assert told(plan) == [(2, "duplicate_in_file"), (3, "duplicate_in_file")]
    assert found(plan)[0].message == "mail CY@x stands in record 1 already, and no two rows may have the same mail."
    receipt = hall.entrepot.apply(plan.plan_id, errors_to=hall.folder / "failed.csv")
    assert [row[2] for row in table(hall.folder / "failed.csv")[1:]] == ["2", "3"]
    assert table(hall.folder / "failed.csv")[1][3].startswith("mail CY@x stands in record 1 already, and no two rows")
    assert receipt.counts == plan.counts
    assert [row[0] for row in hall.rows()] == [1, 2, 3, 4, 5, 8, 9]


def test_an_index_over_several_fields_counts_and_a_row_without_a_value_is_in_nobodys_way(hall: Hall) -> None:
    plan = hall.preview("id,team,place\n5,red,2\n6,red,\n7,blue,\n8,green,1\n9,green,1\n")
    assert told(plan) == [(1, "value_taken"), (5, "duplicate_in_file")]
    assert found(plan)[0].message.startswith("team red, place 2 is that of the row with id 2, and no two rows may have")
    assert hall.entrepot.apply(plan.plan_id).counts == plan.counts


def test_a_row_that_keeps_its_value_or_only_spells_it_otherwise_is_in_nobodys_way(hall: Hall) -> None:
    plan = hall.preview("id,mail,team,place\n1,ANN@X,red,1\n2,bob@x,red,3\n3,,blue,1\n")
    assert counted(plan.counts) == {"updated": 2, "unchanged": 1}
    hall.entrepot.apply(plan.plan_id)
    assert hall.rows()[:2] == [(1, "ANN@X", "red", 1), (2, "bob@x", "red", 3)]


def test_a_new_row_may_have_what_a_row_of_the_file_gives_up(hall: Hall) -> None:
    plan = hall.preview("id,mail\n5,ann@x\n1,anna@x\n")
    assert counted(plan.counts) == {"created": 1, "updated": 1}
    hall.entrepot.apply(plan.plan_id)
    assert [row[1] for row in hall.rows() if row[0] in (1, 5)] == ["anna@x", "ann@x"]


def test_a_value_is_not_given_up_by_a_record_that_fails(hall: Hall) -> None:
    plan = hall.preview("id,mail\n5,ann@x\n1,bob@x\n")
    assert told(plan) == [(1, "value_taken"), (2, "value_taken")]
    assert hall.entrepot.apply(plan.plan_id).counts == plan.counts
    assert hall.rows() == list(ROWS)


@pytest.mark.parametrize(("mode", "conflict"), [(Mode.CREATE, OnConflict.SKIP), (Mode.UPSERT, OnConflict.MERGE)])
def test_a_mode_and_a_strategy_do_what_they_foretold(hall: Hall, mode: Mode, conflict: OnConflict) -> None:
    file = "id,mail,team,place\n1,bob@x,,9\n3,ann@x,red,1\n4,cy@x,,1\n5,CY@X,blue,7\n6,,blue,7\n2,eve@x,,\n"
    plan = hall.preview(file, mode, on_conflict=conflict, blank=Blank.FILL)
    assert hall.entrepot.apply(plan.plan_id).counts == plan.counts


def test_one_of_them_keeps_all_records_out_where_none_may_be_skipped(hall: Hall) -> None:
    plan = hall.preview("id,mail\n5,ann@x\n6,cy@x\n", errors=Errors.ALL_OR_NOTHING)
    with pytest.raises(InputError) as raised:
        hall.entrepot.apply(plan.plan_id)
    assert code_of(raised) == "records_failed"
    assert raised.value.problems[0].code == "value_taken"


@pytest.mark.parametrize("mail", ["cy@x", "CY@x"])
def test_a_file_that_is_good_as_it_stands_is_looked_at_as_well(hall: Hall, mail: str) -> None:
    """In the tables of PostgreSQL its bytes would be sent."""
    hall.place.execute("DELETE FROM members")
    plan = hall.preview(f"id,mail,team,place\n5,cy@x,red,1\n6,{mail},red,2\n7,eve@x,red,1\n", Mode.CREATE)
    assert told(plan) == [(2, "duplicate_in_file"), (3, "duplicate_in_file")]
    assert hall.entrepot.apply(plan.plan_id).counts == plan.counts


def test_batches_find_what_earlier_ones_brought_in(hall: Hall) -> None:
    plan = hall.preview("id,mail\n5,cy@x\n6,ann@x\n7,Cy@x\n8,dan@x\n", batch_size=2)
    assert told(plan) == [(2, "value_taken"), (3, "duplicate_in_file")]
    assert hall.entrepot.apply(plan.plan_id).counts == plan.counts
    assert [row[0] for row in hall.rows()] == [1, 2, 3, 4, 5, 8]


def test_values_that_are_handed_on_are_written_in_an_order_that_the_database_takes(hall: Hall) -> None:
    """Of four records each takes what the next one gives up, and the first one's goes to a new row."""
    hall.place.execute(
        "UPDATE members SET mail = 'cy@x' WHERE id = 3", "UPDATE members SET mail = 'dan@x' WHERE id = 4"
    )
    before = hall.rows()
    plan = hall.preview("id,mail\n9,ann@x\n1,bob@x\n2,CY@x\n3,dan@x\n4,eve@x\n")
    assert counted(plan.counts) == {"created": 1, "updated": 4}
    receipt = hall.entrepot.apply(plan.plan_id)
    assert [row[1] for row in hall.rows()] == ["bob@x", "CY@x", "dan@x", "eve@x", "ann@x"]
    hall.entrepot.undo(receipt.job)
    assert hall.rows() == before


def test_values_that_go_round_in_a_circle_are_refused_with_whatever_waits_for_them(hall: Hall) -> None:
    """No order would do: every row is checked when it changes."""
    plan = hall.preview("id,mail\n1,bob@x\n2,ann@x\n5,ann@x\n3,cy@x\n")
    assert told(plan) == [(1, "waits_for_itself"), (2, "waits_for_itself"), (3, "duplicate_in_file")]
    words = "mail bob@x comes from a record that has to wait for this one, and no two rows may have the same mail."
    assert found(plan)[0].message == words
    assert hall.entrepot.apply(plan.plan_id).counts == plan.counts
    assert [row[1] for row in hall.rows()] == ["ann@x", "bob@x", "cy@x", None]


def test_a_row_may_be_made_to_refer_to_a_new_one_of_the_same_file(hall: Hall) -> None:
    """It changes after that one was made; what has to be there before cannot wait for it."""
    hall.place.execute(
        "CREATE TABLE staff (id integer PRIMARY KEY, boss integer, mail varchar(20) UNIQUE,"
        " FOREIGN KEY (boss) REFERENCES staff (id))",
        "INSERT INTO staff VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 1, 'c')",
    )
    plan = hall.preview("id,boss,mail\n1,9,z\n2,9,c\n3,2,y\n9,8,x\n8,,\n7,,b\n6,,w\n", entity="staff")
    assert told(plan) == [(6, "waits_for_itself")]
    receipt = hall.entrepot.apply(plan.plan_id)
    assert receipt.counts == plan.counts
    rows = [tuple(row) for row in hall.place.rows("SELECT id, boss, mail FROM staff ORDER BY id")]
    assert rows == [(1, 9, "z"), (2, 9, "c"), (3, 2, "y"), (6, None, "w"), (8, None, None), (9, 8, "x")]
    hall.entrepot.undo(receipt.job)
    assert len(hall.place.rows("SELECT id FROM staff WHERE boss = 1")) == 2


@pytest.mark.parametrize("when", ["IMMEDIATE", "DEFERRED"])
@pytest.mark.parametrize("hall", [pytest.param(postgres_case.CASE, marks=pytest.mark.postgres)], indirect=True)
def test_a_key_that_waits_for_the_end_of_a_statement_lets_values_change_places(hall: Hall, when: str) -> None:
    hall.place.execute(
        f"CREATE TABLE seats (id integer PRIMARY KEY, place integer UNIQUE DEFERRABLE INITIALLY {when})",
        "INSERT INTO seats VALUES (1, 1), (2, 2), (3, 3)",
    )
    plan = hall.preview("id,place\n1,2\n2,3\n3,1\n", entity="seats")
    assert counted(plan.counts) == {"updated": 3}
    hall.entrepot.apply(plan.plan_id)
    assert hall.place.rows("SELECT place FROM seats ORDER BY id") == [(2,), (3,), (1,)]
