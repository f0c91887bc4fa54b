"""Where a filter's literals take a text, so does an import, with the same text form; what differs is listed here."""

from __future__ import annotations

import json
import random
import re
from math import isfinite

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from entrepot.model.canonical import canonical
from entrepot.model.literal_error import LiteralError
from entrepot.model.literals import read_literal
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.source import Database
from unit.workbench.judging.tables import Verdict, field, verdicts

SEED = random.Random(7)
TYPES = {
    Kind.BOOLEAN: LogicalType(kind=Kind.BOOLEAN),
    Kind.INTEGER: LogicalType(kind=Kind.INTEGER),
    Kind.DECIMAL: LogicalType(kind=Kind.DECIMAL),
    Kind.FLOAT: LogicalType(kind=Kind.FLOAT),
    Kind.BYTES: LogicalType(kind=Kind.BYTES),
    Kind.DATE: LogicalType(kind=Kind.DATE),
    Kind.TIME: LogicalType(kind=Kind.TIME),
    Kind.TIMESTAMP: LogicalType(kind=Kind.TIMESTAMP),
    Kind.TIMESTAMP_TZ: LogicalType(kind=Kind.TIMESTAMP_TZ),
    Kind.INTERVAL: LogicalType(kind=Kind.INTERVAL),
    Kind.UUID: LogicalType(kind=Kind.UUID),
    Kind.ENUM: LogicalType(kind=Kind.ENUM, values=("a", "b c", "it's", "{x}")),
}


def made_of(letters: str, longest: int, count: int) -> list[str]:
    return ["".join(SEED.choice(letters) for _ in range(SEED.randint(1, longest))) for _ in range(count)]


NUMBERS = [
    *made_of("00125.-+eE", 9, 2000),
    *made_of("0123456789", 25, 200),
    "1e1001",
    "-1e-1001",
    "1" * 401,
    " 1",
    "1 ",
]
DAYS = ("2024-01-02", "0001-01-01", "12024-12-31", "2024-02-30", "0000-00-00", "0000-01-01", "9999-12-31", "1900-02-29")
CLOCKS = ("10:00:00", "23:59:59.120", "24:00:00", "10:00", "10:00:00.", "10:60:00", "10:00:60", "10:00:00.1234567", "")
ZONES = ("", "Z", "+00", "+00:00", "-00", "+05:30", "-12:34:56", " +01", "-0030", "+16:00", "+5")
ERAS = ("", " BC", " bc")
MOMENTS = [f"{d}{gap}{c}{z}{e}" for d in DAYS for gap in " Tt" for c in CLOCKS for z in ZONES for e in ERAS]
MOMENTS += [f"{day}{zone}{era}" for day in DAYS for zone in ZONES for era in ERAS]
MOMENTS += [
    "infinity",
    "-Infinity",
    "+infinity",
    "now",
    "2024-01-02 (BC) 00:00:00+00",
    "infinity+00",
    "0001-01-01 (BC)",
]
TIMES = [
    f"{s}{h}:{m}{x}"
    for s in ("", "-", "+")
    for h in ("10", "0", "24", "838", "839", "0838")
    for m in ("00", "60", "5")
    for x in ("", ":00", ":60", ":1", ":00.500", ":00.1234567", ":00.", ":00Z")
]
PIECES = ("P", "T", "1Y", "2M", "3D", "4H", "-5W", "6.5S", "-", "1", "p")
DURATIONS = ["".join(SEED.choice(PIECES) for _ in range(SEED.randint(1, 6))) for _ in range(1500)]
OTHERS = [
    "true",
    "TRUE",
    "0",
    "yes",
    r"\x",
    r"\xAB",
    r"\xa",
    "a,b c",
    "a,",
    "{x}",
    "",
    "0f8fad5b-d9cb-469f-a165-70867728950e",
]
TEXTS = [*NUMBERS, *MOMENTS, *TIMES, *DURATIONS, *OTHERS]


UNKNOWN_TO_FINGERPRINTS = {Kind.TIMESTAMP, Kind.TIME, Kind.ENUM, Kind.INTERVAL}
"""They compare these more strictly, or letter by letter."""


def literal(text: str, type: LogicalType) -> str | None:
    try:
        return read_literal(text, type).text
    except LiteralError:
        return None


