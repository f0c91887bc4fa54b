"""What a Parquet file says about itself: its columns, and how many records it has."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import duckdb

from entrepot.model.errors import InputError
from entrepot.model.problems import Place, Problem, Severity
from entrepot.workbench.parquet_files import Opened
from entrepot.workbench.parquet_refusing import CONVERT, damaged
from entrepot.workbench.reading.csv_names import listed
from entrepot.workbench.reading.json_refusals import no_records, too_many_columns

WIDEST_DECIMAL = 38
"""DuckDB would make doubles of wider ones."""
Node = tuple[str, int, int]
"""Name, number of parts, digits: of a column, or of a part of one, each in front of its own parts."""


def names_in(connection: duckdb.DuckDBPyConnection, file: Opened, path: Path, most: int) -> list[str]:
    """As they are in the file, where DuckDB would tell apart what differs in case only."""
    found = connection.execute(f"SELECT name, num_children, precision FROM {file.schema}").fetchall()
    nodes = iter([(str(name), int(parts or 0), int(digits or 0)) for name, parts, digits in found])
    _, columns, _ = next(nodes, ("", 0, 0))
    if not columns:
        raise no_records(path.name, "it has no columns")
    if columns > most:
        raise too_many_columns(path.name, most)
    names = [check_column(path, nodes, node) for node in islice(nodes, columns)]
    if len(names) != columns:
        raise damaged(path, "its columns cannot be told apart")
    return names


def check_column(path: Path, nodes: Iterator[Node], column: Node) -> str:
    """Its name, after all of its parts."""
    name, left, digits = column
    while True:
        if digits > WIDEST_DECIMAL:
            raise InputError(
                "unsupported_parquet",
                f"The column {name} of {path.name} has decimals of {digits} digits; {WIDEST_DECIMAL} can be read.",
                remedy=CONVERT,
            )
        if not left:
            return name
        _, parts, digits = next(nodes, ("", 0, 0))
        left += parts - 1


def about_moments(connection: duckdb.DuckDBPyConnection, file: Opened, path: Path) -> Iterator[Problem]:
    """Old writers put them into 96 bits, of which DuckDB does not give all."""
    found = connection.execute(f"SELECT name FROM {file.schema} WHERE type = 'INT96'").fetchall()
    if found:
        names = listed([name for (name,) in found])
        yield Problem(
            code="old_moments",
            message=f"Moments in an old form (INT96) are read to the microsecond: {names}.",
            remedy="If there are nanoseconds in them, write them as TIMESTAMP(NANOS).",
            severity=Severity.WARNING,
            place=Place(file=path.name),
        )


def declared_rows(connection: duckdb.DuckDBPyConnection, file: Opened) -> int:
    return int(connection.execute(f"SELECT num_rows FROM {file.footer}").fetchall()[0][0])
