"""Each entity's rows as a member of the archive, with a fingerprint of them.

CSV is hashed beside its own stream, so rows are read once. Parquet is read back by the workbench. Other formats take
a second read of the same snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from entrepot.formats import parquet
from entrepot.formats.csv import csv_template, header_line
from entrepot.formats.fingerprints import fingerprint_query
from entrepot.formats.json import json_template, ndjson_template
from entrepot.formats.json.record import json_text
from entrepot.formats.port import Tools
from entrepot.formats.rows import check_count, lane_of, staged_columns
from entrepot.formats.zipping import ZipOutlet
from entrepot.model.ports import RowSource, Sink
from entrepot.model.problems import Problem
from entrepot.model.receipts import Fingerprint
from entrepot.model.selection import Query
from entrepot.model.templates import CsvDialect, RowTemplate


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of one entity's rows."""

    rows: int
    lane: str
    fingerprint: Fingerprint
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MemberFormat:
    """A way to write members, and what the descriptor says about it."""

    name: str
    extension: str
    media_type: str
    text: bool
    """A member has no NULL of its own, only empty cells."""
    dialect: Callable[[str], dict[str, Any]]
    """How to read a member, by the title of its entity."""
    write: Callable[[Query, RowSource, ZipOutlet, str, Tools], Taken]
    """(query, rows, archive, member, tools)."""


def write_csv(query: Query, source: RowSource, archive: ZipOutlet, member: str, tools: Tools) -> Taken:
    dialect, rows = CsvDialect(), 0
    template = csv_template(query.columns, dialect)
    with (
        archive.open(member, "text/csv") as sink,
        tools.workbench().fingerprint(staged_columns(query.columns)) as hashed,
    ):
        sink.write(header_line(query.columns, dialect).encode())
        for chunk in source.render(query, template):
            hashed.write(chunk.data)
            sink.write(chunk.data)
            rows += chunk.rows
        fingerprint = hashed.finish()
    check_count(query, rows, fingerprint.rows)
    return Taken(rows=rows, lane=lane_of(source, query, template), fingerprint=fingerprint)


def write_ndjson(query: Query, source: RowSource, archive: ZipOutlet, member: str, tools: Tools) -> Taken:
    template = ndjson_template(query.columns)
    with archive.open(member, "application/x-ndjson") as sink:
        rows = render(query, source, template, sink)
    return measured(query, source, tools, rows, template)


def write_json(query: Query, source: RowSource, archive: ZipOutlet, member: str, tools: Tools) -> Taken:
    """`{"<entity>": […]}`, with a record a line; the comma before the first record is dropped."""
    template = json_template(query.columns)
    with archive.open(member, "application/json") as sink:
        sink.write(f"{{\n{json_text(query.title)}:[".encode())
        rows = render(query, source, template, sink, skip=1)
        sink.write(b"\n]\n}\n")
    return measured(query, source, tools, rows, template)


def render(query: Query, source: RowSource, template: RowTemplate, sink: Sink, skip: int = 0) -> int:
    rows = 0
    for chunk in source.render(query, template):
        sink.write(chunk.data if rows else chunk.data[skip:])
        rows += chunk.rows
    return rows


def measured(query: Query, source: RowSource, tools: Tools, rows: int, template: RowTemplate) -> Taken:
    """What a JSON member holds."""
    fingerprint = fingerprint_query(query, source, tools.workbench(), into_json=True)
    check_count(query, rows, fingerprint.rows)
    return Taken(rows=rows, lane=lane_of(source, query, template), fingerprint=fingerprint)


def write_parquet(query: Query, source: RowSource, archive: ZipOutlet, member: str, tools: Tools) -> Taken:
    made = tools.work / "member.parquet"
    file = parquet.write_entity(query, source, replace(tools, measure=True), made)
    with archive.open(member, parquet.MEDIA_TYPE, stored=True) as sink:
        parquet.copy_into(sink, made)
    made.unlink()
    fingerprint = file.fingerprint or fingerprint_query(query, source, tools.workbench())
    problems = tuple(parquet.as_text(query, column) for column in file.as_text)
    return Taken(rows=file.rows, lane="staged", fingerprint=fingerprint, problems=problems)


def csv_dialect(_title: str) -> dict[str, Any]:
    return {"header": True, "delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True}


FORMATS: Mapping[str, MemberFormat] = {
    made.name: made
    for made in (
        MemberFormat(
            name="csv", extension=".csv", media_type="text/csv", text=True, dialect=csv_dialect, write=write_csv
        ),
        MemberFormat(
            name="ndjson",
            extension=".ndjson",
            media_type="application/x-ndjson",
            text=False,
            dialect=lambda _: {"itemType": "object"},
            write=write_ndjson,
        ),
        MemberFormat(
            name="json",
            extension=".json",
            media_type="application/json",
            text=False,
            dialect=lambda title: {"property": title, "itemType": "object"},
            write=write_json,
        ),
        MemberFormat(
            name="parquet",
            extension=".parquet",
            media_type=parquet.MEDIA_TYPE,
            text=False,
            dialect=lambda _: {},
            write=write_parquet,
        ),
    )
}
