"""A CSV file, or one of its sections, into tables of texts: the plain way if it is plain, otherwise the careful one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from entrepot.model.drafts import Reading, SourceTable, Staged
from entrepot.model.problems import Place, Problem
from entrepot.workbench.reading.csv_careful import stage_careful
from entrepot.workbench.reading.csv_plain import NotPlainError
from entrepot.workbench.reading.csv_quick import stage_plain
from entrepot.workbench.reading.csv_records import UnclosedQuoteError
from entrepot.workbench.reading.csv_sections import Section, at_first_sight, chosen, one_of
from entrepot.workbench.reading.csv_shape import Shape, lines_skipped, shaped
from entrepot.workbench.reading.csv_told import about_the_end, problems_of, unclosed
from entrepot.workbench.reading.encoding import text_file
from entrepot.workbench.reading.tables import create_tables, drop_tables, most_columns, source_columns
from entrepot.workbench.reading.text import TextFile
from entrepot.workbench.source import Database

UNNAMED = re.compile(r"column \d+")


def stage_csv(database: Database, path: Path, reading: Reading) -> Staged:
    """Every record of the table is in `staged` or in `rejected` afterwards."""
    text, told = text_file(path, reading.encoding)
    section = one_of(at_first_sight(text, reading), text, reading)
    try:
        return of_section(database, text, section, reading, told) if section else of_file(database, text, reading, told)
    except BaseException:
        drop_tables(database.connection)
        raise


def tables(database: Database, path: Path, reading: Reading) -> Iterator[SourceTable]:
    """A file is one table, unless it has sections; its records are not counted for this."""
    text, _ = text_file(path, reading.encoding)
    most = most_columns(database.memory_bytes)
    found = at_first_sight(text, replace(reading, entity=None))
    for section in found:
        yield section.described(shaped(section.within(text), reading, most).names)
    if not found:
        yield SourceTable(name=None, columns=shaped(text, reading, most).names)


def of_file(database: Database, text: TextFile, reading: Reading, told: Sequence[Problem]) -> Staged:
    """What is not plain may have sections all the same."""
    shape = shaped(text, reading, most_columns(database.memory_bytes))
    try:
        return plainly(database, text, shape, told)
    except NotPlainError:
        section = chosen(text, reading)
    if section is not None:
        return of_section(database, text, section, reading, told)
    return carefully(database, text, shape, told)


def of_section(
    database: Database, text: TextFile, section: Section, reading: Reading, told: Sequence[Problem]
) -> Staged:
    told, text = (*told, *preamble_of(section, text.path.name)), section.within(text)
    shape = shaped(text, replace(reading, entity=section.name), most_columns(database.memory_bytes))
    try:
        found = plainly(database, text, shape, told)
    except NotPlainError:
        found = carefully(database, text, shape, told)
    return without_padding(database.connection, found)


def preamble_of(section: Section, file: str) -> Iterator[Problem]:
    if section.bounds.preamble:
        remedy = "If that is a table, give it a name as the others have."
        yield lines_skipped(section.bounds.preamble, remedy, Place(file=file, line=1))


def plainly(database: Database, text: TextFile, shape: Shape, told: Sequence[Problem]) -> Staged:
    """Raises NotPlainError."""
    records = stage_plain(database, text, shape)
    return completed(database, shape, records, 0, (*told, *shape.problems, *about_the_end(text)))


def carefully(database: Database, text: TextFile, shape: Shape, told: Sequence[Problem]) -> Staged:
    create_tables(database.connection, len(shape.names))
    try:
        loader, records = stage_careful(database, text, shape)
    except UnclosedQuoteError as error:
        raise unclosed(text, error.spot) from None
    problems = (*told, *shape.problems, *problems_of(text, records), *about_the_end(text))
    return completed(database, shape, loader.records, loader.rejected, problems)


def completed(database: Database, shape: Shape, records: int, rejected: int, problems: tuple[Problem, ...]) -> Staged:
    return Staged(
        reading=shape.reading,
        columns=source_columns(database.connection, shape.names),
        records=records,
        rejected=rejected,
        problems=problems,
    )


def without_padding(connection: duckdb.DuckDBPyConnection, staged: Staged) -> Staged:
    """Programs fill tables that stand below each other up to the width of the widest."""
    columns = list(staged.columns)
    while columns and not columns[-1].filled and UNNAMED.fullmatch(columns[-1].name):
        columns.pop()
        connection.execute(f"ALTER TABLE staged DROP COLUMN v{len(columns)}")
    if len(columns) == len(staged.columns):
        return staged
    named = not any(UNNAMED.fullmatch(column.name) for column in columns)
    problems = tuple(it for it in staged.problems if not (named and it.code == "unnamed_columns"))
    return replace(staged, columns=tuple(columns), problems=problems)
