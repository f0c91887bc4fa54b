"""Writing: the header, then the database's chunks as they come, re-encoded only if the encoding is not UTF-8."""

from __future__ import annotations

import codecs

from entrepot.formats.csv.options import CsvOptions
from entrepot.formats.csv.template import csv_template, header_line
from entrepot.formats.names import members
from entrepot.formats.port import Document, Result, Tools, Written
from entrepot.formats.rows import lane_of
from entrepot.model.errors import InputError
from entrepot.model.ports import Outlet, RowSource, Sink
from entrepot.model.selection import Query


def write_csv(document: Document, source: RowSource, outlet: Outlet, options: CsvOptions, _tools: Tools) -> Result:
    """One file per query."""
    written = []
    for query, name in members(document, ".csv"):
        with outlet.open(name, f"text/csv; charset={charset(options.encoding)}") as sink:
            rows, lane = write_entity(query, source, sink, options)
        written.append(Written(entity=query.entity.name, rows=rows, lane=lane, member=name))
    return Result(written=tuple(written))


def write_entity(query: Query, source: RowSource, sink: Sink, options: CsvOptions) -> tuple[int, str]:
    """How many rows went out, and by which lane."""
    template = csv_template(query.columns, options.dialect, spreadsheet_safe=options.spreadsheet_safe)
    encoder = encoder_for(options.encoding)
    sink.write(encoder.encode(opening(query, options).encode(), f"the header of {query.title}"))
    rows = 0
    for chunk in source.render(query, template):
        sink.write(encoder.encode(chunk.data, f"rows {rows + 1:,} to {rows + chunk.rows:,} of {query.title}"))
        rows += chunk.rows
    sink.write(encoder.finish())
    return rows, lane_of(source, query, template)


def opening(query: Query, options: CsvOptions) -> str:
    """The mark and the header, as far as they are wanted."""
    mark = "\ufeff" if options.bom and not marks_itself(options.encoding) else ""
    if not options.header:
        return mark
    return mark + header_line(query.columns, options.dialect, spreadsheet_safe=options.spreadsheet_safe)


def marks_itself(encoding: str) -> bool:
    return codecs.lookup(encoding).name in {"utf-16", "utf-32", "utf-8-sig"}


def charset(encoding: str) -> str:
    return codecs.lookup(encoding).name.removesuffix("-sig")


class Untouched:
    """UTF-8 stays UTF-8."""

    def encode(self, data: bytes, _what: str) -> bytes:
        return data

    def finish(self) -> bytes:
        return b""


class Encoder:
    """Strict, and with memory: some encodings (UTF-16, ISO-2022) write marks at the start, the end or between."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self.codec = codecs.getincrementalencoder(encoding)("strict")

    def encode(self, data: bytes, what: str) -> bytes:
        try:
            return self.codec.encode(data.decode())
        except UnicodeEncodeError as error:
            raise unencodable(error, what, self.encoding) from error

    def finish(self) -> bytes:
        return self.codec.encode("", final=True)


def encoder_for(encoding: str) -> Untouched | Encoder:
    return Untouched() if codecs.lookup(encoding).name == "utf-8" else Encoder(encoding)


def unencodable(error: UnicodeEncodeError, what: str, encoding: str) -> InputError:
    character = error.object[error.start]
    return InputError(
        "unencodable_character",
        f"The character {character!a} (U+{ord(character):04X}, {character}) in {what} does not exist in {encoding}.",
        remedy="Choose the encoding utf-8, or leave that field out.",
    )
