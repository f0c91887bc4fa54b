"""SQL: one script that an engine's own tools load into an empty database, cycles included.

write    the order of things      narrow  the schema, as far as it was chosen
header   what it says first       count   counting its rows without a database
"""

from __future__ import annotations

from entrepot.formats.port import Format
from entrepot.formats.sql.count import count_script
from entrepot.formats.sql.options import SqlOptions
from entrepot.formats.sql.write import write_sql

__all__ = ["FORMAT", "SqlOptions"]

FORMAT = Format(
    name="sql",
    title="SQL script",
    extension=".sql",
    media_type="application/sql",
    survives="Tables, keys, relations and every value, into the same engine; into another one, whatever it can hold: "
    "the script lists the rest.",
    write=write_sql,
    options=SqlOptions,
    count=count_script,
    scripts=True,
)
