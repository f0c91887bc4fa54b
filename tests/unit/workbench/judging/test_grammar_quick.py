"""The quick test of each kind is only a short cut: what it takes, the long way would give back as it stands."""

from __future__ import annotations

import json
from itertools import product

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.judging import grammar_moments
from entrepot.workbench.judging.expressions import refused
from entrepot.workbench.judging.grammar import EMPTY, grammar
from entrepot.workbench.source import Database
from unit.workbench.judging.tables import TEXT, stage_texts
from unit.workbench.judging.test_grammar_agrees import MOMENTS, TEXTS, TYPES, made_of

DECIMALS = [
    LogicalType(kind=Kind.DECIMAL, precision=14, scale=2),
    LogicalType(kind=Kind.DECIMAL, precision=5, scale=5),
    LogicalType(kind=Kind.DECIMAL, precision=4, scale=0),
    LogicalType(kind=Kind.DECIMAL, precision=50, scale=3),
]
NARROW = [
    LogicalType(kind=Kind.INTEGER, bits=16),
    LogicalType(kind=Kind.INTEGER, bits=24, unsigned=True),
    LogicalType(kind=Kind.TIMESTAMP_TZ, scale=0),
    LogicalType(kind=Kind.TIMESTAMP, scale=3),
    LogicalType(kind=Kind.TIME, scale=1),
    LogicalType(kind=Kind.FLOAT, bits=32),
]
MOMENT_TYPES = [one for one in (*TYPES.values(), *NARROW) if one.kind in (Kind.TIMESTAMP, Kind.TIMESTAMP_TZ)]
MOMENT_PARTS = (
    ("2024-01-02", "2024-02-30", "0001-01-01", "12024-12-31", "2024/01/02"),
    (" ", "T", "t", ""),
    ("10:00:00", "23:59:59", "24:00:00", "10:00", "1:00:00"),
    ("", ".", ".1", ".120", ".123456", ".1234560", ".1234567", ".000", ".0000001"),
    ("", "Z", "z", "+00", "+00:00", "+0000", "-00:00", "+02:00", " Z", "0Z", ".0Z", "+00:00:00", " BC"),
)
ALL = [*TYPES.values(), *DECIMALS, *NARROW]
MORE = ["-0.05", "-0.00", "-0", "0.5", ".5", "00.5", "12.50", "99999", "-0.5", *made_of("0059.-", 6, 2000)]
PAIRS = st.lists(st.tuples(st.sampled_from(["a", "b", "é", '"', "\\u0061"]), st.integers(0, 9)), max_size=7)
FLAT = PAIRS.map(lambda pairs: "{" + ", ".join(f"{name_of(name)}: {value}" for name, value in pairs) + "}")
NESTED = st.recursive(
    FLAT,
    lambda inner: st.lists(inner, min_size=1, max_size=2).map(lambda items: f'{{"in": [{", ".join(items)}]}}') | inner,
    max_leaves=4,
)


def name_of(name: str) -> str:
    return f'"{name}"' if name.startswith("\\u") else json.dumps(name, ensure_ascii=False)


def taken_at_once(database: Database, type: LogicalType, texts: list[str]) -> list[str]:
    """What the quick test takes."""
    stage_texts(database, texts)
    quick = grammar("v0", type).quick
    return [text for (text,) in database.connection.execute(f"SELECT v0 FROM staged WHERE {quick}").fetchall()]


def given_back(database: Database, type: LogicalType, texts: list[str]) -> list[str | None]:
    stage_texts(database, texts)
    slow = grammar("v0", type).slow
    rows = database.connection.execute(f"SELECT ({slow}) AS said FROM staged ORDER BY record").fetchall()
    return [said["v"] if said["e"] is None and said["w"] is None else None for (said,) in rows]


@pytest.mark.parametrize("type", MOMENT_TYPES, ids=LogicalType.describe)
def test_a_moment_that_a_cast_tells_is_what_its_parts_say(database: Database, type: LogicalType) -> None:
    texts = [*MOMENTS, *map("".join, product(*MOMENT_PARTS))]
    stage_texts(database, texts)
    zoned = type.kind is Kind.TIMESTAMP_TZ
    slow = grammar("v0", type).slow
    by_parts = grammar_moments.by_parts("v0", type, mark="+00" if zoned else "", zone_needed=zoned)
    said = database.connection.execute(f"SELECT v0, ({slow}) AS told, ({by_parts}) AS parts FROM staged").fetchall()
    assert [(text, told) for text, told, _ in said] == [(text, parts) for text, _, parts in said]


def test_moments_as_most_programs_write_them_are_not_looked_at_part_by_part(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_parts(*_: object, **__: object) -> str:
        return refused("by_parts")

    monkeypatch.setattr(grammar_moments, "by_parts", by_parts)
    texts = ["2024-01-02T03:04:05Z", "2024-01-02T03:04:05.670+00:00", "2024-01-02 03:04:05.10+00", "2024-01-02T03:04Z"]
    assert given_back(database, TYPES[Kind.TIMESTAMP_TZ], texts) == [
        "2024-01-02 03:04:05+00",
        "2024-01-02 03:04:05.67+00",
        "2024-01-02 03:04:05.1+00",
        None,
    ]


@pytest.mark.parametrize("type", ALL, ids=LogicalType.describe)
def test_what_is_taken_at_once_is_what_the_long_way_gives_back(database: Database, type: LogicalType) -> None:
    taken = taken_at_once(database, type, [*TEXTS, *MORE])
    assert given_back(database, type, taken) == taken


def test_decimals_as_databases_write_them_are_taken_at_once(database: Database) -> None:
    usual = ["0.00", "-0.05", "-0.50", "12.5", "0.5", "-1234567890.12"]
    assert taken_at_once(database, DECIMALS[0], usual) == usual


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in EMPTY])
def test_an_empty_text_is_no_value_of_most_kinds(database: Database, kind: Kind) -> None:
    empty = LogicalType(kind=kind, element=TEXT if kind is Kind.ARRAY else None)
    assert taken_at_once(database, empty, [""]) == []
    assert given_back(database, empty, [""]) == [None]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NESTED, min_size=1, max_size=20))
@example(['{"a": 1, "\\u0061": 2}', '{"a": 1, "b": 2, "a": 3}', '[{"a": {"b": 1, "b": 2}}]', '{"a": 1', "{}", "[1, 2]"])
def test_a_name_that_stands_twice_is_never_taken(database: Database, texts: list[str]) -> None:
    taken = taken_at_once(database, LogicalType(kind=Kind.JSON), texts)
    assert sorted(taken) == sorted(text for text in texts if is_single(text))


def is_single(text: str) -> bool:
    """Whether it is JSON in which no object has a name twice."""

    def single(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("twice")
        return dict(pairs)

    try:
        json.loads(text, object_pairs_hook=single)
    except ValueError:
        return False
    return True
