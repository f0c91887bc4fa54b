"""Every cleaning step: what it makes of values, what it refuses, and wrong names and arguments."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.model.errors import InputError
from entrepot.model.rules import Step
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.judging.judge import judge
from entrepot.workbench.judging.steps import steps
from entrepot.workbench.source import Database
from unit.workbench.judging.tables import TEXT, field, stage_texts, step, values, verdicts

NBSP = "\N{NO-BREAK SPACE}"
MOMENT = LogicalType(kind=Kind.TIMESTAMP)
ZONED = LogicalType(kind=Kind.TIMESTAMP_TZ)
GOLDEN: list[tuple[Step, str | None, str | None]] = [
    (step("lowercase"), "ÄbC", "äbc"),
    (step("uppercase"), "äbC", "ÄBC"),
    (step("trim"), f" \t{NBSP}a b\n", "a b"),
    (step("trim"), "äa\u3000", "äa"),
    (step("trim"), "   ", ""),
    (step("title"), "ada LOVELACE king", "Ada Lovelace King"),
    (step("timestamp"), "123", "123.0"),
    (step("timestamp"), "1.5e3", "1500.0"),
    (step("timestamp"), "1e999", "1e999"),
    (step("timestamp"), "soon", "soon"),
    (step("date", format="DD.MM.YYYY"), "31.12.2024", "2024-12-31"),
    (step("date", format="D.M.YYYY"), "1.2.2024", "2024-02-01"),
    (step("date", format="DD.MM.YYYY"), "31.12.24", "<not_a_date>"),
    (step("date", format="DD.MM.YYYY"), "31.12.2024 ", "<not_a_date>"),
    (step("date", format="DD.MM.YYYY"), "31.02.2024", "<not_a_date>"),
    (step("date", format="MM/DD/YY"), "12/31/24", "2024-12-31"),
    (step("date", format="MM/DD/YY"), "12/31/70", "1970-12-31"),
    (step("date", format="D. MMMM YYYY", locale="de"), "3. März 2024", "2024-03-03"),
    (step("date", format="D MMM YYYY", locale="de"), "3 Mrz. 2024", "2024-03-03"),
    (step("date", format="D MMM YYYY", locale="fr"), "3 févr. 2024", "2024-02-03"),
    (step("date", format="D MMM YYYY", locale="fr"), "3 jui 2024", "<not_a_date>"),
    (step("date", format="MMMM D, YYYY"), "September 3, 2024", "2024-09-03"),
    (step("date", format="YYYYMMDD"), "20240229", "2024-02-29"),
    (step("date", format="DD.MM.YYYY HH:mm:ss"), "31.12.2024 23:59:01", "2024-12-31 23:59:01"),
    (step("date", format="MM/DD/YYYY hh:mm a"), "12/31/2024 1:05 pm", "2024-12-31 13:05:00"),
    (step("date", format="YYYY%MM'DD"), "2024%12'31", "2024-12-31"),
    (step("number"), "1,234,567.89", "1234567.89"),
    (step("number"), "1,5", "<not_a_number>"),
    (step("number", locale="de"), "1.234,50 €", "1234.50"),
    (step("number", locale="de"), "1.9", "<not_a_number>"),
    (step("number", locale="de"), "-1,9", "-1.9"),
    (step("number", locale="fr"), f"1{NBSP}234,5", "1234.5"),
    (step("number", locale="fr"), "1\N{NARROW NO-BREAK SPACE}234,5 EUR", "1234.5"),
    (step("number", locale="ch"), "CHF 1'234.50", "1234.50"),
    (step("number", locale="in"), "₹12,34,567", "1234567"),
    (step("number"), "(1,234.50)", "-1234.50"),
    (step("number"), "(12", "<not_a_number>"),
    (step("number"), "$ \N{MINUS SIGN}5", "-5"),
    (step("number"), "-$5", "-5"),
    (step("number", decimal=",", thousands="."), "1.234,5", "1234.5"),
    (step("number"), "12 apples", "<not_a_number>"),
    (step("number"), "", "<not_a_number>"),
    (step("boolean"), " Yes ", "true"),
    (step("boolean"), "OFF", "false"),
    (step("boolean"), "maybe", "<not_a_boolean>"),
    (step("boolean", yes="ja,j", no="nein"), "JA", "true"),
    (step("boolean", yes="ja,j", no="nein"), "yes", "<not_a_boolean>"),
    (step("replace", from_="-", to="+"), "a-b-c", "a+b+c"),
    (step("replace", from_="."), "1.2", "12"),
    (step("regex", pattern=r"(\d+)-(\d+)", to=r"\2-\1"), "x1-2", "x2-1"),
    (step("map", values='{"m": "male", "-": null}'), "m", "male"),
    (step("map", values='{"m": "male", "-": null}'), "-", None),
    (step("map", values='{"m": "male", "-": null}'), "w", "w"),
    (step("split", separator=", ", at="2"), "King, Ada", "Ada"),
    (step("split", separator=", ", at="-1"), "King, Ada", "Ada"),
    (step("split", separator=", ", at="3"), "King, Ada", None),
    (step("default", value="none"), None, "none"),
    (step("default", value="none"), "x", "x"),
    (step("null_if", value="n/a"), "n/a", None),
    (step("slug"), "  Über uns! №1 ", "uber-uns-1"),
    (step("slug"), "日本 語", "日本-語"),
    (step("json"), '{"a": 1}', '{"a": 1}'),
    (step("json"), 'say "x"', r'"say \"x\""'),
    (step("json"), "NaN", '"NaN"'),
    (step("hash", salt="s'"), "ä", hashlib.sha256("s'ä".encode()).hexdigest()),
    (step("round", digits="2"), "1.005", "1.01"),
    (step("round", digits="2"), "-1.005", "-1.01"),
    (step("round", digits="2"), "1.5", "1.5"),
    (step("round"), "0.4999999999999999999999999999999", "0"),
    (step("round"), "x.5", "x.5"),
    (step("truncate", length="2"), "äöü", "äö"),
]


@pytest.mark.parametrize(("one", "given", "expected"), GOLDEN)
def test_a_step_makes_of_a_value_what_it_says(
    database: Database, one: Step, given: str | None, expected: str | None
) -> None:
    assert values(database, field(TEXT, one), [given]) == [expected]


@pytest.mark.parametrize(
    ("type", "one", "given", "expected"),
    [
        (ZONED, step("timezone", name="Europe/Berlin"), "2024-07-01 10:00:00", "2024-07-01 08:00:00+00"),
        (ZONED, step("timezone", name="Europe/Berlin"), "2024/7/1 10:00", "2024-07-01 08:00:00+00"),
        (ZONED, step("timezone", name="Europe/Berlin"), "2024-07-01", "2024-06-30 22:00:00+00"),
        (ZONED, step("timezone", name="Europe/Berlin"), "2024-07-01T10:00:00.25Z", "2024-07-01 10:00:00.25+00"),
        (MOMENT, step("timezone", name="America/New_York"), "2024-01-01T10:00", "2024-01-01 15:00:00"),
        (ZONED, step("timezone", name="Europe/Berlin"), "2024-07-01 24:00:00", "<no_such_time>"),
        (ZONED, step("timestamp"), "1704189600.5", "2024-01-02 10:00:00.5+00"),
        (MOMENT, step("timestamp"), "-1", "1969-12-31 23:59:59"),
        (MOMENT, step("timestamp"), "1e300", "<not_a_timestamp>"),
        (MOMENT, step("round"), "2024-01-02 10:00:00.999", "2024-01-02 10:00:00"),
        (MOMENT, step("round", digits="1"), "2024-01-02 10:00:00.999", "2024-01-02 10:00:00.9"),
        (LogicalType(kind=Kind.DECIMAL, precision=5, scale=2), step("round", digits="2"), "1.005", "1.01"),
        (LogicalType(kind=Kind.INTEGER), step("round"), "5.0", "5"),
        (LogicalType(kind=Kind.FLOAT), step("timestamp"), "123", "123"),
        (LogicalType(kind=Kind.JSON), step("json"), "plain", '"plain"'),
    ],
)
def test_some_steps_ask_for_the_type(
    database: Database, type: LogicalType, one: Step, given: str, expected: str
) -> None:
    assert values(database, field(type, one), [given]) == [expected]


def test_steps_work_one_after_the_other(database: Database) -> None:
    target = field(TEXT, step("trim"), step("lowercase"), step("replace", from_="a", to="b"))
    assert values(database, target, [" AA "]) == ["bb"]


@pytest.mark.parametrize("name", sorted(steps().entries))
def test_no_step_makes_a_value_of_none_but_the_default(database: Database, name: str) -> None:
    assert values(database, field(TEXT, sample(name)), [None]) == ["x" if name == "default" else None]


ARGUMENTS = {
    "date": {"format": "DD.MM.YYYY"},
    "replace": {"from": "a"},
    "regex": {"pattern": "a"},
    "map": {"values": '{"a": "b"}'},
    "split": {"separator": ",", "at": "1"},
    "default": {"value": "x"},
    "null_if": {"value": "x"},
    "truncate": {"length": "3"},
    "timezone": {"name": "UTC"},
}


def sample(name: str) -> Step:
    return Step(name=name, arguments=ARGUMENTS.get(name, {}))


EVIL = st.text(max_size=20) | st.sampled_from(
    [
        "'",
        "\\",
        "'; DROP TABLE staged; --",
        "{x}",
        "$1",
        "%",
        "_",
        '"',
        "\x00"[:0],
        "a\nb",
        "\u202e",
        "👍🏽",
        "١",
        "'' || '",
    ]
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(EVIL, max_size=20))
@pytest.mark.parametrize("name", sorted(steps().entries))
def test_no_value_breaks_a_step(database: Database, name: str, texts: list[str]) -> None:
    texts = [
        text.replace("\0", "") for text in texts if text.isascii() or text.encode(errors="ignore").decode() == text
    ]
    assert len(verdicts(database, field(TEXT, sample(name)), texts)) == len(texts)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(argument=EVIL.filter(bool), text=EVIL)
def test_arguments_are_never_sql(database: Database, argument: str, text: str) -> None:
    if "\0" in argument + text:
        return
    assert values(database, field(TEXT, step("default", value=argument)), [None]) == [argument]
    assert values(database, field(TEXT, step("null_if", value=argument)), [argument]) == [None]
    replaced = step("replace", from_=argument, to=text)
    assert values(database, field(TEXT, replaced), [f"<{argument}>"]) == [f"<{argument}>".replace(argument, text)]


@pytest.mark.parametrize(
    ("one", "code", "said"),
    [
        (step("lowercas"), "unknown_step", "Did you mean 'lowercase'?"),
        (step("trim", to="x"), "unknown_argument", "no argument at all"),
        (step("date", formt="DD"), "unknown_argument", "Did you mean 'format'?"),
        (step("date"), "argument_missing", "DD.MM.YYYY"),
        (step("date", format="DD.MM"), "bad_argument", "it needs a year"),
        (step("date", format="DD.DD.YYYY"), "bad_argument", "twice"),
        (step("date", format="DD.MM.YYYY", locale="dee"), "bad_argument", "did you mean 'de'?"),
        (step("number", decimal=",,"), "bad_argument", "not one mark"),
        (step("round", digits="-1"), "bad_argument", "below 0"),
        (step("round", digits="1); DROP TABLE staged"), "bad_argument", "not a whole number"),
        (step("split", separator=",", at="0"), "bad_argument", "counted from 1"),
        (step("map", values="a=b"), "bad_argument", "not a JSON object"),
        (step("map", values='{"a": 1}'), "bad_argument", "not a JSON object"),
        (step("hash", algorithm="md5"), "bad_argument", "known are sha256"),
        (step("timezone", name="Europe/Berln"), "bad_argument", "did you mean 'Europe/Berlin'?"),
        (step("regex", pattern="("), "bad_pattern", "missing )"),
        (step("regex", pattern="(?=a)"), "bad_pattern", "invalid perl operator"),
        (step("regex", pattern="a", to=r"\1"), "bad_pattern", "only has 0"),
        (step("default", value="a\0b"), "bad_text", "no text in a database has"),
    ],
)
def test_a_mistake_in_a_step_is_told_before_any_row_is_read(
    database: Database, one: Step, code: str, said: str
) -> None:
    stage_texts(database, ["a"])
    with pytest.raises(InputError) as caught:
        judge(database, (field(TEXT, one),))
    assert caught.value.code == code
    assert said in f"{caught.value.message} {caught.value.remedy}"
