"""JSON: one document for all entities, one record a line; and NDJSON: one file per entity, a record a line."""

from __future__ import annotations

from entrepot.formats.json.count import count_document
from entrepot.formats.json.document import write_json
from entrepot.formats.json.lines import NdjsonOptions, count_lines, write_ndjson
from entrepot.formats.json.options import JsonOptions
from entrepot.formats.json.record import json_template, ndjson_template
from entrepot.formats.port import Format

__all__ = ["FORMAT", "NDJSON", "JsonOptions", "NdjsonOptions", "json_template", "ndjson_template"]

FORMAT = Format(
    name="json",
    title="JSON document",
    extension=".json",
    media_type="application/json",
    survives="Every value: numbers digit by digit, JSON and arrays nested, moments as ISO text, bytes as hex text. "
    "Relations and counts travel as metadata, column types do not.",
    write=write_json,
    options=JsonOptions,
    json_null=False,
    count=count_document,
    metadata=True,
)

NDJSON = Format(
    name="ndjson",
    title="NDJSON (a JSON record per line)",
    extension=".ndjson",
    media_type="application/x-ndjson",
    survives="Every value, as in JSON. Relations and counts do not travel.",
    write=write_ndjson,
    options=NdjsonOptions,
    json_null=False,
    aliases=("jsonl", "jsonlines"),
    many_files=True,
    count=count_lines,
)
