"""Every rule: what it lets pass, what not, and what it can be asked of."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.model.errors import InputError
from entrepot.model.rules import Rule
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.judging.judge import judge
from entrepot.workbench.judging.rules import rules
from entrepot.workbench.source import Database
from unit.workbench.judging.tables import TEXT, field, stage_texts, values

WHOLE = LogicalType(kind=Kind.INTEGER)
EXACT = LogicalType(kind=Kind.DECIMAL)
DAY = LogicalType(kind=Kind.DATE)
ZONED = LogicalType(kind=Kind.TIMESTAMP_TZ)
CLOCK = LogicalType(kind=Kind.TIME)


class Case(NamedTuple):
    type: LogicalType
    name: str
    argument: str
    good: list[str]
    bad: list[str]
    code: str


GOLDEN = [
    Case(TEXT, "length", "2..3", ["ab", "äöü"], ["a", "abcd"], "wrong_length"),
    Case(TEXT, "length", "2", ["ab"], ["a", "abc"], "wrong_length"),
    Case(TEXT, "length", "..2", ["a", "ab"], ["abc"], "wrong_length"),
    Case(TEXT, "length", "2..", ["ab", "abc"], ["a"], "wrong_length"),
    Case(EXACT, "precision", "1", ["1.5", "1.50", "1"], ["1.55"], "too_precise"),
    Case(WHOLE, "min", "-5", ["-5", "9223372036854775807"], ["-6"], "too_small"),
    Case(WHOLE, "max", "10", ["10", "9"], ["11", "9223372036854775807"], "too_large"),
    Case(EXACT, "min", "0.1", ["0.1", "0.10", "1" + "0" * 60, "NaN"], ["0.09999999", "-1" + "0" * 60], "too_small"),
    Case(EXACT, "max", "9007199254740993.1", ["9007199254740993.1"], ["9007199254740993.2"], "too_large"),
    Case(LogicalType(kind=Kind.FLOAT), "max", "1e300", ["1e300"], ["1.1e300", "Infinity"], "too_large"),
    Case(
        DAY,
        "min",
        "2024-01-31",
        ["2024-01-31", "10000-01-01", "infinity"],
        ["2024-01-30", "0044-03-15 BC"],
        "too_small",
    ),
    Case(DAY, "max", "0044-03-15 BC", ["0045-01-01 BC", "-infinity"], ["0044-03-16 BC", "0001-01-01"], "too_large"),
    Case(ZONED, "max", "2024-01-01T00:00Z", ["2024-01-01 01:00:00+02"], ["2024-01-01T00:00:00.1Z"], "too_large"),
    Case(CLOCK, "max", "100:00:00", ["99:59:59.9", "-01:00:00"], ["100:00:01"], "too_large"),
    Case(TEXT, "one_of", 'red, "a,b", it\'s', ["red", "a,b", "it's"], ["Red", "a"], "not_allowed"),
    Case(WHOLE, "one_of", "1,2", ["1", "002"], ["3"], "not_allowed"),
    Case(TEXT, "pattern", "[A-Z]{2}[0-9]+", ["AB1"], ["AB", "xAB1", "AB1\n"], "pattern"),
    Case(
        TEXT,
        "email",
        "",
        ["a@b.co", "o'neil+x@mail.example.org", "jörg@müller.de"],
        ["a@b", "a b@c.de", "a@b..de", ".a@b.de", "a.@b.de", "a@-b.de", "@b.de", "a@b.de,c@d.de", "a" * 65 + "@b.de"],
        "not_an_email",
    ),
    Case(
        TEXT,
        "url",
        "",
        ["https://example.org", "http://localhost:8080/a?b#c", "FTP://x.y/z"],
        ["example.org", "https://", "https://u:p@x.y", "javascript:alert(1)", "https://a b"],
        "not_a_url",
    ),
    Case(
        TEXT, "uuid", "", ["0F8FAD5B-d9cb-469f-a165-70867728950e"], ["0f8fad5bd9cb469fa16570867728950e"], "not_a_uuid"
    ),
    Case(
        TEXT,
        "phone",
        "",
        ["+49 (30) 1234-567", "030/123456", "555-1234 x12"],
        ["1234", "call me", "+", "1" * 22],
        "not_a_phone",
    ),
    Case(TEXT, "not_blank", "", ["a", " a "], [" ", "\u3000\t"], "blank"),
    Case(DAY, "past", "", ["2024-01-01", "-infinity"], ["9999-12-31", "infinity"], "not_past"),
    Case(DAY, "past", "2020-01-01", ["2019-12-31"], ["2020-01-01", "2024-01-01"], "not_past"),
    Case(ZONED, "future", "", ["9999-12-31T00:00Z"], ["2024-01-01T00:00Z"], "not_future"),
    Case(DAY, "future", "2020-01-01", ["2024-01-01"], ["2020-01-01"], "not_future"),
]


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case.name}-{case.type.kind}")
def test_a_rule_lets_pass_what_it_should_and_nothing_else(database: Database, case: Case) -> None:
    target = field(case.type, rules=[Rule(name=case.name, argument=case.argument)])
    found = values(database, target, [*case.good, *case.bad, None])
    passed, refused = found[: len(case.good)], found[len(case.good) :]
    assert [value for value in passed if str(value).startswith("<")] == []
    assert refused == [f"<{case.code}>"] * len(case.bad) + [None]


def test_every_rule_is_in_the_table() -> None:
    assert {case.name for case in GOLDEN} == set(rules().entries)


def test_the_first_broken_rule_is_told(database: Database) -> None:
    both = [Rule(name="length", argument="3.."), Rule(name="pattern", argument="[a-z]+")]
    assert values(database, field(rules=both), ["1", "123", "abc"]) == ["<wrong_length>", "<pattern>", "abc"]


def test_a_value_of_the_wrong_type_breaks_no_rule_besides(database: Database) -> None:
    assert values(database, field(WHOLE, rules=[Rule(name="min", argument="5")]), ["x"]) == ["<not_an_integer>"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters='\0",\r\n '), min_size=1))
def test_arguments_are_never_sql(database: Database, word: str) -> None:
    assert values(database, field(rules=[Rule(name="one_of", argument=word)]), [word, word + "'"]) == [
        word,
        "<not_allowed>",
    ]


@pytest.mark.parametrize(
    ("type", "rule", "code", "said"),
    [
        (TEXT, Rule(name="emial"), "unknown_rule", "Did you mean 'email'?"),
        (TEXT, Rule(name="email", argument="x"), "bad_argument", "takes no argument"),
        (TEXT, Rule(name="length"), "argument_missing", "2..40"),
        (TEXT, Rule(name="length", argument="2-3"), "bad_argument", "not a whole number"),
        (TEXT, Rule(name="length", argument=".."), "bad_argument", "names no length"),
        (TEXT, Rule(name="min", argument="1"), "rule_does_not_apply", "It understands date"),
        (WHOLE, Rule(name="email"), "rule_does_not_apply", "It understands enum, other, text."),
        (WHOLE, Rule(name="min", argument="1.5"), "bad_argument", "not a whole number"),
        (DAY, Rule(name="past", argument="yesterday"), "bad_argument", "2024-01-31"),
        (TEXT, Rule(name="one_of", argument=","), "bad_argument", "no word"),
        (TEXT, Rule(name="pattern", argument="(?<=a)b"), "bad_pattern", "cannot be used"),
    ],
)
def test_a_mistake_in_a_rule_is_told_before_any_row_is_read(
    database: Database, type: LogicalType, rule: Rule, code: str, said: str
) -> None:
    stage_texts(database, ["a"])
    with pytest.raises(InputError) as caught:
        judge(database, (field(type, rules=[rule]),))
    assert caught.value.code == code
    assert said in f"{caught.value.message} {caught.value.remedy}"