def differs(kind: Kind, text: str, found: Verdict) -> bool:
    """Where an import is meant to say something else than a filter."""
    match kind:
        case Kind.BOOLEAN:
            return text.lower() in {"t", "f"}
        case Kind.DECIMAL:
            return text.lower() in {"nan", "infinity", "+infinity", "-infinity"}
        case Kind.FLOAT:
            return found.error == "out_of_range" or text.lower() in {"nan", "infinity", "+infinity", "-infinity"}
        case Kind.TIMESTAMP_TZ:
            return found.error == "no_time_zone"
        case Kind.UUID:
            return text.startswith("{")
        case _:
            in_words = found.error is None and "P" not in text.upper()  # as PostgreSQL writes it
            return kind is Kind.INTERVAL and in_words


@pytest.mark.parametrize("kind", TYPES)
def test_an_import_takes_what_a_filter_takes(database: Database, kind: Kind) -> None:
    found = verdicts(database, field(TYPES[kind]), TEXTS)
    wrong = [
        (text, verdict, literal(text, TYPES[kind]))
        for text, verdict in zip(TEXTS, found, strict=True)
        if verdict.value != literal(text, TYPES[kind]) and not differs(kind, text, verdict)
    ]
    assert wrong == []


@pytest.mark.parametrize("kind", TYPES)
def test_a_value_is_taken_or_refused_and_never_both(database: Database, kind: Kind) -> None:
    assert all((v.value is None) != (v.error is None) for v in verdicts(database, field(TYPES[kind]), TEXTS))


@pytest.mark.parametrize("kind", TYPES)
def test_what_was_taken_is_taken_again_as_it_is(database: Database, kind: Kind) -> None:
    taken = [v.value for v in verdicts(database, field(TYPES[kind]), TEXTS) if v.value is not None]
    assert [v.value for v in verdicts(database, field(TYPES[kind]), taken)] == taken


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind not in UNKNOWN_TO_FINGERPRINTS])
def test_no_value_changes_its_meaning(database: Database, kind: Kind) -> None:
    """By the definition of fingerprints, which knows nothing of this grammar."""
    for text, found in zip(TEXTS, verdicts(database, field(TYPES[kind]), TEXTS), strict=True):
        if found.value is not None and not text.startswith("{") and full_clock(kind, text):
            assert canonical(kind, text) == canonical(kind, found.value), text


def full_clock(kind: Kind, text: str) -> bool:
    """Fingerprints know no clock without seconds, no space in front of a zone, and no lowercase era."""
    return kind is not Kind.TIMESTAMP_TZ or re.search(r"[ T]\d\d:\d\d:\d\d[^ ]*( BC)?$", text) is not None


def is_json(text: str) -> bool:
    def no(word: str) -> object:
        raise ValueError(word)

    try:
        json.dumps(json.loads(text, parse_constant=no), ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


JSON_LIKE = st.lists(
    st.sampled_from([*'[]{},:"\\ ', "NaN", "-Infinity", "nan", '"a"', "1", "-", "0.5", "1e5", "null", "\t", "é"])
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda items: st.lists(items, max_size=3) | st.dictionaries(st.text(max_size=3), items, max_size=3),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(JSON_LIKE.map("".join) | DOCUMENTS.map(json.dumps), max_size=30))
@example(['["\\"NaN"]', '["\\\\",NaN]', '{"NaN":1,}', "[1 ,\n]", '"\\ud800"'])
def test_json_is_what_the_standard_says(database: Database, texts: list[str]) -> None:
    texts = [text for text in texts if text.isprintable() or "\t" in text]
    found = verdicts(database, field(LogicalType(kind=Kind.JSON)), texts)
    assert [v.value for v in found] == [text if is_json(text) else None for text in texts]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(), min_size=1), st.lists(st.integers(), min_size=1))
def test_python_s_own_numbers_come_through(database: Database, floats: list[float], whole: list[int]) -> None:
    texts = [repr(number) for number in floats if isfinite(number)]
    found = [v.value for v in verdicts(database, field(TYPES[Kind.FLOAT]), texts)]
    assert [repr(float(value or "x")) for value in found] == texts
    exact = verdicts(database, field(TYPES[Kind.DECIMAL]), [str(number) for number in whole])
    assert [v.value for v in exact] == [str(number) for number in whole]
