"""Sets of keys: private to the session, exact, and no end of the snapshot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from entrepot.model.errors import InputError
from entrepot.model.predicates import Compare, In, InRowSet, Operator, Value
from entrepot.model.types import Kind, LogicalType
from integration.mariadb.reading import everything_of, lines_of, read, snapshot
from servers.mariadb import MariaDatabase

pytestmark = pytest.mark.mariadb

TEXT = LogicalType(kind=Kind.TEXT)


def text(value: str) -> Value:
    return Value(value, TEXT)


def test_keys_are_added_once_and_the_snapshot_stays(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    mariadb_database.execute("CREATE TABLE t (a int, b varchar(9), PRIMARY KEY (a, b))")
    mariadb_database.execute("INSERT INTO t VALUES (1,'x'),(1,'y'),(2,'x')")
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        mariadb_database.execute("INSERT INTO t VALUES (3,'x')")
        entity = catalog.entity("t")
        query = everything_of(entity)
        session.create_rowset("chosen", entity)
        assert session.add_to_rowset("chosen", replace(query, where=Compare("b", Operator.EQ, text("x")))) == 2
        assert session.add_to_rowset("chosen", replace(query, where=In("b", (text("x"), text("y"))))) == 1
        assert session.add_to_rowset("chosen", query) == 0
        assert session.count(replace(query, where=InRowSet("chosen"))) == 3
        assert read(session, replace(query, where=InRowSet("chosen")), lines_of(query)) == b"1,x\n1,y\n2,x\n"


def test_long_keys_can_be_remembered(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    mariadb_database.execute("CREATE TABLE t (a text NOT NULL, PRIMARY KEY (a(200)))", "INSERT INTO t VALUES ('x')")
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        session.create_rowset("chosen", catalog.entity("t"))
        assert session.add_to_rowset("chosen", everything_of(catalog.entity("t"))) == 1


def test_a_table_without_a_key_has_no_row_set(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    mariadb_database.execute("CREATE TABLE t (a int)")
    with (
        snapshot(mariadb_database.url, tmp_path) as (session, catalog),
        pytest.raises(InputError, match="no primary key"),
    ):
        session.create_rowset("chosen", catalog.entity("t"))


@pytest.mark.parametrize(
    ("operator", "value", "found"),
    [
        (Operator.EQ, "a", ["a"]),
        (Operator.NE, "a", ["A", "a ", "b"]),
        (Operator.GT, "A", ["a", "a ", "b"]),
        (Operator.LIKE, "a%", ["a", "a "]),
        (Operator.EQ, "a' OR 1=1 -- ", []),
        (Operator.EQ, "\\", []),
    ],
)
def test_text_compares_character_by_character(
    mariadb_database: MariaDatabase, tmp_path: Path, operator: Operator, value: str, found: list[str]
) -> None:
    """The columns' own collations take `a`, `A` and `a ` for the same."""
    for number, character_set in enumerate(("utf8mb4", "latin1")):
        mariadb_database.execute(
            f"CREATE TABLE t{number} (id int PRIMARY KEY, v varchar(9) CHARACTER SET {character_set})",
            f"INSERT INTO t{number} VALUES (1, 'A'), (2, 'a'), (3, 'a '), (4, 'b')",
        )
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        for name in ("t0", "t1"):
            query = replace(everything_of(catalog.entity(name)), where=Compare("v", operator, text(value)))
            rows = read(session, query, lines_of(query)).decode().splitlines()
            assert [row.split(",", 1)[1] for row in rows] == found


@pytest.mark.parametrize(
    ("operator", "value", "found"),
    [
        (Operator.LT, "infinity", 2),
        (Operator.GT, "infinity", 0),
        (Operator.GT, "-infinity", 2),
        (Operator.GT, "0044-03-15 BC", 2),
        (Operator.LTE, "12024-01-01", 2),
        (Operator.GTE, "2024-01-02", 1),
        (Operator.EQ, "0000-00-00", 1),
    ],
)
def test_moments_that_mysql_cannot_say_still_compare(
    mariadb_database: MariaDatabase, tmp_path: Path, operator: Operator, value: str, found: int
) -> None:
    mariadb_database.execute(
        "SET sql_mode = ''", "CREATE TABLE t (v date)", "INSERT INTO t VALUES (NULL), (0), ('2024-01-02')"
    )
    moment = Value(value, LogicalType(kind=Kind.DATE))
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        query = replace(everything_of(catalog.entity("t")), where=Compare("v", operator, moment))
        assert session.count(query) == found
