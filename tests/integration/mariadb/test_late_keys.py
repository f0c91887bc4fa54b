"""Keys that nobody checks while tables of a circle are written are looked up before the commit, all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.model.errors import InputError
from integration.mariadb.changing import Importer
from servers.mariadb import MariaDatabase, MariaServer

pytestmark = pytest.mark.mariadb

CLUBS = "CREATE TABLE clubs (id int PRIMARY KEY, captain int NOT NULL)"
PEOPLE = """CREATE TABLE people (id int PRIMARY KEY, club int NOT NULL,
    FOREIGN KEY (club) REFERENCES clubs (id) ON DELETE CASCADE)"""
CAPTAINS = "ALTER TABLE clubs ADD FOREIGN KEY (captain) REFERENCES people (id)"
WITHOUT = ("SET foreign_key_checks = 0", "INSERT INTO clubs VALUES (7, 70)", "INSERT INTO people VALUES (70, 7)")


@pytest.fixture
def circle(mariadb_database: MariaDatabase, tmp_path: Path) -> Importer:
    mariadb_database.execute(CLUBS, PEOPLE, CAPTAINS, *WITHOUT)
    return Importer(mariadb_database, tmp_path)


def rows(circle: Importer) -> list[tuple[object, ...]]:
    return [tuple(row) for row in circle.place.rows("SELECT id, captain FROM clubs UNION ALL SELECT * FROM people")]


def test_rows_of_a_circle_go_in_together(circle: Importer) -> None:
    with circle.change() as target:
        target.let_keys_wait()
        target.insert(circle["clubs"], ("id", "captain"), [b"1,12\n"])
        target.insert(circle["people"], ("id", "club"), [b"12,1\n"])
        target.commit()
    assert rows(circle) == [(1, 12), (7, 70), (12, 1), (70, 7)]


@pytest.mark.parametrize("person", [b"12,9\n", b"13,1\n"])
def test_a_row_without_its_parent_is_never_committed(circle: Importer, person: bytes) -> None:
    with circle.change() as target:
        target.let_keys_wait()
        target.insert(circle["clubs"], ("id", "captain"), [b"1,12\n"])
        target.insert(circle["people"], ("id", "club"), [person])
        with pytest.raises(InputError, match="that is not there") as refused:
            target.commit()
    assert refused.value.code == "database_refused"
    assert rows(circle) == [(7, 70), (70, 7)]


def test_a_parent_that_goes_leaves_nobody_behind(circle: Importer) -> None:
    """Not even where the key would have taken them along."""
    for change in ("delete", "update"):
        with circle.change() as target:
            target.let_keys_wait()
            if change == "delete":
                target.delete(circle["clubs"], ("id",), [b"7\n"])
            else:
                target.update(circle["people"], ("id",), ("club",), [b"70,8\n"])
            with pytest.raises(InputError, match="that is not there"):
                target.commit()
    assert rows(circle) == [(7, 70), (70, 7)]


def test_a_trial_looks_at_its_end_and_from_then_on_the_database_does(circle: Importer) -> None:
    with circle.change() as target:
        with pytest.raises(InputError, match="that is not there"), target.trial():
            target.let_keys_wait()
            target.insert(circle["clubs"], ("id", "captain"), [b"1,12\n"])
        with target.trial():
            target.let_keys_wait()
            target.insert(circle["clubs"], ("id", "captain"), [b"2,22\n"])
            target.insert(circle["people"], ("id", "club"), [b"22,2\n"])
        with pytest.raises(InputError, match="foreign key constraint fails"), target.trial():
            target.insert(circle["clubs"], ("id", "captain"), [b"3,33\n"])
        target.commit()
    assert rows(circle) == [(2, 22), (7, 70), (22, 2), (70, 7)]


def test_what_a_trigger_writes_meanwhile_is_looked_at_as_well(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    mariadb_database.execute(
        CLUBS,
        PEOPLE,
        CAPTAINS,
        *WITHOUT,
        "CREATE TABLE fees (id int AUTO_INCREMENT PRIMARY KEY, club int, FOREIGN KEY (club) REFERENCES clubs (id))",
        "CREATE TRIGGER joined AFTER INSERT ON people FOR EACH ROW INSERT INTO fees (club) VALUES (NEW.id)",
    )
    circle = Importer(mariadb_database, tmp_path)
    with circle.change() as target:
        target.let_keys_wait()
        target.insert(circle["people"], ("id", "club"), [b"12,7\n"])
        with pytest.raises(InputError, match="club of some row refers to a row of clubs"):
            target.commit()
    assert rows(circle) == [(7, 70), (70, 7)]


def test_nothing_waits_where_another_database_refers_to_the_tables(
    circle: Importer, mariadb_server: MariaServer
) -> None:
    with mariadb_server.database() as other:
        own = circle.catalog.database
        other.execute(f"CREATE TABLE t (club int, FOREIGN KEY (club) REFERENCES {own}.clubs (id))")
        with circle.change() as target:
            target.let_keys_wait()
            with pytest.raises(InputError, match="foreign key constraint fails"):
                target.insert(circle["clubs"], ("id", "captain"), [b"1,12\n"])
        other.execute("DROP TABLE t")
    assert rows(circle) == [(7, 70), (70, 7)]
