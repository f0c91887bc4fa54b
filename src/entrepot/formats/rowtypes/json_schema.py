"""One JSON Schema (2020-12) for a whole JSON export; a row of an entity is `#/$defs/<its name>`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from entrepot.formats.rowtypes.shapes import Shape, Sort, shape_of
from entrepot.model.catalog import Entity
from entrepot.model.selection import Column, Query

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Words = dict[str, Any]
RELATIONSHIP: Words = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "entity": {"type": "string"},
        "fields": {"type": "array", "items": {"type": "string"}},
        "parent": {"type": "string"},
        "parent_fields": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["name", "entity", "fields", "parent", "parent_fields"],
}


def json_schema(queries: Sequence[Query], engine: str) -> str:
    """The same text for the same schema."""
    words = document_words({query.title: row_words(query, engine) for query in queries}, RELATIONSHIP)
    return schema_text(words)


def schema_text(words: Mapping[str, Any]) -> str:
    """Half a character, which some engines let a name have, stays an escape."""
    return json.dumps(words, ensure_ascii=False, indent=2).encode(errors="backslashreplace").decode() + "\n"


def document_words(rows: Mapping[str, Words], relationship: Words) -> Words:
    lists = {title: {"type": "array", "items": {"$ref": pointer(title)}} for title in rows}
    return {
        "$schema": DIALECT,
        "title": "Rows as Entrepot's JSON exports write them",
        "type": "object",
        "properties": {
            "metadata": {"type": "object"},
            "relationships": {"type": "array", "items": relationship},
            "entities": {"type": "object", "properties": lists, "additionalProperties": False},
        },
        "required": ["entities"],
        "$defs": dict(rows),
    }


def pointer(title: str) -> str:
    """
    >>> pointer("a/b c~")
    '#/$defs/a~1b%20c~0'
    """
    return f"#/$defs/{quote(title.replace('~', '~0').replace('/', '~1'), safe='~', errors='surrogatepass')}"


def row_words(query: Query, engine: str) -> Words:
    entity = query.entity
    return {
        **about(entity.label, entity.comment),
        "type": "object",
        "properties": {column.name: column_words(column, entity, engine) for column in query.columns},
        "required": [column.name for column in query.columns],
        "additionalProperties": False,
    }


def about(label: str | None, *words: str | None) -> Words:
    said = [text for text in words if text]
    return {**({"title": label} if label else {}), **({"description": "\n".join(said)} if said else {})}


def column_words(column: Column, entity: Entity, engine: str) -> Words:
    field = column.field
    shape = shape_of(column.type, field.native, engine)
    looks = (shape.element or shape).looks
    said = about(field.label, field.comment, f"{looks}." if looks else None)
    return {**said, **(nullable(shape) if field.nullable else words_of(shape))}


def nullable(shape: Shape) -> Words:
    words = words_of(shape)
    if "enum" in words:
        return {**words, "enum": [*words["enum"], None]}
    if "type" in words:
        return {**words, "type": [words["type"], "null"]}
    return {"anyOf": [*words["anyOf"], {"type": "null"}]} if "anyOf" in words else words


def words_of(shape: Shape) -> Words:
    """
    >>> words_of(Shape(sort=Sort.NUMBER, words=("NaN",)))
    {'anyOf': [{'type': 'number'}, {'enum': ['NaN']}]}
    """
    match shape.sort:
        case Sort.ANY:
            return {}
        case Sort.BOOLEAN:
            return {"type": "boolean"}
        case Sort.CHOICE:
            return {"enum": list(shape.words)}
        case Sort.LIST:
            return {"type": "array", "items": within(shape.element) if shape.element else {}}
        case Sort.NUMBER:
            number = {"type": "integer" if shape.whole else "number", **limits(shape)}
            return {"anyOf": [number, {"enum": list(shape.words)}]} if shape.words else number
        case Sort.TEXT:
            return {"type": "string", **limits(shape)}


def within(element: Shape) -> Words:
    """What PostgreSQL takes in an array, whatever it is declared with: other arrays, too."""
    words = nullable(element)
    return {"anyOf": [words, {"type": "array"}]} if words else words


def limits(shape: Shape) -> Words:
    said = {
        "minimum": shape.least,
        "maximum": shape.most,
        "maxLength": shape.longest,
        "pattern": None if shape.pattern is None else f"^{shape.pattern}$",
    }
    return {word: value for word, value in said.items() if value is not None}
