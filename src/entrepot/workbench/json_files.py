"""Fingerprints of JSON: records a line each, parsed in C into their raw values, hashed in DuckDB.

DuckDB's own JSON reader takes numbers through a double, so it only gets to see single values as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from entrepot.model.ports import StagedColumn
from entrepot.model.problems import Place
from entrepot.model.types import Kind
from entrepot.workbench.blocks import blocks
from entrepot.workbench.hashing import Total
from entrepot.workbench.json_records import Records
from entrepot.workbench.protocol import Done
from entrepot.workbench.source import Database
from entrepot.workbench.structure import damaged

TOKEN = (
    "CASE WHEN j{at} = 'null' THEN NULL WHEN j{at}[1] <> '\"' THEN j{at}"
    " WHEN contains(j{at}, '\\') THEN j{at}->>'$' ELSE substr(j{at}, 2, length(j{at}) - 2) END AS v{at}"
)
"""A raw JSON value as the text of the value."""
STRING = "j{at} AS v{at}"
NESTED = "CASE WHEN j{at} <> 'null' THEN j{at} END AS v{at}"
"""JSON within JSON is its own text."""


def fingerprint_lines(database: Database, path: Path, columns: Sequence[StagedColumn]) -> Done:
    """One object a line."""
    records, total = Records(columns, path), Total(columns)
    line = 1
    for block in blocks(path):
        add(database, total, records, block, line)
        line += block.count(b"\n")
    return total.done()


def fingerprint_document(database: Database, path: Path, columns: Sequence[StagedColumn], entity: str) -> Done:
    """The records of one entity of our JSON document."""
    records, total = Records(columns, path), Total(columns)
    for block, line in entity_blocks(path, entity):
        add(database, total, records, block, line)
    return total.done()


def add(database: Database, total: Total, records: Records, block: bytes, line: int) -> None:
    """Hash one block of records."""
    if batch := records.batch(block, line):
        database.connection.register("batch", batch)
        values = ", ".join(form.format(at=at) for at, form in enumerate(forms(total.columns, records))) or "1"
        total.add(database.connection, f"(SELECT {values} FROM batch)")
        database.connection.unregister("batch")


def forms(columns: Sequence[StagedColumn], records: Records) -> Iterator[str]:
    for column, is_string in zip(columns, records.strings, strict=True):
        yield STRING if is_string else NESTED if column.type.kind in {Kind.JSON, Kind.ARRAY} else TOKEN


def entity_blocks(path: Path, entity: str) -> Iterator[tuple[bytes, int]]:
    """Blocks of record lines without their commas, and the number of each first line.

    The document's layout is a promise of the JSON format: every record, `"name":[` and `]` on a line of its own.
    """
    opening, found, ended, line = msgspec.json.encode(entity) + b":[", False, False, 1
    for block in blocks(path):
        start, end = 0, len(block)
        if not found and (at := line_at(block, opening)) is not None:
            found, start = True, at + len(opening) + 1
        if found and not ended:
            closing = first_line(block, (b"]", b"],"), start)
            ended, end = closing is not None, end if closing is None else closing
            yield block[start:end].replace(b"},\n", b"}\n"), line + block.count(b"\n", 0, start)
        line += block.count(b"\n")
    if not ended:
        fact = f"the list of {entity} is never closed" if found else f"there is no list of {entity}"
        raise damaged("truncated" if found else "no_entity", fact, Place(file=path.name, entity=entity, line=line))


def line_at(block: bytes, text: bytes, start: int = 0) -> int | None:
    """Where a line that is exactly `text` begins."""
    at = start - 1
    while (at := block.find(text + b"\n", at + 1)) >= 0:
        if at == 0 or block[at - 1 : at] == b"\n":
            return at
    return None


def first_line(block: bytes, texts: Sequence[bytes], start: int) -> int | None:
    found = [at for text in texts if (at := line_at(block, text, start)) is not None]
    return min(found) if found else None
