"""Workbooks into tables of texts. docs/reference/xlsx-input.md says what is read as what, and what is refused."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from entrepot.model.drafts import Reading, SourceColumn, SourceTable, Staged
from entrepot.model.problems import Problem
from entrepot.workbench.reading.sheets.loading import Loader
from entrepot.workbench.reading.sheets.records import Records
from entrepot.workbench.reading.sheets.refusals import too_many_columns
from entrepot.workbench.reading.sheets.told import about
from entrepot.workbench.reading.sheets.workbook import Table, Workbook, open_workbook
from entrepot.workbench.reading.tables import drop_tables, most_columns, source_columns
from entrepot.workbench.source import Database


def stage_workbook(database: Database, path: Path, reading: Reading) -> Staged:
    workbook = open_workbook(path, reading.format, database.memory_bytes, database.longest_row_bytes)
    table = workbook.chosen(reading.entity)
    records = Records(workbook=workbook, table=table, reading=reading)
    try:
        return staged(database, records)
    except BaseException:
        drop_tables(database.connection)
        raise


def staged(database: Database, records: Records) -> Staged:
    workbook, table = records.workbook, records.table
    loader = loaded(database, records)
    layout, connection = records.layout, database.connection
    columns: tuple[SourceColumn, ...] = ()
    problems: tuple[Problem, ...] = ()
    reading = replace(records.reading, format=workbook.format, entity=table.name)
    if layout is not None:
        loader.widen(len(layout.found))
        names = layout.names(loader.width)
        found = source_columns(connection, names)
        keep = [at for at, column in enumerate(found) if column.filled or (at < len(layout.found) and layout.found[at])]
        loader.keep(keep)
        columns = tuple(found[at] for at in keep)
        problems = tuple(about(records, layout, names, keep))
        reading = replace(reading, header=layout.header, skip_lines=layout.skipped or records.reading.skip_lines or 0)
    return Staged(reading=reading, columns=columns, records=loader.records, problems=problems)


def loaded(database: Database, records: Records) -> Loader:
    loader = Loader(connection=database.connection, null=records.reading.null)
    loader.begin(0)
    most = most_columns(database.memory_bytes)
    with closing(records.parts()) as parts:
        for part in parts:
            if len(part.columns) > most:
                workbook, name = records.workbook, records.table.name
                raise too_many_columns(workbook.file, name, len(part.columns), most)
            if not loader.records and records.layout is not None:
                loader.begin(max(len(part.columns), len(records.layout.found)))
                zoned = records.table.zoned
                loader.zoned = frozenset(at for at, name in enumerate(records.layout.found) if name in zoned)
            loader.add(part)
    return loader


def tables(database: Database, path: Path, reading: Reading) -> tuple[SourceTable, ...]:
    """The sheets that a person sees, and those that are hidden; each is read through once. Those without a value are
    only there where all are: programs make some that nobody asked for."""
    workbook = open_workbook(path, reading.format, database.memory_bytes, database.longest_row_bytes)
    found = tuple(described(workbook, table, reading) for table in workbook.tables)
    return tuple(table for table in found if table.columns) or found


def described(workbook: Workbook, table: Table, reading: Reading) -> SourceTable:
    records = Records(workbook=workbook, table=table, reading=replace(reading, entity=None))
    count = width = 0
    filled: set[int] = set()
    for part in records.parts():
        count += len(part.numbers)
        width = max(width, len(part.columns))
        filled.update(at for at in range(len(part.columns)) if at not in filled and any(part.columns[at]))
    layout = records.layout
    if layout is None:
        return SourceTable(name=table.name, records=0, hidden=table.hidden)
    width = max(width, len(layout.found))
    named = {at for at, name in enumerate(layout.found) if name}
    columns = tuple(name for at, name in enumerate(layout.names(width)) if at in named or at in filled)
    return SourceTable(name=table.name, columns=columns, records=count, hidden=table.hidden)
