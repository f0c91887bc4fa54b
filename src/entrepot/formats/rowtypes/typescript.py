"""Interfaces: one for a row of each entity, and one for the document that a JSON export is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from entrepot.formats.rowtypes.names import type_names
from entrepot.formats.rowtypes.shapes import Shape, Sort, shape_of
from entrepot.model.catalog import Entity
from entrepot.model.selection import Column, Query

OPENING = """\
// Rows as Entrepot's JSON and NDJSON exports write them. Made by `entrepot types --typescript`: do not edit.

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** An array of the database: what it is declared with says nothing about its depth. */
export type ArrayOf<T> = (T | null | ArrayOf<T>)[];
"""
DOCUMENT = """\
/** How a foreign key leads from one entity to another, in the names that the rows use. */
export interface Relationship {
  name: string;
  entity: string;
  fields: string[];
  parent: string;
  parent_fields: string[];
}

/** A JSON export: the entities that were chosen, each with its rows. */
export interface ExportDocument {
  metadata?: { [key: string]: JsonValue };
  relationships: Relationship[];
  entities: Partial<Entities>;
}
"""
PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
SORTS = {Sort.BOOLEAN: "boolean", Sort.TEXT: "string", Sort.ANY: "JsonValue"}


def typescript(queries: Sequence[Query], engine: str) -> str:
    """One module, the same text for the same schema."""
    names = dict(zip([query.title for query in queries], type_names([query.title for query in queries]), strict=True))
    rows = [_interface(names[query.title], query, engine) for query in queries]
    return "\n".join([OPENING, *rows, _entities(names), DOCUMENT])


def _interface(name: str, query: Query, engine: str) -> str:
    lines = [*comment(_entity_words(query.entity), ""), f"export interface {name} {{"]
    for column in query.columns:
        lines += comment(_field_words(column, query.entity, engine), "  ")
        lines.append(f"  {key(column.name)}: {column_type(column, engine)};")
    return "\n".join([*lines, "}\n"])


def _entities(names: Mapping[str, str]) -> str:
    lines = [f"  {key(title)}: {name}[];" for title, name in names.items()]
    return "\n".join(["/** The entities by name. */", "export interface Entities {", *lines, "}\n"])


def column_type(column: Column, engine: str) -> str:
    shape = shape_of(column.type, column.field.native, engine)
    nullable = column.field.nullable and shape.sort is not Sort.ANY
    return type_text(shape) + (" | null" if nullable else "")


def type_text(shape: Shape) -> str:
    """
    >>> type_text(Shape(sort=Sort.LIST, element=Shape(sort=Sort.CHOICE, words=("a", "b"))))
    'ArrayOf<"a" | "b">'
    """
    if shape.sort is Sort.LIST and shape.element is not None:
        inner = type_text(shape.element)
        return "JsonValue[]" if shape.element.sort is Sort.ANY else f"ArrayOf<{inner}>"
    words = [literal(word) for word in shape.words]
    if shape.sort is Sort.NUMBER:
        return " | ".join(["number", *words])
    return " | ".join(words) if shape.sort is Sort.CHOICE else SORTS[shape.sort]


def key(name: str) -> str:
    """The name of a property; quoted unless it is a plain word."""
    return name if PLAIN.fullmatch(name) else literal(name)


def literal(text: str) -> str:
    """A text of JSON is one of TypeScript; what is beyond ASCII stays readable but for what editors trip over."""
    shown = json.dumps(text, ensure_ascii=False)
    return shown if shown.isprintable() else json.dumps(text)


def comment(words: Sequence[str], indent: str) -> Iterator[str]:
    """TSDoc: one line, or several; nothing may end it early."""
    lines = [_harmless(line) for text in words for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        yield f"{indent}/** {lines[0]} */"
    elif lines:
        yield f"{indent}/**"
        yield from (f"{indent} * {line}" for line in lines)
        yield f"{indent} */"


def _harmless(line: str) -> str:
    shown = "".join(character if character.isprintable() else " " for character in line)
    return shown.replace("*/", "* /").rstrip()


def _entity_words(entity: Entity) -> list[str]:
    return [words for words in (entity.label, entity.comment) if words]


def _field_words(column: Column, entity: Entity, engine: str) -> list[str]:
    field = column.field
    shape = shape_of(column.type, field.native, engine)
    looks = (shape.element or shape).looks
    parents = [
        f"Refers to {relation.parent}.{relation.parent_fields[relation.fields.index(field.name)]}"
        for relation in entity.relations
        if field.name in relation.fields
    ]
    said = [field.label, field.comment, looks and f"{looks}.", *(f"{words}." for words in dict.fromkeys(parents))]
    return [words for words in said if words]
