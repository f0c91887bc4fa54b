"""Writing a script: header, settings, tables, rows, then what refers to them (so that cycles load)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from entrepot.formats.port import Document, Result, Tools, Written
from entrepot.formats.rows import check_count, lane_of
from entrepot.formats.sql.header import COMPLETE, Section, comment, header
from entrepot.formats.sql.narrow import Part, left_behind, parts
from entrepot.formats.sql.options import SqlOptions
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import BugError
from entrepot.model.ports import Outlet, RowSource, Sink
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.script_dialects import ScriptDialect
from entrepot.model.templates import Chunk, RowTemplate, Slot

ROWS_PER_STATEMENT = 500

Notes = Mapping[str, Sequence[str]]
"""What they are about (an entity's title, the database) → what did not travel, in words."""


def write_sql(document: Document, source: RowSource, outlet: Outlet, options: SqlOptions, tools: Tools) -> Result:
    """One file for all queries."""
    dialect = tools.dialect
    if dialect is None:
        raise BugError("no_dialect", "A script was asked for without a dialect.", remedy="Please report this.")
    chosen = parts(document.queries, document.catalog, dialect.name)
    sections = [section(part, dialect, source) for part in chosen]
    notes = noted(document, chosen, dialect) if options.schema else {}
    with outlet.open(document.stem + ".sql", "application/sql") as sink:
        sink.write(header(document, dialect, sections, notes).encode())
        sink.write(opening(document.catalog, chosen, dialect, options).encode())
        pairs = zip(chosen, sections, strict=True)
        written = tuple(write_rows(part, each, source, sink, dialect) for part, each in pairs)
        sink.write(closing(document.catalog, chosen, dialect, options).encode())
    return Result(written=written, problems=tuple(problems(notes)))


def section(part: Part, dialect: ScriptDialect, source: RowSource) -> Section:
    return Section(
        entity=part.query.title,
        rows=source.count(part.query),
        mark=comment(f"rows of {part.query.title}"),
        begin=dialect.begin_rows(part.entity, part.columns()),
        end=dialect.end_rows(),
        between=dialect.row_close + dialect.row_separator + dialect.row_open,
        one_block=dialect.one_block,
    )


def opening(catalog: Catalog, chosen: Sequence[Part], dialect: ScriptDialect, options: SqlOptions) -> str:
    """Settings and tables; without a schema, the settings alone."""
    if not options.schema:
        nothing = replace(catalog, entities=bare(chosen), types=(), sequences=(), extensions=(), routines=())
        return paragraph(dialect.opening(nothing, bare(chosen)))
    entities = tuple(part.entity for part in chosen)
    narrow = replace(catalog, entities=entities)
    creates = (paragraph(dialect.create(entity, narrow)) for entity in entities)
    return paragraph(dialect.opening(narrow, entities)) + "".join(creates)


def closing(catalog: Catalog, chosen: Sequence[Part], dialect: ScriptDialect, options: SqlOptions) -> str:
    """Indexes, relations and counters; without a schema, the counters alone."""
    entities = tuple(part.entity for part in chosen) if options.schema else bare(chosen)
    return paragraph(dialect.closing(replace(catalog, entities=entities), entities)) + COMPLETE + "\n"


def bare(chosen: Sequence[Part]) -> tuple[Entity, ...]:
    """The entities without anything that would have to be created."""
    return tuple(
        replace(
            part.entity,
            primary_key=(),
            primary_key_ddl=None,
            inherits=(),
            keys=(),
            relations=(),
            checks=(),
            indexes=(),
            ddl=None,
            comment=None,
            fields=tuple(replace(field, comment=None) for field in part.entity.fields),
        )
        for part in chosen
    )


def paragraph(text: str) -> str:
    return f"{text.rstrip()}\n\n" if text.strip() else ""


def write_rows(part: Part, section: Section, source: RowSource, sink: Sink, dialect: ScriptDialect) -> Written:
    """All rows of one entity, in one block or in statements of 500."""
    template, rows = row_template(part, dialect), 0
    sink.write(f"{section.mark}\n".encode())
    for chunk in source.render(part.query, template, ROWS_PER_STATEMENT):
        for piece in statement(chunk, section, dialect, first=rows == 0):
            sink.write(piece)
        rows += chunk.rows
    sink.write((section.end * (dialect.one_block and rows > 0) + "\n").encode())
    check_count(part.query, section.rows, rows)
    lane = lane_of(source, part.query, template)
    return Written(entity=part.query.entity.name, rows=rows, lane=lane, member=part.query.title)


def statement(chunk: Chunk, section: Section, dialect: ScriptDialect, *, first: bool) -> Iterator[bytes]:
    """A chunk with what belongs around it; rows begin with their separator, which the first one must lose."""
    if dialect.one_block and not first:
        yield chunk.data
        return
    yield section.begin.encode()
    yield chunk.data[len(dialect.row_separator.encode()) :]
    if not dialect.one_block:
        yield section.end.encode()


def row_template(part: Part, dialect: ScriptDialect) -> RowTemplate:
    """The separator, then the row."""
    slots = [dialect.slot(column) for column in part.columns()]
    inner: list[str | Slot] = []
    for slot in slots:
        inner += [dialect.field_separator, slot] if inner else [slot]
    rows = (dialect.row_separator + dialect.row_open, *inner, dialect.row_close)
    return RowTemplate(parts=tuple(part for part in rows if part), copy_text=dialect.copy_text)


def noted(document: Document, chosen: Sequence[Part], dialect: ScriptDialect) -> Notes:
    notes: dict[str, list[str]] = {document.database: list(document.catalog.not_carried)}
    for query, part in zip(document.queries, chosen, strict=True):
        told = list(dialect.notes(part.source, document.engine))
        notes[query.title] = [*told, *(word for word in left_behind(query, part) if word not in told)]
    return notes


def problems(notes: Notes) -> Iterator[Problem]:
    for about, words in notes.items():
        for word in words:
            yield Problem(
                code="not_carried",
                message=f"{about}: {word}.",
                severity=Severity.INFO,
                category=Category.FIDELITY,
                place=Place(entity=about),
            )
