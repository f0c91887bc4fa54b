"""What a template says of a field: what to write there, and what the import will ask of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.catalog import Catalog, Entity, Field
from entrepot.model.types import Kind, LogicalType
from entrepot.templating.entities import EntityTemplate, TemplateField

SHOWN = 20
"""Values in a comment; a list has all of them."""
KINDS = {
    Kind.BOOLEAN: "true or false",
    Kind.INTEGER: "Whole number",
    Kind.FLOAT: "Number",
    Kind.TEXT: "Text",
    Kind.BYTES: "Bytes as hex digits: \\x00ff",
    Kind.DATE: "Date: 2024-01-31",
    Kind.TIME: "Time of day: 09:30:00",
    Kind.TIMESTAMP: "Date and time: 2024-01-31 09:30:00",
    Kind.TIMESTAMP_TZ: "Date and time, in UTC unless an offset is given: 2024-01-31 09:30:00",
    Kind.INTERVAL: "Duration (ISO 8601): P1DT2H",
    Kind.UUID: "UUID: 0f8fad5b-d9cb-469f-a165-70867728950e",
    Kind.JSON: "JSON",
    Kind.ENUM: "One of a list",
    Kind.OTHER: "As the database writes it",
}


def field_words(item: TemplateField, template: EntityTemplate, catalog: Catalog) -> list[str]:
    """Line by line; the most needed first."""
    field = item.field
    lines = [f"{type_words(item.type)}.", _needed(item)]
    lines += [text for text in (field.label if field.label != field.title else None, field.comment) if text]
    lines += _unique(field, template.entity)
    lines += _references(item, catalog)
    if item.allowed and field.type.kind is not Kind.BOOLEAN:
        lines.append(f"Allowed: {listed(item.allowed)}.")
    lines += [*_rules(field), *_row_rules(field, template.entity, catalog)]
    return lines


def type_words(type: LogicalType) -> str:
    """
    >>> type_words(LogicalType(kind=Kind.DECIMAL, precision=8, scale=2))
    'Number with up to 6 digits before the point and 2 behind it'
    >>> type_words(LogicalType(kind=Kind.TEXT, length=40))
    'Text of at most 40 characters'
    """
    if type.kind is Kind.ARRAY:
        return 'List, as JSON: ["a", "b"]'
    if type.kind is Kind.DECIMAL:
        if type.precision is None:
            return "Number"
        scale = type.scale or 0
        return f"Number with up to {type.precision - scale} digits before the point and {max(scale, 0)} behind it"
    if type.kind is Kind.TEXT and type.length is not None:
        return f"Text of at most {type.length:,} {'bytes' if type.in_bytes else 'characters'}"
    return KINDS[type.kind]


def _needed(item: TemplateField) -> str:
    if item.required:
        return "Required."
    return "May stay empty: then the database fills it in." if item.given else "May stay empty."


def _unique(field: Field, entity: Entity) -> Iterator[str]:
    keys = [entity.primary_key, *(key.fields for key in entity.keys)]
    keys += [index.fields for index in entity.indexes if index.unique]
    for key in dict.fromkeys(keys):
        others = [entity.field(name).title for name in key if name != field.name]
        if field.name in key:
            yield f"Unique together with {', '.join(others)}." if others else "Unique: no two rows may have the same."


def _references(item: TemplateField, catalog: Catalog) -> Iterator[str]:
    for relation in item.relations:
        parent = catalog.entity(relation.parent)
        target = parent.field(relation.parent_fields[relation.fields.index(item.field.name)])
        other = item.named_by
        named = f": write the {target.title} or the {other.title} of the row" if other else f".{target.title}"
        yield f"Refers to {parent.title}{named}."
    if item.parents is not None and item.parents.labels:
        yield f"{listed([f'{key} = {label}' for key, label in item.parents.labels.items()])}."


def _rules(field: Field) -> Iterator[str]:
    if field.steps:
        yield f"Cleaned on import: {', '.join(step.name for step in field.steps)}."
    for rule in field.rules:
        if rule.name != "one_of":
            yield f"{_rule_words(rule.name)}{f' {rule.argument}' if rule.argument else ''}."


def _rule_words(name: str) -> str:
    from entrepot.workbench.judging.rules import rules

    found = rules().entries.get(name)
    return found.words.rstrip(".") if found else name


def _row_rules(field: Field, entity: Entity, catalog: Catalog) -> Iterator[str]:
    """Those of the settings, and the table's own checks, as far as they are about this field."""
    from entrepot.databases.check_rules import rule_of
    from entrepot.model.filter_tree import Membership, fields_named
    from entrepot.model.row_rules import named_fields, parsed

    for rule in entity.rules:
        if field.name in named_fields(parsed(rule.condition, f"[entities.{entity.name}] rules"), entity):
            yield f"{(rule.message or rule.condition).rstrip('.')}."
    for check in entity.checks:
        tree = rule_of(check, entity, catalog)
        if tree is not None and not isinstance(tree, Membership) and field.name in fields_named(tree):
            yield f"The database checks: {check.expression}."


def listed(values: Sequence[str]) -> str:
    """
    >>> listed(["a", "b"]), listed([str(number) for number in range(22)])[-12:]
    ('a, b', ', 19, … (22)')
    """
    shown = ", ".join(values[:SHOWN])
    return shown if len(values) <= SHOWN else f"{shown}, … ({len(values)})"
