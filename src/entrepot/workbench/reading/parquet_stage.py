"""Parquet files into the tables of the workbench: DuckDB reads them, and every value becomes its text form.
docs/reference/parquet-input.md says what is read as what, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from entrepot.model.drafts import Reading, SourceTable, Staged
from entrepot.model.problems import Place
from entrepot.workbench.parquet_files import described, opened
from entrepot.workbench.parquet_refusing import damaged
from entrepot.workbench.parquet_text import text_of
from entrepot.workbench.reading.csv_names import column_names
from entrepot.workbench.reading.json_refusals import no_such_list
from entrepot.workbench.reading.parquet_columns import about_moments, declared_rows, names_in
from entrepot.workbench.reading.parquet_nul import reject_nul
from entrepot.workbench.reading.tables import create_tables, drop_tables, most_columns, source_columns
from entrepot.workbench.source import Database


def stage_parquet(database: Database, path: Path, reading: Reading) -> Staged:
    """Every record of the file is in `staged` or in `rejected` afterwards."""
    check_list(path, reading)
    with opened(path) as file:
        names = names_in(database.connection, file, path, most_columns(database.memory_bytes))
        told = tuple(about_moments(database.connection, file, path))
        create_tables(database.connection, len(names))
        try:
            records = filled(database.connection, file.rows)
            if records != (said := declared_rows(database.connection, file)):
                raise damaged(path, f"it declares {said:,} records and holds {records:,}")
        except BaseException:
            drop_tables(database.connection)
            raise
    rejected = reject_nul(database.connection, len(names))
    given, problems = column_names(names, Place(file=path.name))
    return Staged(
        reading=replace(reading, format="parquet"),
        columns=source_columns(database.connection, given),
        records=records,
        rejected=rejected,
        problems=(*told, *problems),
    )


def tables(database: Database, path: Path, reading: Reading) -> tuple[SourceTable, ...]:
    """A file is one table, and says itself how many records it has."""
    check_list(path, reading)
    with opened(path) as file:
        names = names_in(database.connection, file, path, most_columns(database.memory_bytes))
        return (SourceTable(name=None, columns=tuple(names), records=declared_rows(database.connection, file)),)


def check_list(path: Path, reading: Reading) -> None:
    if reading.entity is not None:
        raise no_such_list(path.name, reading.entity, {})


def filled(connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    """How many records. DuckDB reads with one thread, so that they come as they stand; columns go by their places,
    because names may differ in nothing but case."""
    types = [kind for _, kind in described(connection, rows)]
    texts = "".join(f", {text_of(kind, f'v{at}')}" for at, kind in enumerate(types))
    names = ", ".join(f"v{at}" for at in range(len(types)))
    done = connection.execute(f"INSERT INTO staged SELECT row_number() OVER (){texts} FROM {rows} AS rows({names})")
    return int(done.fetchall()[0][0])
