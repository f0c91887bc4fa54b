"""The hidden sheet with the baseline: digests of all cells, so that the workbook can be given back.

It is written after the sheets, by a second read of the same snapshot through the workbench.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from entrepot.formats.csv.template import csv_template
from entrepot.formats.port import Document, Tools
from entrepot.formats.rows import outgoing_kind, staged_columns
from entrepot.formats.xlsx.cells import text_cell
from entrepot.formats.xlsx.parts import Sheet
from entrepot.formats.xlsx.sheets import MEDIA_TYPE, head
from entrepot.formats.zipping import ZipOutlet
from entrepot.model.baselines import (
    DATA,
    HEAD,
    LONGEST_PIECE,
    MOMENTS,
    MOST_COLUMNS,
    PART,
    SIGNATURE,
    BaselineColumn,
    BaselineHead,
    BaselinePart,
    BaselineSheet,
    salt,
    signature,
)
from entrepot.model.catalog import Entity
from entrepot.model.errors import InputError
from entrepot.model.ports import RowSource
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.selection import Column, Query
from entrepot.model.templates import CsvDialect

NONCE_BYTES = 16


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """Of one workbook."""

    document: Document
    source: RowSource
    tools: Tools
    secret: bytes
    nonce: str = field(default_factory=lambda: secrets.token_hex(NONCE_BYTES))

    @property
    def queries(self) -> list[Query]:
        return [query for query in self.document.queries if lacking(query) is None]

    def head(self, sheets: Iterable[Sheet]) -> BaselineHead:
        return BaselineHead(
            engine=self.document.engine,
            database=self.document.database,
            created_at=self.document.created_at,
            nonce=self.nonce,
            sheets=tuple(
                BaselineSheet(name=sheet.name, member=sheet.member, zoned=sheet.zoned)
                for sheet in sheets
                if sheet.entity is not None
            ),
            parts=tuple(map(part_of, self.queries)),
        )

    def write(self, archive: ZipOutlet, part: str, sheets: Iterable[Sheet]) -> None:
        with archive.open(part, MEDIA_TYPE) as sink:
            sink.write(head((), frozen=False).encode())
            for cell in self.cells(self.head(sheets).encoded()):
                sink.write(f"<row>{text_cell(cell)}</row>".encode())
            sink.write(b"</sheetData></worksheet>")

    def cells(self, encoded: bytes) -> Iterator[str]:
        for piece in pieces(base64.b64encode(encoded).decode()):
            yield HEAD + piece
        hashed = sha256()
        for cell in self.data():
            hashed.update(cell.encode())
            yield cell
        yield SIGNATURE + signature(self.secret, encoded, hashed.hexdigest())

    def data(self) -> Iterator[str]:
        for number, query in enumerate(self.queries):
            self.tools.reporter.phase(f"Writing the baseline of {query.title}")
            yield f"{PART}{number}"
            yield from self.digests(query)

    def digests(self, query: Query) -> Iterator[str]:
        columns = own_columns(query)
        numbers = [[column.field.name for column in columns].index(name) for name in query.entity.primary_key]
        template = csv_template(columns, CsvDialect())
        own = replace(query, columns=tuple(columns))
        with self.tools.workbench().digests(staged_columns(columns), numbers, salt(self.secret, self.nonce)) as stream:
            for chunk in self.source.render(own, template):
                stream.write(chunk.data)
            for path in stream.finish():
                yield from whole_rows(path, part_of(query).width)


def baseline_of(document: Document, source: RowSource, tools: Tools) -> Baseline:
    if tools.secret is None:
        raise InputError(
            "no_baseline_here",
            "A baseline is signed with a key of the state folder, and there is none here.",
            remedy="Export through the service or the command line, or leave the option out.",
        )
    return Baseline(document=document, source=source, tools=tools, secret=tools.secret())


def whole_rows(path: Path, width: int) -> Iterator[str]:
    """Cells that hold as many of them as they may."""
    block = max(LONGEST_PIECE // width, 1) * (width + 1)
    with path.open("rb") as file:
        while data := file.read(block):
            yield DATA + data.replace(b"\n", b"").decode()


def pieces(text: str) -> Iterator[str]:
    return (text[start : start + LONGEST_PIECE] for start in range(0, len(text), LONGEST_PIECE))


def own_columns(query: Query) -> list[Column]:
    """Each field once: the first column that it goes out in."""
    return list({column.field.name: column for column in reversed(query.columns)}.values())[::-1]


def part_of(query: Query) -> BaselinePart:
    columns = {column.field.name: column for column in own_columns(query)}
    key = query.entity.primary_key
    return BaselinePart(
        entity=query.entity.name,
        key=tuple(described(columns[name]) for name in key),
        columns=tuple(described(column) for name, column in columns.items() if name not in key),
    )


def described(column: Column) -> BaselineColumn:
    return BaselineColumn(field=column.field.name, kind=outgoing_kind(column))


def lacking(query: Query) -> str | None:
    """Why there is none of an entity, in words."""
    key = keys_of(query.entity, query.columns)
    if not query.entity.primary_key:
        return "has no primary key"
    if len(key) < len(query.entity.primary_key):
        return "goes out without its whole primary key as it is"
    if any(outgoing_kind(column) in MOMENTS for column in query.columns if column.field.name in key):
        return "has a moment in its primary key, of which a cell may not hold all"
    return f"has more than {MOST_COLUMNS} fields" if len(own_columns(query)) > MOST_COLUMNS else None


def keys_of(entity: Entity, columns: Sequence[Column]) -> set[str]:
    """The fields of the key that go out unchanged."""
    plain = {column.field.name for column in columns if not column.transforms and column.keep_when is None}
    return plain.intersection(entity.primary_key)


def baseline_problems(document: Document) -> Iterator[Problem]:
    for query in document.queries:
        if words := lacking(query):
            yield Problem(
                code="no_baseline",
                message=f"{query.title} {words}, so the workbook has no baseline of it.",
                remedy="Given back, its rows are imported like any others.",
                severity=Severity.WARNING,
                category=Category.FIDELITY,
                place=Place(entity=query.title),
            )
