"""The rows of one table of a dump into the tables of the workbench, in constant memory. docs/reference/sql-input.md
says what is read as what, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
from arro3.core import Array, DataType, RecordBatch

from entrepot.model.drafts import Reading, Staged
from entrepot.model.errors import BugError, InputError
from entrepot.workbench.judging.expressions import matches
from entrepot.workbench.reading.csv_plain import NotPlainError
from entrepot.workbench.reading.csv_quick import WholeFeed
from entrepot.workbench.reading.sql.choosing import SeveralError, chosen, refusal_of
from entrepot.workbench.reading.sql.forms import InsertForm, hexadecimal
from entrepot.workbench.reading.sql.names import Column
from entrepot.workbench.reading.sql.opening import Dump, dump_of
from entrepot.workbench.reading.sql.pipe import Pipe, WiderError, form_of, only
from entrepot.workbench.reading.sql.refusals import without_columns
from entrepot.workbench.reading.sql.runs import REJECTED
from entrepot.workbench.reading.sql.script import Script
from entrepot.workbench.reading.sql.shape import Table
from entrepot.workbench.reading.sql.told import about
from entrepot.workbench.reading.sql.values import is_bytea, is_in_utc, is_padded
from entrepot.workbench.reading.tables import create_tables, drop_tables, most_columns, source_columns
from entrepot.workbench.source import Database

PLAIN_BYTES = r"[ -\[\]-~]*"
"""Those that the older form of bytes leaves as they are; rows with others come one by one."""
LONG, INTEGER = DataType.int64(), DataType.int32()


def stage_sql(database: Database, path: Path, reading: Reading) -> Staged:
    """The quick way first; again, if rows have other columns than the first ones, or are not what they seem."""
    dump = dump_of(path, reading, database.longest_row_bytes)
    columns: Sequence[Column] = ()
    careful = False
    try:
        while True:
            try:
                return staged(database, dump, reading, columns, careful=careful)
            except WiderError as wider:
                columns = wider.columns
            except NotPlainError as error:
                if careful:
                    raise BugError("rows_differ", f"{path.name}: {error}.", remedy="Please report this.") from error
                careful = True
    except SeveralError:
        drop_tables(database.connection)
        raise refusal_of(path, dump, reading.entity) from None
    except BaseException:
        drop_tables(database.connection)
        raise


def staged(database: Database, dump: Dump, reading: Reading, columns: Sequence[Column], *, careful: bool) -> Staged:
    with dump.script(careful=careful) as script:
        pieces = chosen(script, reading.entity)
        first = next(pieces, None)
        table = first.shape.table if first else empty_one(script, dump, reading)
        wanted = columns or ([first.shape.columns[at] for at in first.shape.kept] if first else columns_of(table))
        pipe = Pipe(
            pieces=only(pieces, first), columns=tuple(wanted), form=form_of(first.shape) if first else InsertForm("")
        )
        check_width(dump.path.name, len(wanted), database)
        if first and not wanted:
            raise without_columns(dump.path.name, title(script, table))
        create_tables(database.connection, len(wanted))
        if first:
            fill(database, pipe, in_utc=first.shape.settings.in_utc, engine=first.shape.settings.dialect.name)
        return Staged(
            reading=replace(
                reading, format="sql", encoding=dump.encoding(script.found.settings), entity=title(script, table)
            ),
            columns=source_columns(database.connection, pipe.names),
            records=pipe.sent,
            rejected=pipe.rejected,
            problems=(*dump.problems, *about(script.found, table, pipe.sent, dump.path.name)),
        )


def empty_one(script: Script, dump: Dump, reading: Reading) -> Table:
    """No rows came: of the table that is wanted, or of the only one that would be created."""
    tables = script.found.tables
    if reading.entity is not None:
        found = script.found.named(reading.entity)
    else:
        found = next(iter(tables.values())) if len(tables) == 1 else None
    if found is None:
        raise refusal_of(dump.path, dump, reading.entity)
    return found


def columns_of(table: Table) -> list[Column]:
    """Of a table without rows. One that has its columns from another (INHERITS) says them where its rows would be."""
    return [column for column in table.created or table.columns(table.filled) if not column.generated]


def title(script: Script, table: Table) -> str:
    return next(title for title, one in script.found.titles().items() if one is table)


def check_width(file: str, width: int, database: Database) -> None:
    most = most_columns(database.memory_bytes)
    if width > most:
        raise InputError(
            "too_many_columns",
            f"{file} has a table of {width:,} columns; {most:,} can be read.",
            remedy="Allow the workbench more memory.",
        )


def fill(database: Database, pipe: Pipe, *, in_utc: bool, engine: str) -> None:
    """Raises NotPlainError, with some of the records staged."""
    width = len(pipe.names)
    feed = WholeFeed(check=pipe, skip_first=False, columns=width, row_bytes=database.longest_row_bytes)
    values = [
        finished(pipe.form.sql(f"v{at}", column), column, engine, in_utc=in_utc)
        for at, column in enumerate(pipe.columns)
    ]
    done = 0
    try:
        with closing(feed.rounds()) as rounds:
            for names in rounds:
                done += insert(database, database.csv(names, width, pipe.dialect), values, done)
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise NotPlainError("a record that is none") from error
    if done != pipe.sent:
        raise NotPlainError(f"{pipe.sent} rows were sent, {done} arrived")
    settle(database, pipe)


def finished(sql: str, column: Column, engine: str, *, in_utc: bool) -> str:
    """With what only the type says that the file would create."""
    if is_padded(column, engine):
        return f"rtrim({sql}, ' ')"
    if is_bytea(column, engine):
        return f"CASE WHEN {matches(sql, PLAIN_BYTES)} THEN {hexadecimal(sql)} ELSE {sql} END"
    return f"{sql} || '+00'" if in_utc and is_in_utc(column, engine) else sql


def insert(database: Database, source: str, values: Sequence[str], before: int) -> int:
    """What is no record gets its number below zero, and why it is none as its first value: no value can be taken for
    one."""
    numbered = f"SELECT {before} + row_number() OVER () AS number, starts_with(v0, '{REJECTED}') AS no, * FROM {source}"
    record = "CASE WHEN no THEN -number ELSE number END"
    first = f"CASE WHEN no THEN substr(v0, 2) ELSE {values[0]} END"
    kept = ", ".join((record, first, *values[1:]))
    done = database.connection.execute(f"INSERT INTO staged SELECT {kept} FROM ({numbered})")
    return int(done.fetchall()[0][0])


def settle(database: Database, pipe: Pipe) -> None:
    """What is no record goes where such things are told."""
    connection = database.connection
    if pipe.rejected:
        told = "SELECT -record AS record, v0::JSON AS told FROM staged WHERE record < 0"
        connection.execute(f"INSERT INTO rejected SELECT record, (told->>0)::INTEGER, told->>1, told->>2 FROM ({told})")
        connection.execute(f"INSERT INTO unread SELECT record, (told->3)::VARCHAR FROM ({told})")
        connection.execute("DELETE FROM staged WHERE record < 0")
    if pipe.absent:
        record, at = zip(*pipe.absent, strict=True)
        batch = RecordBatch.from_arrays([Array(record, type=LONG), Array(at, type=INTEGER)], names=["record", "at"])
        connection.register("batch", batch)
        connection.execute("INSERT INTO absent SELECT * FROM batch")
        connection.unregister("batch")
