"""NDJSON: a record per line, one file per entity."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from entrepot.formats.json.blocks import line_blocks, parse_lines
from entrepot.formats.json.record import ndjson_template
from entrepot.formats.names import members
from entrepot.formats.port import Document, Result, Tools, Written
from entrepot.formats.rows import lane_of
from entrepot.model.ports import Outlet, RowSource


@dataclass(frozen=True, kw_only=True)
class NdjsonOptions:
    """There is nothing to choose: one record a line, UTF-8, `\\n`."""


def write_ndjson(
    document: Document, source: RowSource, outlet: Outlet, _options: NdjsonOptions, _tools: Tools
) -> Result:
    """One file per query."""
    written = []
    for query, name in members(document, ".ndjson"):
        template, rows = ndjson_template(query.columns), 0
        with outlet.open(name, "application/x-ndjson") as sink:
            for chunk in source.render(query, template):
                sink.write(chunk.data)
                rows += chunk.rows
        lane = lane_of(source, query, template)
        written.append(Written(entity=query.entity.name, rows=rows, lane=lane, member=name))
    return Result(written=tuple(written))


def count_lines(path: Path) -> Mapping[str, int]:
    """Records by file name; every line must be one whole JSON object."""
    with closing(line_blocks(path)) as blocks:
        return {path.name: sum(map(parse_lines, blocks))}
