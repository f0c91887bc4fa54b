"""A query's columns as a Table Schema (Data Package v2). What it cannot say stands under `entrepot`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from entrepot.formats.rows import outgoing_type
from entrepot.model.catalog import Relation
from entrepot.model.selection import Column, Query
from entrepot.model.types import Kind, LogicalType

Words = dict[str, Any]
"""A part of the descriptor."""

TYPES: Mapping[Kind, tuple[str, str]] = {
    Kind.BOOLEAN: ("boolean", "default"),
    Kind.INTEGER: ("integer", "default"),
    Kind.DECIMAL: ("number", "default"),
    Kind.FLOAT: ("number", "default"),
    Kind.DATE: ("date", "default"),
    Kind.TIME: ("time", "any"),
    Kind.TIMESTAMP: ("datetime", "any"),
    Kind.TIMESTAMP_TZ: ("datetime", "any"),
    Kind.UUID: ("string", "uuid"),
    Kind.JSON: ("any", "default"),
    Kind.ARRAY: ("array", "default"),
}
"""Everything else is a string. `object` would promise JSON objects, but JSON may be any value; `binary` would
promise base64, but bytes go out as hex; `duration` knows no mixed signs."""


def table_schema(query: Query, resources: Mapping[str, Query], names: Mapping[str, str], *, text: bool) -> Words:
    """`resources` are the queries in the package by entity, `names` their resource names. `text`: the member has no
    NULL of its own, as CSV, so that an empty cell stands for it."""
    sent = sent_names(query)
    unique = [list(named) for key in query.entity.keys if (named := all_sent(key.fields, sent)) and len(named) > 1]
    keys = list(foreign_keys(query, resources, names))
    primary = all_sent(query.entity.primary_key, sent)
    return {
        "fields": [field_words(query, column, text=text) for column in query.columns],
        "missingValues": [""] if text else [],
        **({"primaryKey": list(primary)} if primary else {}),
        **({"uniqueKeys": unique} if unique else {}),
        **({"foreignKeys": keys} if keys else {}),
    }


def field_words(query: Query, column: Column, *, text: bool) -> Words:
    kind, form = TYPES.get(outgoing_type(column).kind, ("string", "default"))
    rules = constraints(query, column, empty_is_null=text and kind in {"string", "any"})
    field = column.field
    return {
        "name": column.name,
        "type": kind,
        "format": form,
        **({"title": field.label} if field.label else {}),
        **({"description": field.comment} if field.comment else {}),
        **({"constraints": rules} if rules else {}),
        "entrepot": extras(column),
    }


def constraints(query: Query, column: Column, *, empty_is_null: bool) -> Words:
    """What holds for every value. `required` would call empty texts missing where empty cells are NULL."""
    field, kind = column.field, outgoing_type(column)
    rules: Words = {}
    if not field.nullable and column.keep_when is None and not empty_is_null:
        rules["required"] = True
    if not column.transforms and any(key.fields == (field.name,) for key in query.entity.keys):
        rules["unique"] = True
    if kind.kind is Kind.TEXT and kind.length is not None:
        rules["maxLength"] = kind.length
    if kind.kind is Kind.ENUM and kind.values and not field.native.lower().startswith("set("):
        rules["enum"] = list(dict.fromkeys(kind.values))
    return rules


def extras(column: Column) -> Words:
    """What another Entrepot wants to know of a field."""
    field = column.field
    return {
        "field": field.name,
        "type": type_words(outgoing_type(column)),
        "native": field.native,
        "nullable": field.nullable,
        **({"transforms": list(column.transforms)} if column.transforms else {}),
        **({"sensitive": field.sensitive} if field.sensitive else {}),
        **({} if field.lossless else {"lossless": False}),
    }


def type_words(type: LogicalType) -> Words:
    """Kind and limits, without those that do not apply.

    >>> type_words(LogicalType(kind=Kind.DECIMAL, precision=14, scale=2))
    {'kind': 'decimal', 'precision': 14, 'scale': 2}
    """
    import msgspec

    return without_nothing(msgspec.to_builtins(type))


def without_nothing(words: Words) -> Words:
    kept = {key: value for key, value in words.items() if value not in (None, False, [], ())}
    return {key: without_nothing(value) if isinstance(value, dict) else value for key, value in kept.items()}


def sent_names(query: Query) -> dict[str, str]:
    """Field → its name in the member, for fields that travel as they are."""
    return {column.field.name: column.name for column in query.columns if not column.transforms}


def all_sent(fields: Sequence[str], sent: Mapping[str, str]) -> tuple[str, ...]:
    """The names that fields go out under; nothing if one of them does not."""
    return tuple(sent[name] for name in fields) if all(name in sent for name in fields) else ()


def foreign_keys(query: Query, resources: Mapping[str, Query], names: Mapping[str, str]) -> Iterator[Words]:
    """Only those whose fields travel, to resources of the package."""
    for relation in query.entity.relations:
        parent = resources.get(relation.parent)
        if parent is not None and (words := reference(relation, query, parent, names)):
            yield words


def reference(relation: Relation, child: Query, parent: Query, names: Mapping[str, str]) -> Words | None:
    fields = all_sent(relation.fields, sent_names(child))
    wanted = all_sent(relation.parent_fields, sent_names(parent))
    if not fields or not wanted:
        return None
    within = relation.parent == child.entity.name
    target = {} if within else {"resource": names[relation.parent]}
    return {"fields": list(fields), "reference": {**target, "fields": list(wanted)}}
