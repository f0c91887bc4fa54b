"""Which of the tables of a dump is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from entrepot.model.errors import InputError
from entrepot.workbench.reading.sql.names import TableName
from entrepot.workbench.reading.sql.opening import Dump
from entrepot.workbench.reading.sql.refusals import no_rows, no_such_table, several_tables
from entrepot.workbench.reading.sql.script import Script
from entrepot.workbench.reading.sql.shape import Piece, Run, Table


class SeveralError(Exception):
    """More than one table has rows, or the name that was said, and nobody chose."""


def chosen(script: Script, wanted: str | None) -> Iterator[Piece]:
    """The rows of the table that is wanted; of the only one that has rows, if nobody said. Raises SeveralError."""
    table: Table | None = None
    for piece in script.pieces():
        candidate = piece.shape.table
        if candidate is not table:
            if wanted is not None and not is_called(candidate.name, wanted):
                continue
            if table is not None:
                raise SeveralError
            table = candidate
        yield piece


def is_called(name: TableName, title: str) -> bool:
    return title in (name.name, ".".join(filter(None, name)))


def counted(dump: Dump) -> tuple[Script, Mapping[str, int]]:
    """Reads all of it, and says how many rows each table has."""
    rows: dict[int, int] = {}
    with dump.script() as script:
        for piece in script.pieces():
            table = id(piece.shape.table)
            rows[table] = rows.get(table, 0) + rows_of(piece)
    return script, {title: rows.get(id(table), 0) for title, table in script.found.titles().items()}


def rows_of(piece: Piece) -> int:
    if not isinstance(piece, Run):
        return 1
    quick = piece.shape.quick
    return piece.text.count(b"\n") if quick is None else sum(1 for _ in quick.starts(piece.text))


def refusal_of(path: Path, dump: Dump, wanted: str | None) -> InputError:
    """Why no table was chosen."""
    _, counts = counted(dump)
    if wanted is not None and not any(title == wanted or title.endswith(f".{wanted}") for title in counts):
        return no_such_table(path.name, wanted, counts)
    filled = {title: count for title, count in counts.items() if count} or counts
    return several_tables(path.name, filled) if filled else no_rows(path.name)
