"""A check of a database becomes a rule only where the rule says exactly the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entrepot.databases.check_reader import read_check
from entrepot.databases.check_rules import LENGTHS, rule_of
from entrepot.databases.check_tokens import UntranslatedError
from entrepot.model.catalog import Catalog, Check, Entity, Field
from entrepot.model.filter_text import parse_text
from entrepot.model.types import Kind, LogicalType

FIELDS = (
    Field(name="n", type=LogicalType(kind=Kind.INTEGER, bits=32), native="integer"),
    Field(name="price", type=LogicalType(kind=Kind.DECIMAL), native="numeric(8,2)"),
    Field(name="small", type=LogicalType(kind=Kind.FLOAT, bits=32), native="real"),
    Field(name="s", type=LogicalType(kind=Kind.TEXT), native="character varying(9)"),
    Field(name="c", type=LogicalType(kind=Kind.TEXT), native="character(9)"),
    Field(name="nc", type=LogicalType(kind=Kind.TEXT), native="text", collation="ci"),
    Field(name="d", type=LogicalType(kind=Kind.DATE), native="date"),
    Field(name="ts", type=LogicalType(kind=Kind.TIMESTAMP), native="timestamp"),
)
TABLE = Entity(name="t", table="t", fields=FIELDS)
POSTGRES = Catalog(engine="postgres", version="18", database="x", entities=(TABLE,))


@pytest.mark.parametrize(
    ("check", "rule"),
    [
        ("((n >= 0) AND (n <= 150))", "n >= 0 and n <= 150"),
        ("(price >= (0)::numeric)", "price >= 0"),
        ("((n)::numeric < price)", "n < price"),
        (
            "((s)::text = ANY ((ARRAY['a'::character varying, 'it''s'::text])::text[]))",
            "s in ('a', 'it''s')",
        ),
        ("(n = ANY (ARRAY[1, 2, '-3'::integer]))", "n in (1, 2, -3)"),
        ("(n <> ALL (ARRAY[1, 2]))", "n not in (1, 2)"),
        ("((s)::text ~~ 'A%'::text)", "s like 'A%'"),
        ("((s)::text !~~ 'A%'::text)", "s not like 'A%'"),
        ("(NOT ((n = 1) OR (n IS NULL)))", "not (n = 1 or n is null)"),
        ("(length((s)::text) <= 3)", "length(s) <= 3"),
        ("(3 >= char_length((s)::text))", "length(s) <= 3"),
        ("(ts > d)", "ts > d"),
        ("(d >= '2020-01-01'::date)", "d >= '2020-01-01'"),
        ("n between 1 and 3", "n between 1 and 3"),
        ("(((((n > 1)))))", "n > 1"),
    ],
)
def test_what_a_rule_can_say_is_understood(check: str, rule: str) -> None:
    assert rule_of(Check(name="x", expression=check), TABLE, POSTGRES) == parse_text(rule, rule=True)


@pytest.mark.parametrize(
    "check",
    [
        "(n + 1) > 3",
        "(lower((s)::text) = (s)::text)",
        "(n = NULL)",
        "(n IN (1, NULL))",
        "((price)::integer > 3)",
        "(n > (1.5)::integer)",
        "(price > (1.5)::numeric(3,0))",
        "(c = 'a'::bpchar)",
        "(length(c) < 3)",
        "(nc = 'a')",
        "((s)::text > 'a'::text)",
        r"((s)::text ~~ 'a\%'::text)",
        "(small > 0.1)",
        "(missing > 1)",
        "(d > CURRENT_DATE)",
        "(d > now())",
        "((n > 1) IS TRUE)",
        "(n > 1) AND",
        "n > 1 /* one */",
        "CASE WHEN n > 1 THEN true END",
        "1 = 1",
        "(" * 500 + "n > 1" + ")" * 500,
    ],
)
def test_what_it_cannot_say_exactly_is_left_to_the_database(check: str) -> None:
    assert rule_of(Check(name="x", expression=check), TABLE, POSTGRES) is None


def test_a_check_that_does_not_hold_for_all_rows_is_left_alone() -> None:
    check = Check(name="x", expression="(n > 1)", ddl="CHECK ((n > 1)) NOT VALID")
    assert rule_of(check, TABLE, POSTGRES) is None
    assert rule_of(replace(check, ddl="CHECK ((n > 1))"), TABLE, POSTGRES) is not None


def test_mysql_may_not_mind_its_checks_so_that_only_those_of_mariadb_are_read() -> None:
    check = Check(name="x", expression="`n` > 1")
    mariadb = replace(POSTGRES, engine="mysql", version="11.4.2-MariaDB")
    assert rule_of(check, TABLE, mariadb) is not None
    assert rule_of(check, TABLE, replace(mariadb, version="8.4.0")) is None
    assert rule_of(Check(name="x", expression="length(`s`) > 1"), TABLE, mariadb) is None
    assert rule_of(Check(name="x", expression="`s` = 'a'"), TABLE, mariadb) is None


def test_brackets_are_read_in_reasonable_time() -> None:
    with pytest.raises(UntranslatedError):
        read_check("(" * 40 + "n + 1" + ")" * 40, LENGTHS["sqlite"], lambda name, into: True)
