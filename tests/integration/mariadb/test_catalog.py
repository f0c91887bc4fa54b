"""The catalog says what the schema says: sakila, and a table of everything that MariaDB can declare."""

from __future__ import annotations

import pytest

from entrepot.databases.mysql.engine import MySqlEngine
from entrepot.model.catalog import EntityKind, Origin
from entrepot.model.graph import cycles
from entrepot.model.types import Kind, LogicalType
from servers.mariadb import MariaDatabase

pytestmark = pytest.mark.mariadb

EVERYTHING = r"""
CREATE TABLE everything (
  id int unsigned NOT NULL AUTO_INCREMENT,
  flag tinyint(1) DEFAULT 1,
  kind enum('a','it''s','c\\d') NOT NULL DEFAULT 'it''s',
  tags set('p','q') DEFAULT 'p,q',
  data json,
  money decimal(14,2) unsigned DEFAULT 0.50,
  name varchar(40) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'a\\b''c' COMMENT 'it''s a "name"',
  made datetime(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
  words varchar(20) DEFAULT concat('x','y'),
  plus int GENERATED ALWAYS AS (`money` + 1) STORED,
  look varchar(10) GENERATED ALWAYS AS (concat('it''s', `flag`)) VIRTUAL,
  positive int CHECK (`positive` > 0),
  hidden int INVISIBLE DEFAULT 5,
  PRIMARY KEY (id, flag),
  UNIQUE KEY one_name (name, kind),
  KEY prefixed (name(5)),
  KEY plain (money, made),
  FULLTEXT KEY fulltext_ (words),
  CONSTRAINT both_ CHECK (`positive` < 100 AND `name` <> 'x')
) ENGINE=InnoDB COMMENT='table''s comment'"""


def test_sakila_is_described_as_it_is(sakila: MariaDatabase) -> None:
    catalog = MySqlEngine(sakila.url).introspect()
    tables = {e.name for e in catalog.entities if e.kind is EntityKind.TABLE}
    views = {e.name for e in catalog.entities if e.kind is EntityKind.VIEW}
    assert (len(tables), len(views)) == (16, 7)
    assert {"film_text", "rental", "payment"} <= tables
    assert sum(1 for _ in catalog.relations()) == 22
    film = catalog.entity("film")
    assert film.field("rating").type == LogicalType(kind=Kind.ENUM, values=("G", "PG", "PG-13", "R", "NC-17"))
    assert film.field("special_features").native.startswith("set(")
    assert film.field("release_year").native == "year(4)"
    assert film.field("film_id").origin is Origin.AUTO_INCREMENT
    assert film.field("length").type == LogicalType(kind=Kind.INTEGER, bits=16, unsigned=True)
    assert film.field("last_update").on_update == "current_timestamp()"
    assert catalog.entity("film_actor").primary_key == ("actor_id", "film_id")
    rental = next(r for r in catalog.entity("payment").relations if r.parent == "rental")
    assert (rental.on_delete, rental.on_update) == ("SET NULL", "CASCADE")


def test_the_cycle_of_sakila_is_named(sakila: MariaDatabase) -> None:
    assert cycles(MySqlEngine(sakila.url).introspect()) == (("staff", "store"),)


def test_triggers_routines_and_views_are_said_not_to_travel(sakila: MariaDatabase) -> None:
    words = " | ".join(MySqlEngine(sakila.url).introspect().not_carried)
    assert "3 triggers: " in words
    assert "ins_film on film" in words
    assert "6 routines: " in words
    assert "7 views: " in words


def test_every_declaration_is_seen(mariadb_database: MariaDatabase) -> None:
    mariadb_database.execute(EVERYTHING)
    entity = MySqlEngine(mariadb_database.url).introspect().entity("everything")
    field = entity.field
    assert entity.primary_key == ("id", "flag")
    assert entity.comment == "table's comment"
    assert [(key.name, key.fields) for key in entity.keys] == [("one_name", ("name", "kind"))]
    indexes = {index.name: (index.fields, index.ddl) for index in entity.indexes}
    assert indexes["plain"] == (("money", "made"), "KEY `plain` (`money`, `made`)")
    assert indexes["prefixed"] == ((), "KEY `prefixed` (`name`(5))")
    assert indexes["fulltext_"] == ((), "FULLTEXT KEY `fulltext_` (`words`)")
    assert [(check.name, check.expression) for check in entity.checks] == [
        ("positive", "`positive` > 0"),
        ("both_", "`positive` < 100 and `name` <> 'x'"),
    ]
    assert field("flag").type.kind is Kind.BOOLEAN
    assert field("kind").type.values == ("a", "it's", "c\\d")
    assert (field("kind").nullable, field("kind").default) == (False, "'it''s'")
    assert field("data").type.kind is Kind.JSON
    assert field("money").type == LogicalType(kind=Kind.DECIMAL, precision=14, scale=2)
    assert (field("name").collation, field("name").comment) == ("latin1_bin", 'it\'s a "name"')
    assert field("name").default == r"'a\\b''c'"
    assert (field("made").default, field("made").on_update) == ("current_timestamp(6)", "current_timestamp(6)")
    assert field("words").default == "concat('x','y')"
    assert (field("plus").origin, field("plus").expression) == (Origin.STORED, "`money` + 1")
    assert field("look").origin is Origin.VIRTUAL
    assert field("hidden").default == "5"
    assert (entity.ddl or "").startswith("CREATE TABLE `everything` (")


def test_composite_and_self_references_keep_their_order(mariadb_database: MariaDatabase) -> None:
    mariadb_database.execute(
        "CREATE TABLE a (x int, y int, PRIMARY KEY (y, x))",
        "CREATE TABLE b (id int PRIMARY KEY, up int, p int, q int, CONSTRAINT self FOREIGN KEY (up) REFERENCES b (id), "
        "CONSTRAINT two FOREIGN KEY (p, q) REFERENCES a (y, x) ON DELETE CASCADE)",
    )
    entity = MySqlEngine(mariadb_database.url).introspect().entity("b")
    relations = {r.name: (r.fields, r.parent, r.parent_fields, r.on_delete) for r in entity.relations}
    assert relations == {
        "self": (("up",), "b", ("id",), "RESTRICT"),
        "two": (("p", "q"), "a", ("y", "x"), "CASCADE"),
    }


def test_what_is_out_of_reach_is_said(mariadb_database: MariaDatabase) -> None:
    name = mariadb_database.name
    mariadb_database.execute(
        f"CREATE DATABASE {name}_other",
        f"CREATE TABLE {name}_other.parent (id int PRIMARY KEY)",
        f"CREATE TABLE child (id int PRIMARY KEY, CONSTRAINT far FOREIGN KEY (id) REFERENCES {name}_other.parent (id))",
        "CREATE TABLE short (id int)",
        "CREATE VIEW broken AS SELECT id FROM short",
        "DROP TABLE short",
        "CREATE TABLE old (id int) WITH SYSTEM VERSIONING",
    )
    try:
        catalog = MySqlEngine(mariadb_database.url).introspect()
    finally:
        mariadb_database.execute("DROP TABLE child", f"DROP DATABASE {name}_other")
    words = " | ".join(catalog.not_carried)
    assert "1 foreign keys into other databases: far on child" in words
    assert "histories of system-versioned tables: old" in words
    assert "1 views that are broken or refer to what we may not see: broken" in words
    assert catalog.entity("child").relations == ()
