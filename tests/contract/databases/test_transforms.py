"""Transforms on every engine: what comes out is well-formed, whatever the text was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from contract.databases.reading import create, opened, rendered
from entrepot.formats.json import ndjson_template
from entrepot.model.ports import Engine
from entrepot.model.selection import Column, Order, Query
from entrepot.model.types import Kind

TEXTS = {
    "123": 123,
    " 12.50\n": 12.5,
    "+.5": 0.5,
    "1e+300": 1e300,
    "1e-300": 1e-300,
    '1,"admin":true': '1,"admin":true',
    "abc": "abc",
    "": "",
    "007x": "007x",
    "NaN": "NaN",
    "-Infinity": "-Infinity",
    "1e400": "1e400",
    "9" * 400: "9" * 400,
    "0." + "0" * 400 + "1": "0." + "0" * 400 + "1",
    "\u20035": "\u20035",
    "0x1F": "0x1F",
}
"""Text → what `timestamp` makes of it."""


def test_a_timestamp_is_a_number_or_the_text_it_was(
    case: EngineCase, place: Place, engine: Engine, tmp_path: Path
) -> None:
    create(case, place, "notes", {"text": case.types[Kind.TEXT]}, [(case.string(text),) for text in TEXTS])
    assert records(engine, tmp_path, "timestamp") == list(TEXTS.values())


@pytest.mark.parametrize("transforms", [("timestamp", "trim"), ("trim", "uppercase"), ("lowercase",)])
def test_texts_stay_texts_after_other_transforms(
    case: EngineCase, place: Place, engine: Engine, tmp_path: Path, transforms: tuple[str, ...]
) -> None:
    create(case, place, "notes", {"text": case.types[Kind.TEXT]}, [(case.string(text),) for text in TEXTS])
    found = records(engine, tmp_path, *transforms)
    assert {type(value) for value in found} == {str}


def test_numbers_that_no_spreadsheet_knows_stay_words(
    case: EngineCase, place: Place, engine: Engine, tmp_path: Path
) -> None:
    """Every number type the engine has, with all its specimens."""
    numbers = [s for s in case.specimens if s.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT)]
    for number, specimen in enumerate(numbers):
        create(case, place, f"t{number}", {"text": specimen.native}, [(sql,) for sql, _ in specimen.values])
        found = records(engine, tmp_path, "timestamp", table=f"t{number}")
        for value, (_, text) in zip(found, specimen.values, strict=True):
            assert value == text or float(str(value)) == float(str(text)), specimen.native


def records(engine: Engine, work: Path, *transforms: str, table: str = "notes") -> list[object]:
    with opened(engine, work, table) as (catalog, session):
        entity = catalog.entity(table)
        column = Column(field=entity.field("text"), name="text", transforms=transforms)
        query = Query(entity=entity, columns=(column,), order=Order.KEY)
        data = rendered(session, query, ndjson_template(query.columns))
    lines = [json.loads(line, parse_constant=pytest.fail) for line in data.split(b"\n")[:-1]]
    assert all(list(line) == ["text"] for line in lines)
    return [line["text"] for line in lines]
