"""What Data Package v2 and Table Schema v2 demand of a descriptor, as a JSON Schema written from the standard's text.

Unlike the published profile it is closed: a property that the standard does not know must stand under `entrepot`.
"""

from __future__ import annotations

from typing import Any

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
EXTRAS: dict[str, Any] = {"type": "object"}
NAMES: dict[str, Any] = {"type": "array", "minItems": 1, "items": {"type": "string"}}
FORMATS = {
    "string": ["default", "email", "uri", "binary", "uuid"],
    "number": ["default"],
    "integer": ["default"],
    "boolean": ["default"],
    "array": ["default"],
    "any": ["default"],
    "date": ["default", "any"],
    "time": ["default", "any"],
    "datetime": ["default", "any"],
}


def closed(needed: list[str], /, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": needed, "properties": properties, "additionalProperties": False}


def field(kind: str, forms: list[str]) -> dict[str, Any]:
    rules: dict[str, Any] = {"required": {"type": "boolean"}}
    if kind != "any":
        rules["unique"] = {"type": "boolean"}
    if kind == "string":
        rules |= {"maxLength": {"type": "integer"}, "enum": {**NAMES, "uniqueItems": True}}
    return closed(
        ["name", "type"],
        name={"type": "string"},
        type={"const": kind},
        format={"enum": forms},
        title={"type": "string"},
        description={"type": "string"},
        constraints=closed([], **rules),
        entrepot=EXTRAS,
    )


TABLE_SCHEMA = closed(
    ["fields"],
    fields={
        "type": "array",
        "minItems": 1,
        "items": {"oneOf": [field(kind, forms) for kind, forms in FORMATS.items()]},
    },
    missingValues={"type": "array", "items": {"type": "string"}},
    primaryKey=NAMES,
    uniqueKeys={"type": "array", "minItems": 1, "items": NAMES},
    foreignKeys={
        "type": "array",
        "minItems": 1,
        "items": closed(
            ["fields", "reference"], fields=NAMES, reference=closed(["fields"], resource=TEXT, fields=NAMES)
        ),
    },
)
DIALECT = closed(
    [],
    header={"type": "boolean"},
    delimiter=TEXT,
    lineTerminator=TEXT,
    quoteChar=TEXT,
    doubleQuote={"type": "boolean"},
    property={"type": "string"},
    itemType={"enum": ["array", "object"]},
)
RESOURCE = closed(
    ["name", "path"],
    name={"type": "string", "pattern": "^[-a-z0-9._/]+$"},
    type={"const": "table"},
    title=TEXT,
    description=TEXT,
    path={"type": "string", "pattern": r"^(?!.*\.\.)[^/].*$"},
    format=TEXT,
    mediatype={"type": "string", "pattern": "^(.+)/(.+)$"},
    encoding=TEXT,
    bytes={"type": "integer"},
    hash={"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
    dialect=DIALECT,
    schema=TABLE_SCHEMA,
    entrepot=EXTRAS,
)
DATA_PACKAGE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **closed(
        ["resources"],
        **{"$schema": {"const": "https://datapackage.org/profiles/2.0/datapackage.json"}},
        name={"type": "string", "pattern": "^[-a-z0-9._/]+$"},
        title=TEXT,
        created={"type": "string", "format": "date-time"},
        resources={"type": "array", "minItems": 1, "items": RESOURCE},
        entrepot=EXTRAS,
    ),
}
