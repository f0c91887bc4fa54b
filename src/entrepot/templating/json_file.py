"""A JSON template: a document as our exports are, with an example record in each list, and a schema beside it that
editors use to complete and check what is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from entrepot.formats.rowtypes.json_schema import DIALECT, about, nullable, pointer, schema_text, words_of
from entrepot.formats.rowtypes.shapes import Shape, Sort, shape_of
from entrepot.model.catalog import Catalog
from entrepot.model.example_rows import MARK, marked
from entrepot.model.types import Kind
from entrepot.templating.entities import EntityTemplate, TemplateField
from entrepot.templating.words import field_words

Words = dict[str, Any]
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT})
NESTED = frozenset({Kind.JSON, Kind.ARRAY, Kind.BOOLEAN})


def json_files(
    templates: Sequence[EntityTemplate], path: Path, catalog: Catalog, *, example: bool
) -> dict[Path, bytes]:
    schema = path.with_name(f"{path.stem}.schema.json")
    document = {
        "$schema": f"./{schema.name}",
        "entities": {template.title: [example_record(template)] if example else [] for template in templates},
    }
    return {
        path: schema_text(document).encode(),
        schema: schema_text(template_schema(templates, catalog, example=example)).encode(),
    }


def example_record(template: EntityTemplate) -> Words:
    first, *others = template.fields
    return {first.title: marked(first.example), **{item.title: example_value(item) for item in others}}


def example_value(item: TemplateField) -> Any:
    kind, text = item.field.type.kind, item.example
    if text is None or item.named_by is not None:
        return text
    if kind in NUMBERS:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    return json.loads(text) if kind in NESTED else text


def template_schema(templates: Sequence[EntityTemplate], catalog: Catalog, *, example: bool) -> Words:
    lists = {t.title: {"type": "array", "items": {"$ref": pointer(t.title)}} for t in templates}
    entities = {"type": "object", "properties": lists, "additionalProperties": False}
    return {
        "$schema": DIALECT,
        "title": "Rows to import",
        "type": "object",
        "properties": {"$schema": {"type": "string"}, "entities": entities},
        "required": ["entities"],
        "$defs": {template.title: record_words(template, catalog, example=example) for template in templates},
    }


def record_words(template: EntityTemplate, catalog: Catalog, *, example: bool) -> Words:
    """Only what a new row needs must be there: a name that a record lacks is left to the database."""
    properties = {item.title: value_words(item, template, catalog) for item in template.fields}
    if example:
        first = template.fields[0].title
        properties[first] = or_marked(properties[first])
    return {
        **about(template.entity.label, template.entity.comment),
        "type": "object",
        "properties": properties,
        "required": [item.title for item in template.fields if item.required],
        "additionalProperties": False,
    }


def value_words(item: TemplateField, template: EntityTemplate, catalog: Catalog) -> Words:
    shape = shape_in(item, catalog.engine)
    value = nullable(shape) if item.field.nullable else words_of(shape)
    if item.named_by is not None:
        value = {"anyOf": [value, {"type": "string"}]}
    said = about(item.field.label, *field_words(item, template, catalog))
    examples = {"examples": [example_value(item)]} if item.example is not None else {}
    return {**said, **value, **examples}


def shape_in(item: TemplateField, engine: str) -> Shape:
    """What an import takes is more than what an export writes, so that moments and UUIDs have no pattern here."""
    if item.allowed and item.field.type.kind is Kind.TEXT:
        return Shape(sort=Sort.CHOICE, words=item.allowed)
    shape = shape_of(item.field.type, item.field.native, engine)
    if item.field.type.kind is Kind.INTEGER:
        return replace(shape, whole=True)
    return Shape(sort=Sort.TEXT, longest=shape.longest) if shape.sort is Sort.TEXT else shape


def or_marked(words: Words) -> Words:
    """The example says in its first value that it is one."""
    said = {key: words.pop(key) for key in ("title", "description", "examples") if key in words}
    return {**said, "anyOf": [words, {"type": "string", "pattern": f"^{MARK.replace('(', '[(]').replace(')', '[)]')}"}]}
