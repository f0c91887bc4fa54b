"""What only SQLite's schemas have."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.databases.sqlite.engine import SqliteEngine
from entrepot.model.catalog import EntityKind, Origin
from integration.sqlite.files import everything_of, made, opened

SAKILA = (
    Path(__file__).resolve().parents[3].parent / "shared" / "corpora" / "sql" / "sakila" / "sqlite-sakila-schema.sql"
)

ODD = """
CREATE TABLE Users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email VARCHAR(80) COLLATE NOCASE NOT NULL CONSTRAINT one_email UNIQUE,
  boss INT REFERENCES users ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  price REAL DEFAULT (1 + 1) CHECK (price >= 0),
  twice REAL AS (price * 2) STORED, thrice REAL AS (price * 3), note TEXT COLLATE unheard
);
CREATE TABLE tags (a TEXT, b INT, c, PRIMARY KEY (b, a)) WITHOUT ROWID, STRICT;
CREATE TABLE uses (tag_b INT, tag_a TEXT, CONSTRAINT to_tag FOREIGN KEY (tag_b, tag_a) REFERENCES TAGS (B, A));
CREATE TABLE backwards (id INTEGER PRIMARY KEY DESC);
CREATE INDEX dear ON Users (price) WHERE price > 100;
CREATE INDEX shouting ON Users (upper(email));
CREATE INDEX plain ON Users (price, email);
CREATE VIEW rich AS SELECT id, email FROM Users;
CREATE TRIGGER t AFTER INSERT ON Users BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE words USING fts5(text);
INSERT INTO Users (email) VALUES ('b'), ('A'); DELETE FROM Users WHERE email = 'A';
""".replace("c, PRIMARY KEY (b, a)) WITHOUT ROWID, STRICT", "c ANY, PRIMARY KEY (b, a)) WITHOUT ROWID, STRICT")


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    return made(tmp_path / "odd.db", ODD.replace("COLLATE unheard", ""))


def test_tables_and_views_but_no_virtual_tables(odd: Path) -> None:
    catalog = SqliteEngine(odd).introspect()
    kinds = {entity.name: entity.kind for entity in catalog.entities}
    assert kinds == {
        **dict.fromkeys(("Users", "tags", "uses", "backwards"), EntityKind.TABLE),
        "rich": EntityKind.VIEW,
    }
    assert catalog.not_carried == ("trigger t on Users", "virtual table words")
    assert (catalog.engine, catalog.database) == ("sqlite", "odd")


def test_where_values_come_from(odd: Path) -> None:
    users = SqliteEngine(odd).introspect().entity("Users")
    origins = {field.name: field.origin for field in users.fields if field.origin is not Origin.PLAIN}
    assert origins == {"id": Origin.AUTO_INCREMENT, "twice": Origin.STORED, "thrice": Origin.VIRTUAL}
    assert users.field("twice").expression == "price * 2"
    assert users.field("price").default == "1 + 1"
    assert [check.expression for check in users.checks] == ["price >= 0"]
    backwards = SqliteEngine(odd).introspect().entity("backwards")
    assert backwards.field("id").origin is Origin.PLAIN


def test_names_are_the_tables_own_although_references_are_written_otherwise(odd: Path) -> None:
    catalog = SqliteEngine(odd).introspect()
    (boss,) = catalog.entity("Users").relations
    assert (boss.parent, boss.parent_fields, boss.on_delete) == ("Users", ("id",), "SET NULL")
    assert boss.deferrable
    assert boss.initially_deferred
    (tag,) = catalog.entity("uses").relations
    assert (tag.name, tag.parent, tag.fields, tag.parent_fields) == ("to_tag", "tags", ("tag_b", "tag_a"), ("b", "a"))
    assert catalog.entity("tags").primary_key == ("b", "a")


def test_collations_unique_names_and_indexes(odd: Path) -> None:
    users = SqliteEngine(odd).introspect().entity("Users")
    assert users.field("email").collation == "NOCASE"
    assert [(key.name, key.fields) for key in users.keys] == [("one_email", ("email",))]
    assert {index.name: index.fields for index in users.indexes} == {
        "dear": (), "shouting": (), "plain": ("price", "email"),
    }  # fmt: skip
    assert all(index.ddl and index.ddl.startswith("CREATE INDEX") for index in users.indexes)


def test_counters_and_estimates(odd: Path) -> None:
    catalog = SqliteEngine(odd).introspect()
    assert [(counter.owner, counter.last) for counter in catalog.sequences] == [(("Users", "id"), 2)]
    assert catalog.entity("Users").rows_estimate is None
    made(odd, "ANALYZE")
    assert SqliteEngine(odd).introspect().entity("Users").rows_estimate == 1


def test_every_table_is_read_in_the_order_of_its_own_tree(odd: Path, tmp_path: Path) -> None:
    """A NOCASE key, a key of two, and a collation of the application that we do not know."""
    made(
        odd,
        "INSERT INTO tags VALUES ('x', 2, NULL), ('b', 1, 5), ('a', 1, 'y'), ('B', 1, 1.5);"
        "CREATE TABLE names (name TEXT COLLATE NOCASE PRIMARY KEY) WITHOUT ROWID; "
        "INSERT INTO names VALUES ('b'), ('A'), ('C')",
    )
    with opened(odd, tmp_path) as (catalog, session):
        tags = [batch.column(0).to_pylist() for batch in session.batches(everything_of(catalog.entity("tags")))]
        names = [batch.column(0).to_pylist() for batch in session.batches(everything_of(catalog.entity("names")))]
    assert tags == [["B", "a", "b", "x"]]
    assert names == [["A", "b", "C"]]


def test_a_collation_that_only_the_application_knows_does_not_stop_us(tmp_path: Path) -> None:
    path = tmp_path / "foreign.db"
    made(
        path, "CREATE TABLE t (name TEXT COLLATE BINARY PRIMARY KEY, at TEXT); INSERT INTO t VALUES ('b', 1), ('a', 2)"
    )
    made(
        path,
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'BINARY', 'app_sorting'); "
        "PRAGMA writable_schema = RESET",
    )
    with opened(path, tmp_path) as (catalog, session):
        query = everything_of(catalog.entity("t"))
        assert [batch.column(0).to_pylist() for batch in session.batches(query)] == [["b", "a"]]


def test_sakila_is_read_as_it_is(tmp_path: Path) -> None:
    if not SAKILA.exists():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    path = made(tmp_path / "sakila.db", SAKILA.read_text())
    catalog = SqliteEngine(path).introspect()
    kinds = [entity.kind for entity in catalog.entities]
    assert (kinds.count(EntityKind.TABLE), kinds.count(EntityKind.VIEW)) == (16, 5)
    assert sum(len(entity.relations) for entity in catalog.entities) == 22
    assert sum(line.startswith("trigger") for line in catalog.not_carried) == 30
    assert {r.parent for r in catalog.entity("staff").relations} == {"store", "address"}
    assert {r.parent for r in catalog.entity("store").relations} == {"staff", "address"}
    film = catalog.entity("film")
    assert film.field("rental_rate").type.describe() == "decimal(4,2)"
    assert len(film.checks) == 2
