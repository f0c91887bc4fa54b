"""Writing the document: what it is and how many rows it declares first, then one record a line per entity.

The layout is a promise (count.py reads it in blocks): `{`, `"metadata":…,`, `"relationships":…,`, `"entities":{`,
then per entity `"name":[`, its records, `]` or `],`, and at last `}}` stand on lines of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from entrepot.formats.json.options import JsonOptions
from entrepot.formats.json.record import json_template, json_text
from entrepot.formats.port import Document, Result, Tools, Written
from entrepot.formats.rows import check_count, lane_of
from entrepot.model.catalog import Relation
from entrepot.model.ports import Outlet, RowSource, Sink
from entrepot.model.selection import Query

Counts = Mapping[str, int]
"""Entity title → rows."""


def write_json(document: Document, source: RowSource, outlet: Outlet, options: JsonOptions, _tools: Tools) -> Result:
    """One file for all queries."""
    counts = {query.title: source.count(query) for query in document.queries}
    with outlet.open(document.stem + ".json", "application/json") as sink:
        sink.write(opening(document, counts, options).encode())
        written = []
        for number, query in enumerate(document.queries):
            sink.write((",\n" * bool(number) + json_text(query.title) + ":[").encode())
            written.append(write_records(query, source, sink, counts[query.title]))
            sink.write(b"\n]")
        sink.write(b"\n}}\n" if written else b"}}\n")
    return Result(written=tuple(written))


def write_records(query: Query, source: RowSource, sink: Sink, declared: int) -> Written:
    template, rows = json_template(query.columns), 0
    for chunk in source.render(query, template):
        sink.write(chunk.data if rows else chunk.data[1:])  # no comma before the first record
        rows += chunk.rows
    check_count(query, declared, rows)
    return Written(entity=query.entity.name, rows=rows, lane=lane_of(source, query, template), member=query.title)


def opening(document: Document, counts: Counts, options: JsonOptions) -> str:
    about = f'"metadata":{json_text(metadata(document, counts))},\n' if options.include_metadata else ""
    relations = json_text(list(relationships(document)))
    return f'{{\n{about}"relationships":{relations},\n"entities":{{\n'


def metadata(document: Document, counts: Counts) -> dict[str, Any]:
    """The caller's words never replace ours."""
    return {
        **document.metadata,
        "tool": document.tool,
        "created_at": document.created_at,
        "database": document.database,
        "engine": document.engine,
        "snapshot": document.snapshot,
        "scope": document.scope,
        "filters": dict(document.filters),
        "counts": dict(counts),
        "fields": {q.title: {c.name: c.type.describe() for c in q.columns} for q in document.queries},
    }


def relationships(document: Document) -> Iterator[dict[str, Any]]:
    """The relations between the chosen entities, in the names that the records use."""
    chosen = {query.entity.name: query for query in document.queries}
    for child in document.queries:
        for relation in child.entity.relations:
            if parent := chosen.get(relation.parent):
                yield relationship(relation, child, parent)


def relationship(relation: Relation, child: Query, parent: Query) -> dict[str, Any]:
    return {
        "name": relation.name,
        "entity": child.title,
        "fields": outgoing(child, relation.fields),
        "parent": parent.title,
        "parent_fields": outgoing(parent, relation.parent_fields),
    }


def outgoing(query: Query, fields: tuple[str, ...]) -> list[str]:
    """The names that fields go out under; a field that stays behind keeps its title."""
    names = {column.field.name: column.name for column in query.columns}
    return [names.get(name) or query.entity.field(name).title for name in fields]
