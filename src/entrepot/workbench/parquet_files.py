"""Parquet files of anybody, read by DuckDB: their columns, and every value as text again, whatever type it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from entrepot.model.ports import StagedColumn
from entrepot.workbench.hashing import Total
from entrepot.workbench.links import linked
from entrepot.workbench.parquet_refusing import check_ends, refusing
from entrepot.workbench.parquet_text import text_of
from entrepot.workbench.protocol import Done
from entrepot.workbench.source import Database, identifier, literal
from entrepot.workbench.structure import check_names

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType


def fingerprint_parquet(database: Database, path: str, columns: Sequence[StagedColumn]) -> Done:
    with opened(Path(path)) as file:
        return Total(columns).add(database.connection, as_text(database, file.rows, path, columns)).done()


def as_text(database: Database, rows: str, path: str, columns: Sequence[StagedColumn]) -> str:
    """A table expression with v0, v1, … for `columns`, whatever their order in the file."""
    types = dict(described(database.connection, rows))
    names = distinct([column.name for column in columns])
    check_names(names, list(types), path)
    values = [f"{text_of(types[name], identifier(name))} AS v{at}" for at, name in enumerate(names)]
    return f"(SELECT {', '.join(values) or '1'} FROM {rows})"


def described(connection: duckdb.DuckDBPyConnection, rows: str) -> list[tuple[str, DuckDBPyType]]:
    """The columns as DuckDB calls them."""
    found = connection.execute(f"SELECT * FROM {rows} LIMIT 0").description or []
    return [(str(column[0]), column[1]) for column in found]


@dataclass(frozen=True)
class Opened:
    """A file under a name of ours, and table expressions about it."""

    name: str

    @property
    def rows(self) -> str:
        return f"read_parquet({literal(self.name)}, hive_partitioning=false)"

    @property
    def schema(self) -> str:
        """A row for each column and each of its parts, in front of what these have."""
        return f"parquet_schema({literal(self.name)})"

    @property
    def footer(self) -> str:
        return f"parquet_file_metadata({literal(self.name)})"


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """People's own names may look like patterns, or like folders of a data set."""
    check_ends(path)
    with TemporaryDirectory(dir=path.parent) as folder, refusing(path):
        yield Opened(str(linked(path, Path(folder) / "rows.parquet")))


def distinct(names: Sequence[str]) -> list[str]:
    """Names that differ in more than case, none of them empty: what readers of Parquet need.

    >>> distinct(["Ab", "ab", "", "ab_2"])
    ['Ab', 'ab_3', '_', 'ab_2']
    """
    taken = {name.casefold() for name in names}
    used: set[str] = set()
    result: list[str] = []
    for name in names:
        chosen = name or "_"
        number = 2
        while chosen.casefold() in used or (chosen != name and chosen.casefold() in taken):
            chosen, number = f"{name}_{number}", number + 1
        used.add(chosen.casefold())
        result.append(chosen)
    return result
