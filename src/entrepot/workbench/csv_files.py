"""The fingerprint of a CSV file. DuckDB is no strict reader (see csv_check), so every byte is checked on its way."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import msgspec

from entrepot.model.errors import InputError
from entrepot.model.ports import StagedColumn
from entrepot.model.problems import Place
from entrepot.model.templates import CsvDialect
from entrepot.workbench.csv_check import Check
from entrepot.workbench.csv_feed import Feed
from entrepot.workbench.csv_place import first_broken_record
from entrepot.workbench.hashing import Total
from entrepot.workbench.protocol import Done
from entrepot.workbench.source import Database, fact
from entrepot.workbench.structure import check_names, damaged

NEWLINES = {"lf": "\n", "\\n": "\n", "crlf": "\r\n", "\\r\\n": "\r\n"}


class CsvFile(msgspec.Struct, kw_only=True, frozen=True):
    """How the file was written: the options of the CSV format that matter to a reader."""

    delimiter: str = ","
    quote: str = '"'
    null: str = ""
    newline: str = "\n"
    header: bool = True
    encoding: str = "utf-8"
    spreadsheet_safe: bool = False

    @property
    def dialect(self) -> CsvDialect:
        delimiter = "\t" if self.delimiter in {"tab", "\\t"} else self.delimiter
        newline = NEWLINES.get(self.newline, self.newline)
        return CsvDialect(delimiter=delimiter, quote=self.quote, null=self.null, newline=newline)


def fingerprint_csv(
    database: Database, path: Path, columns: Sequence[StagedColumn], options: Mapping[str, object]
) -> Done:
    given = msgspec.convert(options, CsvFile)
    if codecs.lookup(given.encoding).name not in {"utf-8", "utf-8-sig"}:
        raise InputError("not_utf8", f"The file is in {given.encoding}.", remedy="Convert it to UTF-8 first.")
    ordered = in_file_order(path, columns, given)
    check = Check(path=path, dialect=given.dialect, alone=len(columns) == 1)
    feed = Feed(check=check, skip_first=given.header, columns=len(columns), row_bytes=database.longest_row_bytes)
    total = Total(ordered)
    try:
        for names in feed.rounds():
            total.add(database.connection, unguarded(database.csv(names, len(columns), given.dialect), ordered, given))
    except duckdb.InvalidInputException as error:
        place = first_broken_record(path, given.dialect, len(columns))
        raise damaged("broken_record", f"a record cannot be read: {fact(error)}", place) from error
    return total.done()


def in_file_order(path: Path, columns: Sequence[StagedColumn], given: CsvFile) -> list[StagedColumn]:
    if not given.header:
        return list(columns)
    names = [unguarded_name(name) if given.spreadsheet_safe else name for name in header(path, given.dialect)]
    check_names([column.name for column in columns], names, str(path))
    by_name = {column.name: column for column in columns}
    return [by_name[name] for name in names]


def header(path: Path, dialect: CsvDialect) -> list[str]:
    """The names in the first record."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)
        try:
            return next(reader)
        except (StopIteration, csv.Error) as error:
            raise damaged("no_header", "there is no header", Place(file=path.name, line=1)) from error


def unguarded_name(name: str) -> str:
    return name.removeprefix("'")


def unguarded(source: str, columns: Sequence[StagedColumn], given: CsvFile) -> str:
    """Without the apostrophes that a spreadsheet-safe file has in front of some texts, and of nothing else: a value
    that begins with one gets another."""
    if not given.spreadsheet_safe:
        return source
    taken = [f"CASE WHEN v{at}[1] = '''' THEN v{at}[2:] ELSE v{at} END AS v{at}" for at in range(len(columns))]
    return f"(SELECT {', '.join(taken)} FROM {source})"
