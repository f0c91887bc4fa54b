"""docs/reference/filters.md says what is true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from entrepot.model.catalog import Entity, Field
from entrepot.model.types import Kind, LogicalType
from unit.model.reading_filters import parse_filter

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "filters.md").read_text(encoding="utf-8")
KINDS = {
    **dict.fromkeys(("amount", "id", "order", "and"), Kind.INTEGER),
    **dict.fromkeys(("region", "name"), Kind.TEXT),
    **dict.fromkeys(("deleted_at", "created_at"), Kind.TIMESTAMP_TZ),
}
ENTITY = Entity(
    name="t", table="t", fields=tuple(Field(name=n, type=LogicalType(kind=k), native="") for n, k in KINDS.items())
)
(EXAMPLES,) = re.findall(r"```filter\n(.*?)```", PAGE, re.DOTALL)
ROWS = [re.findall(r"`([^`]+)`", line) for line in PAGE.splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("text", EXAMPLES.splitlines())
def test_every_example_parses(text: str) -> None:
    assert parse_filter(text, ENTITY) is not None


@pytest.mark.parametrize("codes", ROWS, ids=lambda codes: codes[0])
def test_the_forms_of_a_row_mean_the_same(codes: list[str]) -> None:
    text, *others = codes
    data = [json.loads(code) for code in others if code.startswith("{")]
    assert data
    assert all(parse_filter(item, ENTITY) == parse_filter(text, ENTITY) for item in data)
