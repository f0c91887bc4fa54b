"""Whatever Python's own `json` writes, in any layout, is read back as the same records, wherever blocks end."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.workbench.json_input.staging import Stager
from entrepot.model.drafts import Reading

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.sampled_from(
    ['":', '\\":', "}", "},{", '"}', "]", "[", "null", "\\u0000", "\\ud800", " ", "😀", "}]", ","]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8
)
NAMES = st.sampled_from(["a", "b", "é", "", '":', "x y"]) | TEXTS
RECORDS = st.lists(st.dictionaries(NAMES, VALUES, max_size=6), max_size=12)
LAYOUTS = st.fixed_dictionaries(
    {
        "separators": st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", "\t:\r\n "), (",\r\n", ":")]),
        "indent": st.sampled_from([None, 0, 2, "\t"]),
        "ensure_ascii": st.booleans(),
    }
)
CHARACTERS = st.sampled_from(list('{}[],:"x1 \\'))
BLOCKS = st.sampled_from([1, 2, 3, 5, 8, 13, 40, 200, 1 << 20])
MODEST = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def as_text(value: Any) -> str | None:
    """What is staged of a value: JSON in JSON keeps its own text."""
    return value if value is None or isinstance(value, str) else json.dumps(value)


def agree(stager: Stager, data: str, records: list[dict[str, Any]], reading: Reading, block: int) -> None:
    found = stager.records(data, reading, block=block)
    assert [{name: parsed(text) for name, text in record.items()} for record in found] == [
        {name: parsed(as_text(value)) for name, value in record.items()} for record in records
    ]
    assert stager.rejected() == []


def parsed(text: object) -> object:
    """Spaces within nested values are those of the file, so these are compared by what they mean."""
    try:
        return ("json", json.loads(str(text))) if isinstance(text, str) else text
    except ValueError:
        return text


@MODEST
@given(records=RECORDS, layout=LAYOUTS, block=BLOCKS, deep=st.booleans())
def test_lists_in_any_layout(
    stager: Stager, records: list[dict[str, Any]], layout: dict[str, Any], block: int, deep: bool
) -> None:
    whole: Any = {"a": [1, {"b": []}], "list": records, "}": "]"} if deep else records
    data = json.dumps(whole, **layout)
    agree(stager, data, records, Reading(format="json", entity="list" if deep else None), block)


@MODEST
@given(records=RECORDS, escaped=st.booleans(), block=BLOCKS, end=st.sampled_from(["\n", "\r\n", "\n \n"]))
def test_lines(stager: Stager, records: list[dict[str, Any]], escaped: bool, block: int, end: str) -> None:
    data = "".join(json.dumps(record, ensure_ascii=escaped) + end for record in records)
    agree(stager, data, records, Reading(format="ndjson"), block)


@MODEST
@given(records=RECORDS.filter(bool), block=BLOCKS, at=st.integers(0, 10_000), other=CHARACTERS)
def test_a_changed_byte_is_refused_wherever_python_refuses_it(
    stager: Stager, records: list[dict[str, Any]], block: int, at: int, other: str
) -> None:
    data = json.dumps(records)
    at %= len(data)
    data = data[:at] + other + data[at + 1 :]
    try:
        json.loads(data)
    except ValueError:
        assert stager.refused(data, Reading(format="json"), block=block).code == "broken_json"
    else:
        try:
            stager.stage(data, Reading(format="json"), block=block)
        except Exception as error:
            assert getattr(error, "code", "") in {"no_records", "duplicate_key", "several_lists"}
