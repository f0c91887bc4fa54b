"""The tables that every format's records go into, and the facts about their columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb
from arro3.core import Array, DataType, RecordBatch

from entrepot.model.drafts import SourceColumn

TABLES = ("staged", "rejected", "unread", "absent", "faulty", "disputed", "strings")
MOST_COLUMNS = 10_000
BYTES_PER_COLUMN = 200_000
"""What DuckDB needs for each while a table is filled."""
SAMPLES = 3
LONGEST_SAMPLE = 200
COLUMNS_AT_ONCE = 100
VALUES_LOOKED_AT = 10_000


def most_columns(memory_bytes: int) -> int:
    return min(MOST_COLUMNS, memory_bytes // BYTES_PER_COLUMN)


def create_tables(connection: duckdb.DuckDBPyConnection, columns: int) -> None:
    """`staged` with so many columns v0, v1, …, `rejected`, `unread` (the values of rejected records, as a JSON list, as
    far as they can be told apart), `absent`, `faulty` (values of records that nobody can take, and why), `disputed`
    (the same of fields, where that is no matter of a column), and `strings` (from which record to which a column holds
    strings of JSON, if anything), all empty; those of a file before go."""
    drop_tables(connection)
    values = "".join(f", v{at} VARCHAR" for at in range(columns))
    connection.execute(f"CREATE TABLE staged (record BIGINT{values})")
    connection.execute('CREATE TABLE rejected (record BIGINT, "at" INTEGER, code VARCHAR, value VARCHAR)')
    connection.execute('CREATE TABLE strings (record BIGINT, until BIGINT, "at" INTEGER)')
    connection.execute('CREATE TABLE absent (record BIGINT, "at" INTEGER)')
    connection.execute("CREATE TABLE unread (record BIGINT, given VARCHAR)")
    connection.execute('CREATE TABLE faulty (record BIGINT, "at" INTEGER, code VARCHAR, value VARCHAR)')
    connection.execute("CREATE TABLE disputed (record BIGINT, field VARCHAR, code VARCHAR, value VARCHAR)")


def insert(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Sequence[object]], types: Sequence[DataType]
) -> None:
    """`types` are those of the first columns; the others are text."""
    all_types = [*types, *[DataType.string()] * (len(columns) - len(types))]
    arrays = [Array(values, type=kind) for values, kind in zip(columns, all_types, strict=True)]
    batch = RecordBatch.from_arrays(arrays, names=[f"c{at}" for at in range(len(arrays))])
    connection.register("batch", batch)
    connection.execute(f"INSERT INTO {table} SELECT * FROM batch")
    connection.unregister("batch")


def drop_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {table}")


def source_columns(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> tuple[SourceColumn, ...]:
    """What is to be seen in each column of `staged`. An empty text is no value here."""
    found: list[SourceColumn] = []
    for start in range(0, len(names), COLUMNS_AT_ONCE):
        some = range(start, min(start + COLUMNS_AT_ONCE, len(names)))
        counts = connection.execute(f"SELECT {', '.join(map(filled, some))} FROM staged").fetchall()[0]
        samples = first_values(connection, some)
        found += [
            SourceColumn(
                name=names[at], filled=count, samples=samples[at - start] or late_values(connection, at, count)
            )
            for at, count in zip(some, counts, strict=True)
        ]
    return tuple(found)


def filled(at: int) -> str:
    return f"count(nullif(v{at}, ''))"


def first_values(connection: duckdb.DuckDBPyConnection, columns: range) -> list[tuple[str, ...]]:
    """From the first records only."""
    values = ", ".join(f"left(v{at}, {LONGEST_SAMPLE})" for at in columns)
    records = connection.execute(f"SELECT {values} FROM staged LIMIT {VALUES_LOOKED_AT // len(columns)}").fetchall()
    return [different(row[at] for row in records) for at in range(len(columns))]


def late_values(connection: duckdb.DuckDBPyConnection, at: int, count: int) -> tuple[str, ...]:
    """Where the first records have none."""
    if not count:
        return ()
    found = connection.execute(f"SELECT left(v{at}, {LONGEST_SAMPLE}) FROM staged WHERE v{at} <> '' LIMIT 100")
    return different(value for (value,) in found.fetchall())


def different(values: Iterable[str | None]) -> tuple[str, ...]:
    """
    >>> different(["b", None, "", "a", "b", "c", "d"])
    ('b', 'a', 'c')
    """
    return tuple({value: None for value in values if value})[:SAMPLES]
