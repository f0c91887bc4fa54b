"""Rows of a table that refers to itself come and go in any order, and what can't be is refused."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from entrepot.databases.mysql import staging
from entrepot.model.errors import InputError
from integration.mariadb.changing import Importer
from servers.mariadb import MariaDatabase

pytestmark = pytest.mark.mariadb

TREE = (
    "CREATE TABLE tree (id int PRIMARY KEY, parent int, name varchar(9), "
    "CONSTRAINT up FOREIGN KEY (parent) REFERENCES tree (id))"
)
FIELDS = ("id", "parent", "name")


@pytest.fixture
def importer(mariadb_database: MariaDatabase, tmp_path: Path) -> Importer:
    mariadb_database.execute(TREE, "INSERT INTO tree VALUES (1, NULL, 'root')")
    return Importer(mariadb_database, tmp_path)


def count(importer: Importer) -> object:
    return importer.place.rows("SELECT count(*) FROM tree")[0][0]


def test_children_may_come_before_their_parents(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "PORTION", 200)
    rows = [b"%d,%d,n\n" % (number, number // 2) for number in range(2, 400)]
    random.Random(3).shuffle(rows)
    keys = [row.split(b",")[0] + b"\n" for row in rows]
    with importer.change() as target:
        assert target.insert(importer["tree"], FIELDS, rows) == 398
        target.commit()
    assert count(importer) == 399
    with importer.change() as target:
        assert target.delete(importer["tree"], ("id",), [*keys, b"9999\n"]) == 398
        target.commit()
    assert count(importer) == 1


def test_a_row_may_refer_to_itself(importer: Importer) -> None:
    importer.insert("tree", FIELDS, b"5,4,child\n4,4,own\n")
    assert count(importer) == 3


def test_rows_in_a_circle_come_in_and_those_without_a_parent_are_refused(importer: Importer) -> None:
    importer.insert("tree", FIELDS, b"2,3,a\n3,2,b\n4,1,c\n")
    with pytest.raises(InputError) as error:
        importer.insert("tree", FIELDS, b"5,1,a\n6,77,b\n")
    assert error.value.code == "database_refused"
    assert "rule 'up'" in error.value.message
    assert "at row" not in error.value.message
    assert count(importer) == 4


def test_a_bad_value_is_found_by_its_row_also_where_rows_wait(importer: Importer) -> None:
    with pytest.raises(InputError, match="'name' at row 2"):
        importer.insert("tree", FIELDS, b"2,3,a\n3,1,much too long\n")


def test_a_parent_stays_where_somebody_else_refers_to_it(importer: Importer) -> None:
    importer.insert("tree", FIELDS, b"2,1,a\n3,2,b\n4,3,c\n")
    with pytest.raises(InputError) as error:
        importer.do(lambda target: target.delete(importer["tree"], ("id",), [b"1\n2\n4\n"]))
    assert error.value.code == "database_refused"
    assert count(importer) == 4


def test_parts_of_a_key_can_be_the_reference(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    mariadb_database.execute(
        "CREATE TABLE tree (tenant int, id int, parent int, PRIMARY KEY (tenant, id), "
        "FOREIGN KEY (tenant, parent) REFERENCES tree (tenant, id) ON DELETE CASCADE)"
    )
    importer = Importer(mariadb_database, tmp_path)
    with importer.change() as target:
        fields = ("tenant", "id", "parent")
        assert target.insert(importer["tree"], fields, [b"1,3,2\n1,2,1\n2,1,NULL\n1,1,NULL\n"]) == 4
        assert target.delete(importer["tree"], ("tenant", "id"), [b"1,1\n1,2\n1,3\n"]) == 3
        target.commit()
    assert mariadb_database.rows("SELECT tenant, id FROM tree") == ((2, 1),)
