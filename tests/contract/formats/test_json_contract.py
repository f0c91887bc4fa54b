"""JSON and NDJSON, read back with Python's own parser, numbers digit by digit."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contract.formats.memory_outlet import Export, document_of, run
from contract.formats.memory_source import MemorySource, Row
from contract.formats.samples import (
    EVIL_NAMES,
    EVIL_TEXTS,
    entity_of,
    every_kind,
    field_of,
    naughty_strings,
    query_of,
    shop,
    texts,
)
from entrepot.formats.json import FORMAT, NDJSON, JsonOptions
from entrepot.formats.port import Format
from entrepot.model.errors import BugError
from entrepot.model.selection import Query
from entrepot.model.types import Kind

BOTH = pytest.mark.parametrize("format", [FORMAT, NDJSON], ids=lambda f: f.name)


def export(format: Format, pairs: list[tuple[Query, list[Row]]], size: int | None = None, **options: object) -> Export:
    source = MemorySource(rows={query.entity.name: rows for query, rows in pairs}, rows_per_chunk=size)
    return run(format, document_of([query for query, _ in pairs]), source, format.options(**options))


def parse(data: bytes) -> Any:
    return json.loads(data, parse_float=Decimal, parse_constant=pytest.fail)


def records(format: Format, query: Query, rows: list[Row]) -> list[dict[str, Any]]:
    data = export(format, [(query, rows)]).only
    if format is FORMAT:
        return parse(data)["entities"][query.title]
    return [parse(line) for line in data.split(b"\n")[:-1]]


@BOTH
def test_naughty_texts_and_nulls_come_back_exactly(format: Format) -> None:
    values = [*EVIL_TEXTS, "\0", *naughty_strings()]
    query, rows = texts(values)
    assert [record["text"] for record in records(format, query, rows)] == values


@BOTH
def test_naughty_names_come_back_exactly(format: Format) -> None:
    names = [*dict.fromkeys([*EVIL_NAMES, *naughty_strings()])]
    query = query_of(entity_of('en"ti\nty', [field_of(name) for name in names]))
    assert records(format, query, [dict.fromkeys(names)]) == [dict.fromkeys(names)]


@BOTH
def test_every_kind_keeps_its_meaning(format: Format) -> None:
    query, rows = every_kind()
    for record, row in zip(records(format, query, rows), rows, strict=True):
        assert record == {kind.value: meaning(kind, row[kind.value]) for kind in Kind}


def meaning(kind: Kind, text: str | None) -> object:
    """What a reader must see, said without the code under test."""
    if text is None:
        return None
    if kind in {Kind.INTEGER, Kind.BOOLEAN, Kind.JSON, Kind.ARRAY}:
        return parse(text.encode())
    if kind in {Kind.DECIMAL, Kind.FLOAT} and text.lstrip("-") not in {"NaN", "Infinity"}:
        return parse(text.encode())
    if kind is Kind.TIMESTAMP:
        return text.replace(" ", "T")
    return text.replace(" ", "T").replace("+00", "+00:00") if kind is Kind.TIMESTAMP_TZ else text


@BOTH
def test_numbers_keep_every_digit(format: Format) -> None:
    fields = [field_of("big", Kind.INTEGER), field_of("exact", Kind.DECIMAL)]
    big, exact = "9" * 60, f"{'1' * 40}.{'20' * 20}"
    data = export(format, [(query_of(entity_of("n", fields)), [{"big": big, "exact": exact}])]).only
    assert f'{{"big":{big},"exact":{exact}}}'.encode() in data


@BOTH
def test_a_record_stays_on_its_line_whatever_it_holds(format: Format) -> None:
    query, rows = every_kind()
    lines = export(format, [(query, rows)]).only.split(b"\n")
    assert sum(line.startswith(b'{"boolean"') for line in lines) == len(rows)


@BOTH
def test_the_size_of_chunks_changes_no_byte(format: Format) -> None:
    pair = texts(EVIL_TEXTS)
    whole = export(format, [pair]).only
    assert whole == export(format, [pair], size=1).only == export(format, [pair], size=7).only


@BOTH
@pytest.mark.parametrize("rows", [0, 1, 3])
def test_few_rows_and_no_columns_are_valid(format: Format, rows: int, tmp_path: Path) -> None:
    query = query_of(entity_of("empty", []))
    assert records(format, query, [{}] * rows) == [{}] * rows
    (path,) = export(format, [(query, [{}] * rows)]).save(tmp_path)
    assert format.count is not None
    assert list(format.count(path).values()) == [rows]


@BOTH
def test_what_was_written_can_be_counted(format: Format, tmp_path: Path) -> None:
    pairs = [*shop(), every_kind(), texts([*EVIL_TEXTS, *naughty_strings()], 'na"me\n')]
    made = export(format, pairs)
    assert format.count is not None
    counted = {name: rows for path in made.save(tmp_path) for name, rows in format.count(path).items()}
    assert counted == {written.member: written.rows for written in made.result.written}
    assert list(counted.values()) == [len(rows) for _, rows in pairs]


def test_a_document_says_what_it_is_and_how_much_it_holds() -> None:
    pairs = list(shop())
    source = MemorySource(rows={query.entity.name: rows for query, rows in pairs})
    document = document_of(
        [q for q, _ in pairs], filters={"customers": "id > 0"}, metadata={"who": "Åsa", "tool": "no"}
    )
    found = parse(run(FORMAT, document, source).only)
    assert list(found) == ["metadata", "relationships", "entities"]
    assert found["metadata"]["counts"] == {"customers": 2, "purchaseOrders": 1}
    assert found["metadata"]["fields"]["purchaseOrders"] == {
        "id": "integer",
        "customer_id": "integer",
        "total": "decimal",
    }
    assert (found["metadata"]["who"], found["metadata"]["tool"]) == ("Åsa", "Entrepot test")
    assert found["metadata"]["filters"] == {"customers": "id > 0"}
    assert found["relationships"] == [
        {
            "name": "orders_customer",
            "entity": "purchaseOrders",
            "fields": ["customer_id"],
            "parent": "customers",
            "parent_fields": ["id"],
        }
    ]
    assert found["entities"]["customers"] == [{"id": 1, "name": "Åsa"}, {"id": 2, "name": None}]


def test_relations_to_entities_left_out_are_not_named() -> None:
    _, orders = shop()
    assert parse(export(FORMAT, [orders]).only)["relationships"] == []


def test_metadata_can_stay_behind(tmp_path: Path) -> None:
    made = export(FORMAT, list(shop()), include_metadata=False)
    assert list(parse(made.only)) == ["relationships", "entities"]
    (path,) = made.save(tmp_path)
    assert FORMAT.count is not None
    assert FORMAT.count(path) == {"customers": 2, "purchaseOrders": 1}


def test_a_count_that_lies_stops_the_document() -> None:
    query, rows = texts(["a"])
    with pytest.raises(BugError, match="notes has 2 rows by count, but 1 were read"):
        run(FORMAT, document_of([query]), MemorySource(rows={"notes": rows}, lies={"notes": 2}), JsonOptions())


def test_no_entities_make_an_empty_document(tmp_path: Path) -> None:
    made = export(FORMAT, [])
    assert parse(made.only)["entities"] == {}
    assert FORMAT.count is not None
    assert FORMAT.count(made.save(tmp_path)[0]) == {}
