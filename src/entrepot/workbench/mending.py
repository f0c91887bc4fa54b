"""Stretches of good values that are not all written as the database would write them. Such a stretch is staged and
judged by itself, as a whole file is, and written anew into a file of the work folder.

Written rows wait there and in no pipe: so the child is free for the next stretch while the database takes this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from entrepot.model.drafts import TargetField
from entrepot.model.stretches import OddError, Stretch, Wanted
from entrepot.workbench.deciding.emit import copy
from entrepot.workbench.judging.judge import judge
from entrepot.workbench.padding import is_padded
from entrepot.workbench.protocol_stretches import VouchStretch
from entrepot.workbench.reading.csv_stretch import DIALECT, take_stretch
from entrepot.workbench.reading.tables import create_tables
from entrepot.workbench.source import Database


def mended(database: Database, request: VouchStretch, kept: Sequence[str]) -> Stretch:
    """`kept` is what `vouched` has of each record, as SQL about the values x0, x1, … Raises OddError where anything is
    to be told about a record."""
    fields, connection, before = request.fields, database.connection, request.after.records if request.after else 0
    connection.execute(f"DELETE FROM vouched WHERE record > {before}")
    create_tables(connection, len(request.sketch.columns))
    stretch = take_stretch(database, Path(request.path), request.sketch, request.after, staging)
    judged = judge(database, fields, request.wanted.rules)
    if judged.errors or judged.warnings or is_short(database, fields, request.wanted):
        raise OddError("something to tell")
    values = ", ".join(f"f{at} AS x{at}" for at, _ in enumerate(fields))
    connection.execute(
        f"INSERT INTO vouched SELECT {', '.join(['record', 'false', *kept])} FROM (SELECT record, {values} FROM judged)"
    )
    rows = Path.cwd() / f"mended-{stretch.end}"
    written = copy(connection, f"SELECT {in_order(fields)} FROM judged", str(rows), DIALECT.null)
    if written != stretch.records - before:
        raise OddError("counted otherwise")
    return replace(stretch, mended=rows.name)


def staging(before: int, source: str) -> str:
    return f"INSERT INTO staged SELECT {before} + row_number() OVER (), * FROM {source}"


def is_short(database: Database, fields: Sequence[TargetField], wanted: Wanted) -> bool:
    """Whether the database would pad a text."""
    short = " OR ".join(is_padded(f"f{at}", fields[at].type) for at in wanted.full) or "false"
    return bool(database.connection.execute(f"SELECT count(*) FROM judged WHERE {short}").fetchall()[0][0])


def in_order(fields: Sequence[TargetField]) -> str:
    """Of the columns of the file."""
    return ", ".join(f"f{at}" for at, _ in sorted(enumerate(fields), key=lambda one: one[1].sources))
