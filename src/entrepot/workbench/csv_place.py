"""Where the first broken record is: the slow way, once, after DuckDB refused the file. Its own line numbers count
records of a segment."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from entrepot.model.problems import Place
from entrepot.model.templates import CsvDialect


def first_broken_record(path: Path, dialect: CsvDialect, columns: int) -> Place:
    for place, record in records(path, dialect):
        if broken(record, dialect, columns):
            return place
    return Place(file=path.name)


def records(path: Path, dialect: CsvDialect) -> Iterator[tuple[Place, bytes]]:
    quote, byte, number, start, kept = dialect.quote.encode(), 0, 1, 1, b""
    with path.open("rb") as file:
        for line, text in enumerate(file, start=1):
            kept += text
            if not kept.count(quote) % 2:
                yield Place(file=path.name, record=number, line=start, byte=byte), kept
                byte, number, start, kept = byte + len(kept), number + 1, line + 1, b""
    if kept:
        yield Place(file=path.name, record=number, line=start, byte=byte), kept


def broken(record: bytes, dialect: CsvDialect, columns: int) -> bool:
    try:
        text = record.decode().removesuffix(dialect.newline)
        rows = list(csv.reader([text], delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True))
    except (csv.Error, UnicodeDecodeError):
        return True
    return bool(rows) and len(rows[0]) != columns
