"""Files of strangers into tables of texts: what cannot be read is told with its place, never guessed in silence.

format              which format a file is      tables         where the records go
encoding marks      bytes as text: what it is   csv_shape …    how a CSV file is made
survey guessing                                 csv_plain      the proof that DuckDB reads it as we do
examples            example rows of templates
text                blocks, places, wrong bytes csv_quick      the plain way
json_*              the JSON side               csv_records    our own reader: the careful way
parquet_* sql       Parquet, SQL dumps          csv_places     line and byte of a record
sheets/             workbooks                   csv_cells      and of its values
                                                csv_sections   several tables in one file
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from entrepot.model.drafts import Reading, Staged
from entrepot.model.errors import InputError, StorageError
from entrepot.model.problems import Cell, Place
from entrepot.model.spreadsheets import FORMATS
from entrepot.workbench.protocol_judging import (
    FindCells,
    FindPlaces,
    FoundCells,
    FoundPlaces,
    ListedTables,
    ListTables,
    StagedFile,
    StageFile,
)
from entrepot.workbench.reading.examples import with_examples
from entrepot.workbench.reading.format import format_of
from entrepot.workbench.source import Database

STAGE: dict[str, str] = {
    "csv": "csv_stage:stage_csv",
    "json": "json_stage:stage_json",
    "ndjson": "json_stage:stage_json",
    "parquet": "parquet_stage:stage_parquet",
    "sql": "sql.stage:stage_sql",
    **dict.fromkeys(FORMATS, "sheets.stage:stage_workbook"),
}
TABLES: dict[str, str] = {
    "csv": "csv_stage:tables",
    "json": "json_tables:tables",
    "ndjson": "json_tables:tables",
    "parquet": "parquet_stage:tables",
    "sql": "sql.tables:tables",
    **dict.fromkeys(FORMATS, "sheets.stage:tables"),
}
PLACES: dict[str, str] = {
    "csv": "csv_places:places",
    "json": "json_places:places",
    "ndjson": "json_places:places",
    "parquet": "parquet_places:places",
    "sql": "sql.places:places",
    **dict.fromkeys(FORMATS, "sheets.places:places"),
}
CELLS: dict[str, str] = {
    "csv": "csv_cells:cells",
    "json": "json_places:cells",
    "ndjson": "json_places:cells",
    "parquet": "parquet_places:cells",
    "sql": "sql.places:cells",
    **dict.fromkeys(FORMATS, "sheets.places:cells"),
}


def stage_file(database: Database, request: StageFile) -> StagedFile:
    return StagedFile(staged=stage(database, Path(request.path), request.reading))


def list_tables(database: Database, request: ListTables) -> ListedTables:
    path, reading = Path(request.path), request.reading
    with readable(path):
        found = side(TABLES, reading.format or format_of(path))(database, path, reading)
    return ListedTables(tables=tuple(found))


def find_places(_: Database, request: FindPlaces) -> FoundPlaces:
    return FoundPlaces(places=dict(places(Path(request.path), request.reading, request.records)))


def find_cells(_: Database, request: FindCells) -> FoundCells:
    found = cells(Path(request.path), request.reading, request.cells)
    return FoundCells(places=tuple(found.get(cell) for cell in request.cells))


def stage(database: Database, path: Path, reading: Reading) -> Staged:
    """Every record of the file is in `staged` or in `rejected` afterwards."""
    with readable(path):
        staged = side(STAGE, reading.format or format_of(path))(database, path, reading)
        return with_examples(database.connection, staged)


def places(path: Path, reading: Reading, records: Sequence[int]) -> Mapping[int, Place]:
    with readable(path):
        return side(PLACES, reading.format or format_of(path))(path, reading, records)


def cells(path: Path, reading: Reading, wanted: Sequence[Cell]) -> Mapping[Cell, Place]:
    columns: dict[int, dict[str | None, None]] = {}
    for record, column in wanted:
        columns.setdefault(record, {})[column] = None
    with readable(path):
        return side(CELLS, reading.format or format_of(path))(path, reading, columns)


def side(functions: dict[str, str], format: str) -> Any:
    """The module is imported when its format comes."""
    if format not in functions:
        raise InputError(
            "unsupported_format",
            f"Nothing is known about reading {format} files.",
            remedy=f"Give one of these: --format {', '.join(functions)}.",
        )
    module, _, function = functions[format].partition(":")
    return getattr(import_module(f"{__name__}.{module}"), function)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError("unreadable_file", f"{path.name}: {error.strerror}.", remedy="Check the file.") from error
