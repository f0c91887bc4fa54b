"""Rows that refer to each other go together, whichever of them the server looks at first, and come back together."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.test_undo import CASES
from contract.databases import mariadb_case
from contract.databases.case import EngineCase, Place
from contract.databases.changing import changing
from entrepot import Entrepot, ImportRequest, Mirror, Mode
from entrepot.databases.mysql.engine import MySqlEngine
from entrepot.model.errors import InputError
from entrepot.model.import_receipts import ImportReceipt

RULES = {"sqlite": ("NO ACTION", "RESTRICT"), "postgres": ("RESTRICT",), "mysql": ("NO ACTION",)}
MIRROR = ImportRequest(entity="people", mode=Mode.MIRROR, mirror=Mirror(most="100%"))
BOSSES = {2: 3, 3: 4, 4: 0, 5: 3, 6: 7, 7: 6, 8: 7, 9: 9, 10: 9, 11: 1, 12: 13, 13: 14, 14: 12}
"""Who is whose boss; whoever has none refers to nobody, or, where that cannot be, to themselves. 1 stays."""
MENTORS = {6: 7, 7: 8, 8: 9, 9: 6, 10: 4}


def people(rule: str, needed: str) -> str:
    return (
        f"CREATE TABLE people (id integer PRIMARY KEY, boss_id integer {needed}, mentor_id integer,"
        f" FOREIGN KEY (boss_id) REFERENCES people (id) ON DELETE {rule},"
        f" FOREIGN KEY (mentor_id) REFERENCES people (id) ON DELETE {rule})"
    )


def fill(place: Place, needed: str) -> None:
    place.execute(*(f"INSERT INTO people VALUES ({one}, {one}, NULL)" for one in (1, *BOSSES)))
    for one, boss in BOSSES.items():
        known = str(boss or (one if needed else "NULL"))
        place.execute(f"UPDATE people SET boss_id = {known}, mentor_id = {MENTORS.get(one, 'NULL')} WHERE id = {one}")


def stored(place: Place) -> list[tuple[object, ...]]:
    return [tuple(row) for row in place.rows("SELECT id, boss_id, mentor_id FROM people ORDER BY id")]


@pytest.mark.parametrize("needed", ["", "NOT NULL"])
@pytest.mark.parametrize("case", CASES)
def test_a_mirror_deletes_rows_that_refer_to_each_other(
    case: EngineCase, needed: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
    file = tmp_path / "people.csv"
    file.write_text("id,boss_id\n1,1\n", encoding="utf-8")
    with case.place(request, tmp_path) as place:
        entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
        for rule in RULES[case.name]:
            place.execute(people(rule, needed))
            fill(place, needed)
            before = stored(place)
            plan = entrepot.preview(file, MIRROR)
            assert (plan.deletes, plan.blocked) == (len(BOSSES), False), rule
            receipt = entrepot.apply(plan.plan_id, confirm_deletes=plan.deletes)
            assert isinstance(receipt, ImportReceipt)
            assert stored(place) == before[:1], rule
            undone = entrepot.undo(receipt.job)
            assert stored(place) == before, rule
            entrepot.undo(undone.job)
            assert stored(place) == before[:1], rule
            place.execute("DROP TABLE people")


TWO_TABLES = (
    "CREATE TABLE people (id integer PRIMARY KEY, main_id integer)",
    """CREATE TABLE addresses (id integer PRIMARY KEY, person_id integer NOT NULL,
       FOREIGN KEY (person_id) REFERENCES people (id) ON DELETE CASCADE)""",
    "INSERT INTO people VALUES (1, NULL), (2, NULL), (3, NULL)",
    "INSERT INTO addresses VALUES (10, 1), (20, 2), (21, 2), (30, 3)",
    "UPDATE people SET main_id = id * 10",
)
MAIN = "ALTER TABLE people ADD CONSTRAINT main FOREIGN KEY (main_id) REFERENCES addresses (id)"


@pytest.mark.parametrize("case", CASES)
def test_a_mirror_deletes_rows_of_two_tables_that_refer_to_each_other(
    case: EngineCase, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
    file = tmp_path / "people.csv"
    file.write_text("id,main_id\n1,10\n", encoding="utf-8")
    with case.place(request, tmp_path) as place:
        if case.name == "sqlite":
            place.execute("CREATE TABLE people (id integer PRIMARY KEY, main_id integer REFERENCES addresses (id))")
            place.execute(*TWO_TABLES[1:])
        else:
            place.execute(*TWO_TABLES, MAIN)

        def both() -> list[list[tuple[object, ...]]]:
            return [
                [tuple(row) for row in place.rows(f"SELECT * FROM {it} ORDER BY 1")] for it in ("people", "addresses")
            ]

        entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
        before = both()
        plan = entrepot.preview(file, MIRROR)
        receipt = entrepot.apply(plan.plan_id, confirm_deletes=plan.deletes)
        assert isinstance(receipt, ImportReceipt)
        assert both() == [[(1, 10)], [(10, 1)]]
        entrepot.undo(receipt.job)
        assert both() == before


@pytest.mark.parametrize("case", CASES)
def test_rows_that_must_refer_to_each_other_come_in_and_are_taken_back(
    case: EngineCase, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
    file = tmp_path / "people.csv"
    file.write_text("id,boss_id\n2,3\n3,6\n6,7\n7,6\n9,9\n", encoding="utf-8")
    with case.place(request, tmp_path) as place:
        place.execute(people(RULES[case.name][-1], "NOT NULL"), "INSERT INTO people VALUES (1, 1, NULL)")
        entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
        receipt = entrepot.bring_in(file, ImportRequest(entity="people", mode=Mode.CREATE))
        assert [row[:2] for row in stored(place)] == [(1, 1), (2, 3), (3, 6), (6, 7), (7, 6), (9, 9)]
        assert entrepot.undo(receipt.job).deleted == 5
        assert stored(place) == [(1, 1, None)]


@pytest.mark.parametrize("case", CASES)
def test_what_came_into_an_empty_table_in_a_circle_is_taken_back_whole(
    case: EngineCase, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
    file = tmp_path / "people.csv"
    with case.place(request, tmp_path) as place:
        place.execute(people(RULES[case.name][-1], "NOT NULL"))
        entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
        for text, count in (("id,boss_id\n3,3\n", 1), ("id,boss_id\n2,3\n3,2\n4,4\n5,4\n", 4)):
            file.write_text(text, encoding="utf-8")
            receipt = entrepot.bring_in(file, ImportRequest(entity="people", mode=Mode.CREATE))
            assert len(stored(place)) == count
            assert entrepot.undo(receipt.job).deleted == count
            assert stored(place) == []


@pytest.mark.parametrize("case", CASES[:1])
def test_a_ring_that_cannot_be_let_loose_may_stay_and_the_plan_of_an_undo_says_so(
    case: EngineCase, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
    file = tmp_path / "people.csv"
    file.write_text("id,boss_id\n2,3\n3,2\n", encoding="utf-8")
    with case.place(request, tmp_path) as place:
        place.execute(people("RESTRICT", "NOT NULL UNIQUE"))
        entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
        receipt = entrepot.bring_in(file, ImportRequest(entity="people", mode=Mode.CREATE))
        plan = entrepot.undo_plan(receipt.job)
        assert [problem.code for problem in plan.warnings] == ["ring_may_stay"]
        assert "boss_id" in plan.warnings[0].message
        undone = entrepot.undo(receipt.job)
        assert (undone.deleted, undone.blocked, undone.warnings) == (0, 2, ())
        assert [row[:2] for row in stored(place)] == [(2, 3), (3, 2)]


@pytest.mark.mariadb
def test_what_is_referred_to_by_others_does_not_go_with_its_circle(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
    with mariadb_case.CASE.place(request, tmp_path) as place:
        place.execute(people("NO ACTION", "NOT NULL"), TWO_TABLES[1])
        place.execute("INSERT INTO people VALUES (9, 9, NULL), (10, 9, NULL)", "INSERT INTO addresses VALUES (10, 9)")
        refused = pytest.raises(InputError, match="is not there")
        with changing(MySqlEngine(place.url), tmp_path) as (catalog, target), refused:
            target.delete(catalog.entity("people"), ["id"], [b"9\n10\n"])
        before = [(9, 9, None), (10, 9, None)]
        rows = [tuple(row) for row in place.rows("SELECT id, person_id FROM addresses")]
        assert (stored(place), rows) == (before, [(10, 9)])


@pytest.mark.mariadb
def test_rows_of_a_circle_keep_the_moment_that_they_came_with(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
    file = tmp_path / "people.csv"
    file.write_text("id,boss_id\n2,3\n3,2\n", encoding="utf-8")
    with mariadb_case.CASE.place(request, tmp_path) as place:
        changed = "changed_at datetime NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP"
        place.execute(people("NO ACTION", "NOT NULL"), f"ALTER TABLE people ADD COLUMN {changed}")
        entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
        entrepot.bring_in(file, ImportRequest(entity="people", mode=Mode.CREATE))
        found = [tuple(row) for row in place.rows("SELECT id, boss_id, changed_at FROM people ORDER BY id")]
        assert found == [(2, 3, None), (3, 2, None)]
