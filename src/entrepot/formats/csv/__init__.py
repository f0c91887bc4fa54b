"""CSV: one file per entity; a NULL stands bare, an empty text is quoted, exactly as PostgreSQL's COPY writes it."""

from __future__ import annotations

from entrepot.formats.csv.count import count_rows
from entrepot.formats.csv.options import CsvOptions
from entrepot.formats.csv.template import csv_template, header_line
from entrepot.formats.csv.write import write_csv
from entrepot.formats.port import Format

__all__ = ["FORMAT", "CsvOptions", "csv_template", "header_line"]

FORMAT = Format(
    name="csv",
    title="CSV",
    extension=".csv",
    media_type="text/csv; charset=utf-8",
    survives="Every value as its text; NULL and empty text stay apart. Types, keys and relations do not travel.",
    write=write_csv,
    options=CsvOptions,
    many_files=True,
    count=count_rows,
)
