"""Rows of a tree go from its leaves on, and none of them is changed before it goes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from entrepot import Entrepot, ImportRequest, Mirror, Mode
from entrepot.model.errors import InputError

MIRROR = ImportRequest(entity="people", mode=Mode.MIRROR, mirror=Mirror(most="100%"))
PEOPLE = """
CREATE TABLE seen (what text);
CREATE TABLE people (id integer PRIMARY KEY, boss_id integer REFERENCES people (id) ON DELETE RESTRICT,
  mentor_id integer REFERENCES people (id), CHECK (id NOT BETWEEN 2 AND 5 OR boss_id IS NOT NULL));
CREATE TRIGGER changed AFTER UPDATE ON people BEGIN INSERT INTO seen VALUES ('changed ' || old.id); END;
INSERT INTO people VALUES (1, NULL, NULL), (2, 1, NULL), (3, 2, NULL), (4, 3, 2), (5, 3, 2);
"""
CIRCLE = "INSERT INTO people VALUES (6, NULL, NULL), (7, 6, 2), (8, 7, 3), (9, 8, NULL);"
"""6 and 7 will refer to each other; both mentors are in the tree, and 9 is the only leaf."""
CLOSED = "DROP TRIGGER changed; UPDATE people SET boss_id = 7 WHERE id = 6;"
WATCHED = "CREATE TRIGGER changed AFTER UPDATE ON people BEGIN INSERT INTO seen VALUES ('changed ' || old.id); END;"
LONELY = """
CREATE TABLE people (id integer PRIMARY KEY,
  boss_id integer NOT NULL UNIQUE REFERENCES people (id) ON DELETE RESTRICT);
INSERT INTO people VALUES (1, 1), (2, 3), (3, 2);
"""


def opened(path: Path, script: str) -> Entrepot:
    (path / "entrepot.toml").write_text("", encoding="utf-8")
    (path / "people.csv").write_text("id,boss_id\n1,\n", encoding="utf-8")
    with closing(sqlite3.connect(path / "shop.db")) as connection:
        connection.executescript(script)
    return Entrepot(f"sqlite:///{path / 'shop.db'}", config=path / "entrepot.toml", environment={})


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path / "shop.db")) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()


@pytest.mark.parametrize("index", ["", "CREATE INDEX bosses ON people (boss_id)"])
def test_a_tree_goes_without_a_change_of_its_rows(tmp_path: Path, index: str) -> None:
    entrepot = opened(tmp_path, PEOPLE + index)
    before = rows(tmp_path, "people")
    receipt = entrepot.bring_in(tmp_path / "people.csv", confirmed(entrepot, tmp_path, 4))
    assert (rows(tmp_path, "people"), rows(tmp_path, "seen")) == (before[:1], [])
    entrepot.undo(receipt.job)
    assert rows(tmp_path, "people") == before


def test_only_rows_of_a_circle_are_let_loose(tmp_path: Path) -> None:
    entrepot = opened(tmp_path, PEOPLE + CIRCLE + CLOSED + WATCHED)
    before = rows(tmp_path, "people")
    receipt = entrepot.bring_in(tmp_path / "people.csv", confirmed(entrepot, tmp_path, 8))
    assert rows(tmp_path, "people") == before[:1]
    assert rows(tmp_path, "seen") == [("changed 6",), ("changed 7",)]
    entrepot.undo(receipt.job)
    assert rows(tmp_path, "people") == before


def test_a_circle_that_cannot_be_let_loose_is_told_and_stays(tmp_path: Path) -> None:
    entrepot = opened(tmp_path, LONELY)
    (tmp_path / "people.csv").write_text("id,boss_id\n1,1\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        entrepot.bring_in(tmp_path / "people.csv", confirmed(entrepot, tmp_path, 2))
    assert refused.value.code == "database_refused"
    assert rows(tmp_path, "people") == [(1, 1), (2, 3), (3, 2)]


def confirmed(entrepot: Entrepot, path: Path, deletes: int) -> ImportRequest:
    assert entrepot.preview(path / "people.csv", MIRROR).deletes == deletes
    return ImportRequest(entity="people", mode=Mode.MIRROR, mirror=Mirror(most="100%", confirmed=deletes))


def test_a_child_is_known_by_the_way_its_parent_compares(tmp_path: Path) -> None:
    people = """CREATE TABLE people (id text COLLATE NOCASE PRIMARY KEY,
        boss_id text REFERENCES people (id) ON DELETE RESTRICT); CREATE INDEX bosses ON people (boss_id);
        INSERT INTO people VALUES ('1', NULL), ('a', '1'), ('b', 'A'), ('c', 'B')"""
    entrepot = opened(tmp_path, people)
    entrepot.bring_in(tmp_path / "people.csv", confirmed(entrepot, tmp_path, 3))
    assert rows(tmp_path, "people") == [("1", None)]


@pytest.mark.parametrize(("rule", "left"), [("CASCADE", []), ("SET NULL", [(1, None)])])
@pytest.mark.parametrize(("compared", "spelled"), [("NOCASE", "c,D"), ("RTRIM", "C,d  ")])
def test_rows_of_another_table_that_spell_it_otherwise_are_told(
    tmp_path: Path, rule: str, left: list[tuple[object, ...]], compared: str, spelled: str
) -> None:
    script = f"""CREATE TABLE people (id text COLLATE {compared} PRIMARY KEY, boss_id text);
        CREATE TABLE pets (id integer PRIMARY KEY, owner text REFERENCES people (id) ON DELETE {rule});
        INSERT INTO people VALUES ('1', NULL), ('C,d', NULL); INSERT INTO pets VALUES (1, '{spelled}')"""
    entrepot = opened(tmp_path, script)
    told = entrepot.preview(tmp_path / "people.csv", MIRROR).leaving
    assert {table.entity: table.deleted + table.emptied for table in told} == {"people": 1, "pets": 1}
    entrepot.bring_in(tmp_path / "people.csv", confirmed(entrepot, tmp_path, 2 - len(left)))
    assert (rows(tmp_path, "people"), rows(tmp_path, "pets")) == ([("1", None)], left)
