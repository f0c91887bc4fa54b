"""Entities and rows that a format must carry: every kind, and names and texts that break careless code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from contract.formats.memory_source import Row
from entrepot.model.catalog import Entity, Field, Relation
from entrepot.model.selection import Column, Query
from entrepot.model.types import Kind, LogicalType

NAUGHTY = Path(__file__).resolve().parents[3].parent / "shared" / "corpora" / "strings" / "blns.json"

EVIL_NAMES = (
    'a"b', "a'b", "a`b", "a]b", "x;--", "two\nlines", "cr\rlf", "tab\t", "naïve 🚢", "select", "Ab", " lead", "%s",
    "{}", "a,b", "=1+1", "\\.", "\\N", "--", "/*", "$$", "", "ab\\",
)  # fmt: skip

EVIL_TEXTS = (
    None, "", "NULL", "null", "\\N", "\\.", " ", " padded ", "a,b", 'say "x"', '"', '""', "'", "''", "\n", "\r", "\r\n",
    "a\nb", "\t", "\\", "\\\\", "\\n", "=1+1", "+1", "-1", "@x", "'=1", "'tis", "\u2028", "\u00a0", "🚢", "\ufeff",
    "\x01", "\x1f", "\x7f",
    "true", "0", "1e5", "$1", "),\n(", ");\n", "\\.\n", "--", "/* */", "<script>", "],", "]", "}}",
)  # fmt: skip


def naughty_strings() -> list[str]:
    if not NAUGHTY.exists():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    return json.loads(NAUGHTY.read_text())


def field_of(name: str, kind: Kind = Kind.TEXT, **limits: Any) -> Field:
    return Field(name=name, type=LogicalType(kind=kind, **limits), native=kind.value)


def entity_of(name: str, fields: Sequence[Field], **more: Any) -> Entity:
    return Entity(name=name, table=name, fields=tuple(fields), **more)


def query_of(entity: Entity, names: Sequence[str] | None = None) -> Query:
    columns = (Column(field=f, name=f.title) for f in entity.fields if names is None or f.name in names)
    return Query(entity=entity, columns=tuple(columns))


def texts(values: Sequence[str | None], entity: str = "notes") -> tuple[Query, list[Row]]:
    """An entity of a number and a text."""
    query = query_of(entity_of(entity, [field_of("id", Kind.INTEGER), field_of("text")]))
    return query, [{"id": str(number), "text": value} for number, value in enumerate(values)]


VALUES: dict[Kind, tuple[str, ...]] = {
    Kind.BOOLEAN: ("true", "false"),
    Kind.INTEGER: ("0", "-42", "9223372036854775807", "-9223372036854775808", "18446744073709551615"),
    Kind.DECIMAL: (
        "12.50",
        "0.000",
        "-0.1",
        "123456789012345678901234567890.123456789",
        "NaN",
        "Infinity",
        "-Infinity",
    ),
    Kind.FLOAT: ("0.1", "1e+300", "5e-324", "-0", "NaN", "Infinity", "-Infinity"),
    Kind.TEXT: ("text", ""),
    Kind.BYTES: ("\\x", "\\xdeadbeef", "\\x00ff"),
    Kind.DATE: ("2024-01-02", "infinity", "-infinity", "0044-03-15 BC", "0000-00-00", "9999-12-31"),
    Kind.TIME: ("10:00:00.5", "-838:59:59", "24:00:00"),
    Kind.TIMESTAMP: ("2024-01-02 10:00:00.5", "infinity", "0000-00-00 00:00:00"),
    Kind.TIMESTAMP_TZ: ("2024-01-02 10:00:00.5+00", "-infinity"),
    Kind.INTERVAL: ("P1Y2M3DT4H5M6.5S", "-P1D"),
    Kind.UUID: ("0f8fad5b-d9cb-469f-a165-70867728950e",),
    Kind.JSON: ('{"a": [1, 2.50, null]}', "null", '"text"', '{\n "b": "x\\ny"\n}', "12345678901234567890"),
    Kind.ENUM: ("small", 'la"rge'),
    Kind.ARRAY: ('["a", null]', "[]", "[[1, 2], [3, 4]]"),
    Kind.OTHER: ("192.168.0.1/24", "(1,2)", "'a':1 'b':2"),
}


def every_kind() -> tuple[Query, list[Row]]:
    """One entity with a field per kind; every value of each, and a NULL of each."""
    entity = entity_of("zoo", [field_of(kind.value, kind) for kind in VALUES])
    longest = max(map(len, VALUES.values()))
    padded = {kind.value: (*values, *[None] * (longest - len(values))) for kind, values in VALUES.items()}
    rows: list[Row] = []
    rows.extend({name: values[n] for name, values in padded.items()} for n in range(longest))
    return query_of(entity), rows


def shop() -> Iterator[tuple[Query, list[Row]]]:
    """Two related entities, one with a public name."""
    customers = entity_of("customers", [field_of("id", Kind.INTEGER), field_of("name")], primary_key=("id",))
    relation = Relation(
        name="orders_customer", entity="orders", fields=("customer_id",), parent="customers", parent_fields=("id",)
    )
    fields = [field_of("id", Kind.INTEGER), field_of("customer_id", Kind.INTEGER), field_of("total", Kind.DECIMAL)]
    orders = entity_of("orders", fields, primary_key=("id",), relations=(relation,), public="purchaseOrders")
    yield query_of(customers), [{"id": "1", "name": "Åsa"}, {"id": "2", "name": None}]
    yield query_of(orders), [{"id": "10", "customer_id": "1", "total": "12.50"}]
