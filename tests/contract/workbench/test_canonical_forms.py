"""The canonical forms: the documented values, and that SQL and Python agree on any other."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.workbench.golden import golden_values
from contract.workbench.rows import column, csv, expected, measured
from entrepot.model.canonical import canonical
from entrepot.model.receipts import Fingerprint
from entrepot.model.types import Kind
from entrepot.workbench.client import ChildWorkbench

BLNS = Path(__file__).resolve().parents[3].parent / "shared" / "corpora" / "strings" / "blns.json"
UNDER_KINDS = [kind for kind in Kind if kind not in {Kind.TEXT, Kind.ENUM, Kind.INTERVAL, Kind.OTHER}]
NUMBERS = [
    "0",
    "1",
    "-1",
    "00",
    "-0",
    "+1",
    "1.",
    ".1",
    "0.10",
    "-0.0",
    "1e5",
    "1E+5",
    "1.50e-3",
    "1e999",
    "NaN",
    "-NaN",
]
NUMBERS += [
    "inf",
    "-Infinity",
    "1_0",
    "0x1F",
    "١",
    "1e",
    "1.2.3",
    ".",
    "-",
    "+",
    "1" + "0" * 1500,
    "0." + "0" * 1500 + "1",
]
MOMENTS = [
    f"{date}{gap}{clock}{zone}{era}"
    for date in ("2024-01-02", "0001-01-01", "12024-12-31", "2024-02-30", "0000-00-00")
    for gap in (" ", "T", "")
    for clock in ("10:00:00", "23:59:59.120", "10:00:00.5", "24:00:00", "10:00", "10:00:00.")
    for zone in ("", "Z", "+00", "+00:00", "-00", "+05:30", "-12:34:56", "+0100", "+00+00")
    for era in ("", " BC")
]
TEXTS = st.text(st.sampled_from("0123456789.-+eEtTZ :\\x{}[]\",'nullINFabc é🚢\n\r"), max_size=24)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
)


@pytest.mark.parametrize(("kind", "value", "form"), golden_values())
def test_every_golden_value_has_its_form_in_python(kind: Kind, value: str, form: str) -> None:
    assert canonical(kind, value) == form


@pytest.mark.parametrize(("kind", "value", "form"), golden_values())
def test_a_canonical_form_is_its_own_canonical_form(kind: Kind, value: str, form: str) -> None:
    assert canonical(kind, form) == form


def test_every_golden_value_has_its_form_in_the_workbench(workbench: ChildWorkbench) -> None:
    for kind, value, form in golden_values():
        plain = expected([column("a")], [[form]])
        assert measured(workbench, [column("a", kind)], [[value]]) == plain, (kind, value)


def test_every_kind_has_golden_values() -> None:
    assert {kind for kind, _, _ in golden_values()} == set(Kind)


@pytest.mark.parametrize("kind", UNDER_KINDS)
def test_the_workbench_agrees_with_python_on_awkward_values(workbench: ChildWorkbench, kind: Kind) -> None:
    values = [*NUMBERS, *MOMENTS, *(value for _, value, _ in golden_values())]
    agree(workbench, kind, values)


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.JSON, Kind.DECIMAL, Kind.TIMESTAMP_TZ])
def test_naughty_strings_are_hashed_character_by_character(workbench: ChildWorkbench, kind: Kind) -> None:
    if not BLNS.exists():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    agree(workbench, kind, [*json.loads(BLNS.read_text()), "\0", "a\0b", "\ufeffa"])


@pytest.mark.parametrize("kind", UNDER_KINDS)
@settings(max_examples=12, deadline=None)
@given(values=st.lists(TEXTS, min_size=50, max_size=200))
def test_the_workbench_agrees_with_python_on_any_text(workbench: ChildWorkbench, kind: Kind, values: list[str]) -> None:
    agree(workbench, kind, values)


@settings(max_examples=40, deadline=None)
@given(values=st.lists(JSON, min_size=20, max_size=60), indent=st.sampled_from([None, 1]), plain=st.booleans())
def test_the_workbench_agrees_with_python_on_json(
    workbench: ChildWorkbench, values: list[object], indent: int | None, plain: bool
) -> None:
    agree(workbench, Kind.JSON, [json.dumps(value, indent=indent, ensure_ascii=plain) for value in values])


@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.floats(), min_size=50))
def test_floats_have_the_shortest_digits(workbench: ChildWorkbench, values: list[float]) -> None:
    agree(workbench, Kind.FLOAT, [repr(value) for value in values])
    assert all(canonical(Kind.FLOAT, repr(v)) == repr(v) for v in values if v - v == 0)


@settings(max_examples=200)
@given(value=JSON)
def test_json_means_the_same_in_its_canonical_form(value: object) -> None:
    text = json.dumps(value)
    assert exactly(canonical(Kind.JSON, text)) == exactly(text)


def exactly(text: str) -> object:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def agree(workbench: ChildWorkbench, kind: Kind, values: list[str]) -> None:
    """All values at once; if that differs, each alone, to name the culprit."""
    rows = [[value] for value in values]
    columns = [column("a", kind)]
    if measured(workbench, columns, rows) == expected(columns, rows):
        return
    for row in rows:
        assert measured(workbench, columns, [row]) == expected(columns, [row]), (kind, row)
    raise AssertionError((kind, "they differ together, not alone"))


def test_the_reference_row_is_the_documented_one() -> None:
    columns = [column("b"), column("a", Kind.INTEGER), column("c")]
    digest = "34c0470991f11a4d6ded35e3c6d97238"
    assert expected(columns, [["x", "007", None]]) == Fingerprint(rows=1, digest=digest)
    assert csv([["x", "007", None]]) == b"x,007,\n"
