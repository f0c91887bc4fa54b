"""The package, opened with Python's own ZIP reader and judged by the standard's schema."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contract.formats.data_package_v2 import DATA_PACKAGE
from contract.formats.memory_outlet import Export, document_of
from contract.formats.memory_source import MemorySource
from contract.formats.packaged import Pairs, Shelf, descriptor, members, pack, pack_document
from contract.formats.samples import EVIL_NAMES, EVIL_TEXTS, entity_of, every_kind, field_of, query_of, shop, texts
from entrepot.formats.package import FORMAT
from entrepot.formats.registry import format_for
from entrepot.model.catalog import Key
from entrepot.model.errors import DamagedError, InputError
from entrepot.model.problems import Severity
from entrepot.model.selection import Query
from entrepot.model.types import Kind

MEMBER_FORMATS = ("csv", "ndjson", "json", "parquet")


def test_it_is_found_by_its_names_and_ending() -> None:
    assert format_for("package") is format_for("zip") is format_for(".zip") is FORMAT


@pytest.mark.parametrize("member_format", MEMBER_FORMATS)
def test_the_descriptor_is_a_valid_data_package(member_format: str, tmp_path: Path) -> None:
    shelf = Shelf([("1", "a.png", b"12345"), ("2", "gone.png", None)])
    made = pack([*shop(), every_kind()], tmp_path, member_format=member_format, attachments=shelf)
    jsonschema.validate(descriptor(made), DATA_PACKAGE)


def test_the_descriptor_comes_last_and_lists_every_other_member(tmp_path: Path) -> None:
    made = pack([*shop()], tmp_path, manifest=True, attachments=Shelf([("1", "a.png", b"12345")]))
    found = members(made)
    assert list(found) == [
        "data/customers.csv",
        "data/purchaseOrders.csv",
        "files/1/a.png",
        "manifest.json",
        "datapackage.json",
    ]
    listed = descriptor(made)["entrepot"]["members"]
    assert [item["path"] for item in listed] == list(found)[:-1]
    assert [item["bytes"] for item in listed] == [len(data) for data in list(found.values())[:-1]]


def read_rows(format: str, data: bytes, title: str) -> list[dict[str, object]]:
    match format:
        case "csv":
            return [dict(row) for row in csv.DictReader(io.StringIO(data.decode(), newline=""))]
        case "ndjson":
            return [json.loads(line) for line in data.splitlines()]
        case _:
            return json.loads(data)[title]


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("csv", [{"id": "1", "name": "Åsa"}, {"id": "2", "name": ""}]),
        ("ndjson", [{"id": 1, "name": "Åsa"}, {"id": 2, "name": None}]),
        ("json", [{"id": 1, "name": "Åsa"}, {"id": 2, "name": None}]),
    ],
)
def test_members_hold_the_rows(format: str, expected: list[dict[str, object]], tmp_path: Path) -> None:
    made = pack([*shop()], tmp_path, member_format=format)
    assert read_rows(format, members(made)[f"data/customers.{format}"], "customers") == expected


def prints(made: Export) -> dict[str, str]:
    return {item.entity: str(item.fingerprint) for item in made.result.written}


@pytest.mark.parametrize("member_format", MEMBER_FORMATS)
def test_fingerprints_are_the_same_in_every_member_format(member_format: str, tmp_path: Path) -> None:
    pairs = [*shop(), texts(EVIL_TEXTS)]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    made = pack(pairs, tmp_path / "a", member_format=member_format)
    assert prints(made) == prints(pack(pairs, tmp_path / "b"))
    said = {item["entrepot"]["entity"]: item["entrepot"]["fingerprint"] for item in descriptor(made)["resources"]}
    assert {name: f"{found['digest']}:{found['rows']}" for name, found in said.items()} == prints(made)


@pytest.mark.parametrize("member_format", MEMBER_FORMATS)
def test_rows_are_counted_again_from_the_members(member_format: str, tmp_path: Path) -> None:
    empty = (query_of(entity_of("nothing", [field_of("id", Kind.INTEGER), field_of("b")])), [])
    made = pack([*shop(), texts(EVIL_TEXTS), empty], tmp_path, member_format=member_format)
    (path,) = made.save(tmp_path)
    assert FORMAT.count is not None
    expected = {"customers": 2, "purchaseOrders": 1, "notes": len(EVIL_TEXTS), "nothing": 0}
    assert FORMAT.count(path) == expected
    assert [item.rows for item in made.result.written] == list(expected.values())


@pytest.mark.parametrize("rows_per_chunk", [1, 2, 1000])
def test_a_json_member_is_counted_whatever_the_chunks(rows_per_chunk: int, tmp_path: Path) -> None:
    query, rows = texts(["a", "b", "c"])
    source = MemorySource(rows={"notes": rows}, rows_per_chunk=rows_per_chunk)
    options = FORMAT.options(member_format="json")
    made = pack_document(document_of([query]), source, tmp_path, options)
    assert json.loads(members(made)["data/notes.json"]) == {
        "notes": [{"id": number, "text": text} for number, text in enumerate("abc")]
    }
    (path,) = made.save(tmp_path)
    assert FORMAT.count is not None
    assert FORMAT.count(path) == {"notes": 3}


def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (pack([*shop(), every_kind()], work(tmp_path, name), manifest=True) for name in "ab")
    assert first.only == second.only


def work(home: Path, name: str) -> Path:
    (home / name).mkdir()
    return home / name


def test_types_are_those_of_the_standard(tmp_path: Path) -> None:
    fields = descriptor(pack([every_kind()], tmp_path))["resources"][0]["schema"]["fields"]
    assert {field["name"]: (field["type"], field["format"]) for field in fields} == {
        "boolean": ("boolean", "default"),
        "integer": ("integer", "default"),
        "decimal": ("number", "default"),
        "float": ("number", "default"),
        "text": ("string", "default"),
        "bytes": ("string", "default"),
        "date": ("date", "default"),
        "time": ("time", "any"),
        "timestamp": ("datetime", "any"),
        "timestamp_tz": ("datetime", "any"),
        "interval": ("string", "default"),
        "uuid": ("string", "uuid"),
        "json": ("any", "default"),
        "enum": ("string", "default"),
        "array": ("array", "default"),
        "other": ("string", "default"),
    }
    assert {field["entrepot"]["type"]["kind"] for field in fields} == {kind.value for kind in Kind}


def constrained() -> Query:
    code = replace(field_of("code", Kind.TEXT, length=4), nullable=False, comment="Short.", label="Code")
    size = field_of("size", Kind.ENUM, values=("s", "m"))
    tags = replace(field_of("tags", Kind.ENUM, values=("a", "b")), native="set('a','b')")
    number = replace(field_of("number", Kind.INTEGER), nullable=False)
    keys = (Key(name="k", fields=("code",)), Key(name="both", fields=("code", "number")))
    return query_of(entity_of("things", [number, code, size, tags], primary_key=("number",), keys=keys))


@pytest.mark.parametrize("member_format", ["csv", "json"])
def test_constraints_say_only_what_holds_for_every_reader(member_format: str, tmp_path: Path) -> None:
    """In CSV an empty cell is NULL for other readers, so a text that may be empty is not called required."""
    schema = descriptor(pack([(constrained(), [])], tmp_path, member_format=member_format))["resources"][0]["schema"]
    required: dict[str, Any] = {} if member_format == "csv" else {"required": True}
    assert {field["name"]: field.get("constraints") for field in schema["fields"]} == {
        "number": {"required": True},
        "code": {"unique": True, "maxLength": 4, **required},
        "size": {"enum": ["s", "m"]},
        "tags": None,
    }
    assert schema["missingValues"] == ([""] if member_format == "csv" else [])
    assert (schema["primaryKey"], schema["uniqueKeys"]) == (["number"], [["code", "number"]])
    assert (schema["fields"][1]["title"], schema["fields"][1]["description"]) == ("Code", "Short.")


def test_foreign_keys_name_only_what_is_in_the_package(tmp_path: Path) -> None:
    customers, (orders, rows) = shop()
    both = descriptor(pack([customers, (orders, rows)], work(tmp_path, "a")))["resources"][1]["schema"]
    assert both["foreignKeys"] == [
        {"fields": ["customer_id"], "reference": {"resource": "customers", "fields": ["id"]}}
    ]
    alone = descriptor(pack([(orders, rows)], work(tmp_path, "b")))
    assert "foreignKeys" not in alone["resources"][0]["schema"]
    assert [relation["parent"] for relation in alone["entrepot"]["relations"]] == ["customers"]
    narrow = replace(orders, columns=tuple(column for column in orders.columns if column.name != "customer_id"))
    assert (
        "foreignKeys"
        not in descriptor(pack([customers, (narrow, rows)], work(tmp_path, "c")))["resources"][1]["schema"]
    )


def test_a_foreign_key_to_itself_names_no_resource(tmp_path: Path) -> None:
    (customers, rows), (orders, _) = shop()
    relation = replace(orders.entity.relations[0], entity="customers", fields=("id",))
    query = replace(customers, entity=replace(customers.entity, relations=(relation,)))
    schema = descriptor(pack([(query, rows)], tmp_path))["resources"][0]["schema"]
    assert schema["foreignKeys"] == [{"fields": ["id"], "reference": {"fields": ["id"]}}]


def test_a_missing_attachment_is_a_listed_warning(tmp_path: Path) -> None:
    shelf = Shelf([("a/b", "../photo.png", b"12345"), ("a_b", ".._photo.png", b"678"), ("7", "gone.txt", None)])
    made = pack([*shop()], tmp_path, manifest=True, attachments=shelf)
    found = members(made)
    assert {name: data for name, data in found.items() if name.startswith("files/")} == {
        "files/a_b/_.._photo.png": b"12345",
        "files/a_b-2/_.._photo.png": b"678",
    }
    (problem,) = made.result.problems
    assert (problem.code, problem.severity, problem.value) == ("missing_attachment", Severity.WARNING, "7")
    for listed in (descriptor(made)["entrepot"], json.loads(found["manifest.json"])):
        named = {"entity": "customers", "field": "photo", "id": "7", "name": "gone.txt"}
        assert listed["attachments"][2] == {**named, "missing": True}
        assert listed["warnings"][0]["code"] == "missing_attachment"


def snake() -> Pairs:
    query = query_of(entity_of("line_items", [field_of("item_id", Kind.INTEGER), field_of("_raw_text")]))
    return [(query, [{"item_id": "1", "_raw_text": "a_b"}])]


def test_names_in_camel_case_are_a_choice(tmp_path: Path) -> None:
    made = pack(snake(), tmp_path, member_format="json", manifest=True, camel_case=True)
    assert json.loads(members(made)["data/line_items.json"]) == {"line_items": [{"itemId": 1, "_rawText": "a_b"}]}
    fields = descriptor(made)["resources"][0]["schema"]["fields"]
    assert [(field["name"], field["entrepot"]["field"]) for field in fields] == [
        ("itemId", "item_id"),
        ("_rawText", "_raw_text"),
    ]
    manifest = json.loads(members(made)["manifest.json"])
    assert (manifest["entityCounts"], manifest["createdAt"]) == ({"line_items": 1}, "2024-05-06T07:08:09+00:00")


def test_names_that_camel_case_would_merge_are_refused(tmp_path: Path) -> None:
    query = query_of(entity_of("t", [field_of("a_b"), field_of("aB")]))
    with pytest.raises(InputError, match="two fields of t are called 'aB'"):
        pack([(query, [])], tmp_path, camel_case=True)


def test_evil_names_are_safe_inside_the_package(tmp_path: Path) -> None:
    pairs = [
        (query_of(entity_of(name or "empty", [field_of("id", Kind.INTEGER), field_of("b")])), []) for name in EVIL_NAMES
    ]
    made = pack(pairs, tmp_path)
    jsonschema.validate(descriptor(made), DATA_PACKAGE)
    (path,) = made.save(tmp_path)
    assert FORMAT.count is not None
    assert len(FORMAT.count(path)) == len({item["path"] for item in descriptor(made)["resources"]}) == len(EVIL_NAMES)


def test_a_package_that_breaks_off_is_not_counted(tmp_path: Path) -> None:
    (path,) = pack([*shop()], tmp_path).save(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    assert FORMAT.count is not None
    with pytest.raises(DamagedError) as caught:
        FORMAT.count(path)
    assert caught.value.code == "not_a_zip"
