"""What only the text of a CREATE TABLE says."""

from __future__ import annotations

import pytest

from entrepot.databases.sqlite.ddl import CheckText, ForeignKeyText, read_table
from entrepot.databases.sqlite.functions import float_text
from entrepot.databases.sqlite.tokens import tokens
from entrepot.databases.sqlite.types import is_lossless, logical_type
from entrepot.model.types import Kind

NASTY = """
CREATE TABLE "main"."odd ""table"" " -- a comment with ( and ,
( [id] INTEGER PRIMARY KEY AUTOINCREMENT /* , */
, `a,b` TEXT COLLATE NOCASE DEFAULT ',)' CHECK (`a,b` <> ')' AND length(`a,b`) < 10)
, total NUMERIC(10, 2) GENERATED ALWAYS AS (price * (1 + tax)) STORED, twice AS (total * 2) VIRTUAL
, parent INT CONSTRAINT "my fk" REFERENCES "odd ""table"" " (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
, 'single' TEXT CONSTRAINT one UNIQUE, price REAL, tax REAL
, CONSTRAINT positive CHECK (price > 0)
, CHECK (tax >= 0)
, CONSTRAINT pair UNIQUE ("price" COLLATE NOCASE, tax)
, FOREIGN KEY (price, tax) REFERENCES other NOT DEFERRABLE
) STRICT, WITHOUT ROWID
"""


def test_names_come_in_all_their_quotes() -> None:
    assert list(read_table(NASTY).columns) == [
        "id", "a,b", "total", "twice", "parent", "single", "price", "tax",
    ]  # fmt: skip


def test_what_a_column_says() -> None:
    columns = read_table(NASTY).columns
    assert columns["id"].autoincrement
    assert not columns["a,b"].autoincrement
    assert columns["a,b"].collation == "NOCASE"
    assert columns["price"].collation is None
    assert columns["total"].expression == "price * (1 + tax)"
    assert columns["twice"].expression == "total * 2"
    assert columns["a,b"].expression is None


def test_checks_of_columns_and_of_the_table() -> None:
    assert read_table(NASTY).checks == [
        CheckText(name=None, expression="`a,b` <> ')' AND length(`a,b`) < 10"),
        CheckText(name="positive", expression="price > 0"),
        CheckText(name=None, expression="tax >= 0"),
    ]


def test_foreign_keys_in_their_order() -> None:
    assert read_table(NASTY).foreign_keys == [
        ForeignKeyText(name="my fk", deferrable=True, initially_deferred=True),
        ForeignKeyText(name=None),
    ]


def test_unique_names_and_table_options() -> None:
    table = read_table(NASTY)
    assert table.unique_names == {("single",): "one", ("price", "tax"): "pair"}
    assert table.strict
    assert table.without_rowid
    plain = read_table("CREATE TABLE t (strict TEXT, without INT)")
    assert not plain.strict
    assert not plain.without_rowid


@pytest.mark.parametrize(
    "sql", ["", "CREATE TABLE t AS SELECT 1", "CREATE VIRTUAL TABLE f USING fts5(a)", "CREATE VIEW v AS SELECT (1)"]
)
def test_what_is_no_list_of_columns_says_nothing(sql: str) -> None:
    assert read_table(sql).columns == {}


@pytest.mark.parametrize("sql", ["CREATE TABLE t (a", "CREATE TABLE t (a TEXT CHECK", "CREATE TABLE t (", "'unclosed"])
def test_damaged_text_does_not_stop_the_reader(sql: str) -> None:
    read_table(sql)


def test_every_character_of_a_text_is_in_a_token() -> None:
    assert [token.text for token in tokens("a/*x*/'b''c' x'0f' 1.5e3 \"d\"\"e\" -- f\n;")] == [
        "a", "'b''c'", "x'0f'", "1.5e3", '"d""e"', ";",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "words", "lossless"),
    [
        ("INTEGER", "integer", True),
        ("unsigned big int", "integer", True),
        ("VARCHAR(40)", "text(40)", True),
        ("nvarchar ( 10 )", "text(10)", True),
        ("DECIMAL(10, 2)", "decimal(10,2)", False),
        ("NUMERIC", "decimal", False),
        ("DECIMAL TEXT(30,10)", "decimal(30,10)", True),
        ("DOUBLE PRECISION", "float", True),
        ("BOOLEAN", "boolean", True),
        ("DATETIME", "timestamp", True),
        ("TIMESTAMP(6)", "timestamp", True),
        ("TIMESTAMP WITH TIME ZONE", "timestamp_tz", True),
        ("VARBINARY(16)", "bytes(16)", True),
        ("JSON", "json", True),
        ("JSON TEXT", "json", True),
        ("", "other", False),
        ("whatever (1, 2, 3)", "other", False),
        ("POINT", "integer", True),
    ],
)
def test_a_declared_type_means(declared: str, words: str, lossless: bool) -> None:
    """POINT is an integer by SQLite's own rule: it holds INT."""
    kind = logical_type(declared)
    assert kind.describe() == words
    assert is_lossless(declared, kind.kind) is lossless


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (5.0, "5"),
        (-0.0, "-0"),
        (1e15, "1e+15"),
        (999999999999999.0, "999999999999999"),
        (1234567890123456.0, "1.234567890123456e+15"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (5e-324, "5e-324"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (float("nan"), "NaN"),
    ],
)
def test_floats_are_written_as_short_as_possible(value: float, text: str) -> None:
    assert float_text(value) == text


def test_kinds_of_affinity_need_no_exact_name() -> None:
    assert logical_type("MEDIUMINT UNSIGNED").kind is Kind.INTEGER
    assert logical_type("LONG VARCHAR").kind is Kind.TEXT
