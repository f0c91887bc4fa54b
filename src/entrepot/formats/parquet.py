"""Parquet: one typed file per entity, zstd, written by the workbench from the database's CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from entrepot.formats.csv import csv_template
from entrepot.formats.names import members
from entrepot.formats.parquet_footer import count_rows
from entrepot.formats.port import Document, Format, Result, Tools, Written
from entrepot.formats.rows import check_count, staged_columns
from entrepot.model.errors import InputError
from entrepot.model.ports import Outlet, ParquetFile, RowSource, Sink
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.selection import Query
from entrepot.model.templates import CsvDialect

BLOCK_BYTES = 1 << 20
MISFIT, LONG = "value_does_not_fit", "row_too_long"
MEDIA_TYPE = "application/vnd.apache.parquet"


@dataclass(frozen=True, kw_only=True)
class ParquetOptions:
    """There is nothing to choose: typed columns, zstd."""


def write_parquet(
    document: Document, source: RowSource, outlet: Outlet, _options: ParquetOptions, tools: Tools
) -> Result:
    """One file per query."""
    written: list[Written] = []
    problems: list[Problem] = []
    for query, name in members(document, ".parquet"):
        made = tools.work / f"{len(written)}.parquet"
        file = write_entity(query, source, tools, made)
        with outlet.open(name, MEDIA_TYPE) as sink:
            copy_into(sink, made)
        made.unlink()
        written.append(
            Written(entity=query.entity.name, rows=file.rows, lane="staged", member=name, fingerprint=file.fingerprint)
        )
        problems += [as_text(query, column) for column in file.as_text]
        problems += [renamed(query, *names) for names in file.renamed]
    return Result(written=tuple(written), problems=tuple(problems))


def write_entity(query: Query, source: RowSource, tools: Tools, path: Path) -> ParquetFile:
    """The quick way; if a value does not fit its type, or a row is long, all rows once more, the way that is for it."""
    ways: frozenset[str] = frozenset()
    while True:
        try:
            return staged(query, source, tools, path, careful=MISFIT in ways, roomy=LONG in ways)
        except InputError as error:
            if error.code not in {MISFIT, LONG} - ways:
                raise
            ways |= {error.code}


def staged(query: Query, source: RowSource, tools: Tools, path: Path, *, careful: bool, roomy: bool) -> ParquetFile:
    columns, rows = staged_columns(query.columns), 0
    with tools.workbench().parquet(columns, path, measure=tools.measure, careful=careful, roomy=roomy) as stream:
        for chunk in source.render(query, csv_template(query.columns, CsvDialect())):
            stream.write(chunk.data)
            rows += chunk.rows
        file = stream.finish()
    check_count(query, rows, file.rows)
    return file


def copy_into(sink: Sink, path: Path) -> None:
    with path.open("rb") as file:
        while data := file.read(BLOCK_BYTES):
            sink.write(data)


def as_text(query: Query, column: str) -> Problem:
    return Problem(
        code="column_as_text",
        message=f"{query.title}.{column} is written as text: some of its values do not fit a Parquet type.",
        severity=Severity.WARNING,
        category=Category.FIDELITY,
        place=Place(entity=query.title, column=column),
    )


def renamed(query: Query, column: str, name: str) -> Problem:
    return Problem(
        code="column_renamed",
        message=f"{query.title}.{column} is called {name} in Parquet: many readers do not tell names apart by case.",
        severity=Severity.WARNING,
        category=Category.FIDELITY,
        place=Place(entity=query.title, column=column),
    )


def count(path: Path) -> Mapping[str, int]:
    """Rows by file name, from the file's own footer."""
    return {path.name: count_rows(path)}


FORMAT = Format(
    name="parquet",
    title="Parquet",
    extension=".parquet",
    media_type=MEDIA_TYPE,
    survives="Every value, with its type; a column with values that no Parquet type holds (infinite or ancient dates, "
    "decimals beyond 38 digits) becomes text. Relations do not travel.",
    write=write_parquet,
    options=ParquetOptions,
    many_files=True,
    count=count,
    staged=True,
)
