"""Records that are like those before are taken apart together, with the same result as one by one."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contract.workbench.json_input.staging import Stager
from contract.workbench.json_input.test_same_as_stdlib import TEXTS, VALUES
from entrepot.model.drafts import Reading, Staged
from entrepot.model.errors import InputError
from entrepot.workbench.reading import json_load
from entrepot.workbench.reading.json_load import PATIENCE
from entrepot.workbench.reading.json_shape import Columns, Shape
from entrepot.workbench.reading.json_split import Piece

TABLES = ("staged", "rejected", "unread", "absent", "strings")
ALIKE = st.fixed_dictionaries({"a": VALUES, "b": TEXTS | st.none()}) | st.fixed_dictionaries(
    {"a": st.integers(), "b": TEXTS}
)
GOOD = ['{"a": 1, "b": "x"}']
OTHERS = st.sampled_from(
    [
        '{"a": 1, "b": "x"}{"a": 2, "b": "y"}',
        '{"a":',
        '1, "b": "x"}',
        '{"b": "x", "a": 1}',
        '{"a": 1, "b": "x", "\\"": 1}',
        '{"a": 1, "b": "x"} ',
        '{"a": 1, "b": "x"},{"a": 2, "b": "y"}',
        '{"a": 1',
        '"b": "x"},{"a": 2, "b": "y"}',
        '{"a": 1, "b": "x',
        'y"}',
        '{"a": 1, "a": 2}',
        '{"a": 1, "a" : 2, "b": "x"}',
        '{"a": 1, "b": "\\u0000"}',
        '{"a": 1, "b": "\\ud800"}',
        '{"a": {"c": 1, "c": 2}, "b": "x"}',
        '{"a": 1e999, "b": null}',
        '{"\\u0061": 1, "b": "\\":"}',
        "[]",
        "",
        " ",
    ]
)
Tables = tuple[Staged, list[Sequence[object]]]


def tables(stager: Stager, data: str, block: int) -> Tables | str:
    try:
        staged = stager.stage(data, Reading(format="ndjson"), block=block)
    except InputError as error:
        return str(error)
    return staged, [row for table in TABLES for row in stager.rows(f"SELECT * FROM {table} ORDER BY ALL")]


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each piece that was like those before at first sight: whether it was taken apart together."""
    told: list[bool] = []
    columns = Shape.columns

    def telling(self: Shape, piece: Piece) -> Columns | None:
        found = columns(self, piece)
        told.append(found is not None)
        return found

    monkeypatch.setattr(Shape, "columns", telling)
    return told


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(ALIKE.map(json.dumps) | OTHERS, min_size=1, max_size=20), block=st.sampled_from([20, 60, 200, 1000])
)
@example(lines=[*GOOD * 3, '{"a": 1, "b": "x", "c": 1}', *GOOD * 3], block=20)
@example(lines=[*GOOD * 9, '{"a": 1, "b": "x"}{"a": 2, "b": "y"}', '{"a":', '1, "b": ""}', *GOOD], block=100)
@example(lines=[*GOOD * 9, '{"a": 1', '"b": "x"},{"a": 2, "b": "y"}', *GOOD], block=100)
@example(lines=[*GOOD * 9, '{"a": 1, "b": "x', 'y"},{"a": 2, "b": "y"}', *GOOD], block=100)
def test_together_is_as_one_by_one(stager: Stager, lines: list[str], block: int) -> None:
    data = "\n".join(lines)
    together = tables(stager, data, block)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_load, "PATIENCE", 0)
        assert together == tables(stager, data, block)


def test_most_pieces_are_taken_together(stager: Stager, tried: list[bool]) -> None:
    lines = [json.dumps({"a": number, "b": str(number), "c": {"d": [number]}}) for number in range(1000)]
    for data in ("\n".join(lines), f"[{', '.join(lines)}]"):
        stager.stage(data, block=1000)
        assert sum(tried) > 30
        tried.clear()


def test_records_that_are_never_alike_are_soon_taken_one_by_one(stager: Stager, tried: list[bool]) -> None:
    alike = [json.dumps({"a": number, "b": 1}) for number in range(100)]
    others = [json.dumps({"a": number} if number % 2 else {"b": 1}) for number in range(1000)]
    stager.stage("\n".join((*alike, *others)), block=100)
    assert tried.count(False) == PATIENCE + tried.count(True)
