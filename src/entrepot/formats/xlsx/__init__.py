"""Excel: one workbook, a sheet per entity, rows rendered by the database, typed cells, long numbers exact as text."""

from __future__ import annotations

from entrepot.formats.port import Format
from entrepot.formats.xlsx.count import count_workbook
from entrepot.formats.xlsx.options import XlsxOptions
from entrepot.formats.xlsx.write import write_xlsx

__all__ = ["FORMAT", "XlsxOptions"]

FORMAT = Format(
    name="xlsx",
    title="Excel workbook",
    extension=".xlsx",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    survives="Numbers, dates and texts as typed cells; numbers that a cell cannot hold exactly, bytes, JSON and arrays "
    "as text. Moments to the millisecond, and until 2079 to the microsecond, but for a few near one, zones in UTC; "
    "texts over 32,767 characters are cut, marked and reported.",
    write=write_xlsx,
    options=XlsxOptions,
    aliases=("excel",),
    lossless=False,
    count=count_workbook,
    metadata=True,
)
