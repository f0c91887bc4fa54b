"""A CSV file into tables of texts: the plain way if it is plain, otherwise the careful one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from entrepot.model.drafts import Reading, SourceTable, Staged
from entrepot.model.problems import Problem
from entrepot.workbench.reading.csv_careful import stage_careful
from entrepot.workbench.reading.csv_plain import NotPlainError
from entrepot.workbench.reading.csv_quick import stage_plain
from entrepot.workbench.reading.csv_records import UnclosedQuoteError
from entrepot.workbench.reading.csv_shape import Shape, shaped
from entrepot.workbench.reading.csv_told import about_the_end, problems_of, unclosed
from entrepot.workbench.reading.encoding import text_file
from entrepot.workbench.reading.tables import create_tables, drop_tables, most_columns, source_columns
from entrepot.workbench.reading.text import TextFile
from entrepot.workbench.source import Database


def stage_csv(database: Database, path: Path, reading: Reading) -> Staged:
    """Every record of the file is in `staged` or in `rejected` afterwards."""
    text, told = text_file(path, reading.encoding)
    shape = shaped(text, reading, most_columns(database.memory_bytes))
    try:
        return filled(database, text, shape, (*told, *shape.problems))
    except BaseException:
        drop_tables(database.connection)
        raise


def tables(database: Database, path: Path, reading: Reading) -> tuple[SourceTable, ...]:
    """A file is one table; its records are not counted for this."""
    text, _ = text_file(path, reading.encoding)
    return (SourceTable(name=None, columns=tuple(shaped(text, reading, most_columns(database.memory_bytes)).names)),)


def filled(database: Database, text: TextFile, shape: Shape, problems: Sequence[Problem]) -> Staged:
    rejected = 0
    try:
        records = stage_plain(database, text, shape)
    except NotPlainError:
        records, rejected, more = carefully(database, text, shape)
        problems = (*problems, *more)
    problems = (*problems, *about_the_end(text))
    return Staged(
        reading=shape.reading,
        columns=source_columns(database.connection, shape.names),
        records=records,
        rejected=rejected,
        problems=tuple(problems),
    )


def carefully(database: Database, text: TextFile, shape: Shape) -> tuple[int, int, tuple[Problem, ...]]:
    create_tables(database.connection, len(shape.names))
    try:
        loader, records = stage_careful(database, text, shape)
    except UnclosedQuoteError as error:
        raise unclosed(text, error.spot) from None
    return loader.records, loader.rejected, tuple(problems_of(text, records))
