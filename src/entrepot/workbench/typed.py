"""Rows into a typed Parquet file. Nothing is lost: a value that its type cannot hold stops the quick way, and the
careful way writes such columns as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from entrepot.model.errors import InputError
from entrepot.model.ports import StagedColumn
from entrepot.model.problems import Category, Place, Problem
from entrepot.workbench.parquet_files import distinct, fingerprint_parquet
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_rows import WriteParquet
from entrepot.workbench.source import Database, identifier, literal
from entrepot.workbench.types import TEXT, ParquetType, parquet_type

ROW_GROUP_ROWS = 100_000
ROW_GROUP_BYTES = 30_000_000
MARK = "entrepot: does not fit "
MARKED = re.compile(MARK + "([0-9]+): (.*)", re.DOTALL)
SHOWN_CHARACTERS = 80


def write_parquet(database: Database, request: WriteParquet) -> Done:
    """Write, and read back if a fingerprint is wanted: it then speaks about the file, not about the stream."""
    source = database.csv(request.rows, len(request.columns), longest=request.longest)
    types = [parquet_type(column.type) for column in request.columns]
    write = write_careful if request.careful else write_quick
    try:
        done = write(database.connection, request, source, types)
    except BaseException:
        Path(request.path).unlink(missing_ok=True)
        raise
    digest = fingerprint_parquet(database, request.path, request.columns).digest if request.measure else None
    names = [column.name for column in request.columns]
    renamed = tuple((was, now) for was, now in zip(names, distinct(names), strict=True) if was != now)
    return Done(rows=done.rows, digest=digest, as_text=done.as_text, renamed=renamed)


def write_quick(
    connection: duckdb.DuckDBPyConnection, request: WriteParquet, source: str, types: Sequence[ParquetType]
) -> Done:
    """In one pass; a value that does not fit is an error with its column."""
    columns = [insisting(at, wanted) for at, wanted in enumerate(types)]
    try:
        rows = copy(connection, request.path, named(columns, request.columns), with_values(source, types))
    except duckdb.Error as error:
        raise unfitting(error, request.columns) from error
    return Done(rows=rows)


def with_values(source: str, types: Sequence[ParquetType]) -> str:
    """The texts v0, v1, … of `source` and their values p0, p1, …, cast once."""
    values = [f"{wanted.value_of(f'v{at}')} AS p{at}" for at, wanted in enumerate(types)]
    return f"(SELECT {', '.join(['*', *values])} FROM {source})"


def insisting(at: int, wanted: ParquetType) -> str:
    if wanted.fits is None:
        return f"v{at}"
    fits, complaint = wanted.fits_into(f"v{at}", f"p{at}"), f"concat('{MARK}{at}: ', left(v{at}, {SHOWN_CHARACTERS}))"
    return f"CASE WHEN {fits} THEN p{at} WHEN v{at} IS NOT NULL THEN error({complaint})::{wanted.name} END"


def unfitting(error: duckdb.Error, columns: Sequence[StagedColumn]) -> Exception:
    found = MARKED.search(str(error))
    if not found:
        return error
    column = columns[int(found[1])]
    message = f"A value of {column.name} does not fit the Parquet type {parquet_type(column.type).name}."
    problem = Problem(
        code="value_does_not_fit",
        message=message,
        category=Category.FIDELITY,
        place=Place(column=column.name),
        value=found[2].partition("\n")[0],
    )
    return InputError("value_does_not_fit", message, remedy="Write that column as text.", problems=(problem,))


def write_careful(
    connection: duckdb.DuckDBPyConnection, request: WriteParquet, source: str, types: Sequence[ParquetType]
) -> Done:
    """All rows as text first; then each column gets its type if every value fits."""
    staged = f"{request.path}.staged"
    try:
        copy(connection, staged, "*", source)
        rows_as_text = f"read_parquet({literal(staged)})"
        fitting = [
            wanted if fits else ParquetType(name=TEXT)
            for wanted, fits in zip(types, survey(connection, rows_as_text, types), strict=True)
        ]
        values = [chosen.value_of(f"v{at}") for at, chosen in enumerate(fitting)]
        rows = copy(connection, request.path, named(values, request.columns), rows_as_text)
    finally:
        Path(staged).unlink(missing_ok=True)
    changed = zip(request.columns, types, fitting, strict=True)
    return Done(rows=rows, as_text=tuple(column.name for column, was, now in changed if was.name != now.name))


def survey(connection: duckdb.DuckDBPyConnection, source: str, types: Sequence[ParquetType]) -> Sequence[bool]:
    """For each column, whether all of its values fit."""
    tests = [
        f"coalesce(bool_and(v{at} IS NULL OR coalesce({wanted.fits_into(f'v{at}', f'p{at}')}, false)), true)"
        for at, wanted in enumerate(types)
    ]
    if not tests:
        return ()
    found = connection.execute(f"SELECT {', '.join(tests)} FROM {with_values(source, types)}").fetchall()[0]
    return tuple(bool(fits) for fits in found)


def named(values: Sequence[str], columns: Sequence[StagedColumn]) -> str:
    names = distinct([column.name for column in columns])
    return ", ".join(f"{value} AS {identifier(name)}" for value, name in zip(values, names, strict=True)) or "v0"


def copy(connection: duckdb.DuckDBPyConnection, path: str, columns: str, source: str) -> int:
    """How many rows were written."""
    found = connection.execute(
        f"COPY (SELECT {columns} FROM {source}) TO {literal(path)}"
        f" (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1,"
        f" ROW_GROUP_SIZE {ROW_GROUP_ROWS}, ROW_GROUP_SIZE_BYTES {ROW_GROUP_BYTES})"
    ).fetchall()
    return int(found[0][0])
