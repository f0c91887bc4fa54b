"""Rows that a mirror deletes, and those that go or change with them: tables of texts, the key in the first columns."""

from __future__ import annotations

import duckdb

from entrepot.model.mirrors import Kept
from entrepot.workbench.deciding.among import schema_of
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_mirroring import CountKept, KeepNew, KeptRows
from entrepot.workbench.source import Database, identifier


def keep_new(database: Database, request: KeepNew) -> Done:
    """What is counted first is not joined with what comes."""
    connection, table = database.connection, identifier(request.table)
    source = (
        identifier(request.source)
        if request.part is None
        else f"{schema_of(request.part)}.{identifier(request.source)}"
    )
    pairs = zip(request.columns, request.names, strict=True)
    given = ", ".join(f"{identifier(column)} AS {identifier(name)}" for column, name in pairs)
    names = ", ".join(map(identifier, request.names))
    if request.anew:
        empty = f"SELECT n, {given} FROM {source} WHERE false"
        connection.execute(f"CREATE OR REPLACE TABLE {table} AS {empty}")
    known = [identifier(name) for name in (*request.but, *([] if request.anew else [request.table]))]
    others = "".join(f" ANTI JOIN {name} AS known{at} ON {_same(request.key, at)}" for at, name in enumerate(known))
    before = _number(connection, f"SELECT count(*) FROM {table}")
    rows = f"SELECT {names} FROM (SELECT {given} FROM {source}) AS new{others}"
    return Done(
        rows=_number(
            connection,
            f"INSERT INTO {table} SELECT {before} + row_number() OVER () - 1, {names} FROM ({rows})",
        )
    )


def _same(key: int, number: int) -> str:
    return " AND ".join(f"new.c{at} = known{number}.c{at}" for at in range(key))


def _number(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    return int(connection.execute(statement).fetchall()[0][0])


def count_kept(database: Database, request: CountKept) -> KeptRows:
    """Shorter keys come first, so that numbers are in their order."""
    connection, table = database.connection, identifier(request.table)
    told = ", ".join(["''", *(f"'|', strlen(c{at}), ':', c{at}" for at in range(request.columns))])
    total = _number(connection, f"SELECT coalesce(sum(md5_number_lower(concat({told}))::HUGEINT), 0) FROM {table}")
    rows = _number(connection, f"SELECT count(*) FROM {table}")
    keys = [f"c{at}" for at in range(request.key)]
    order = ", ".join(f"strlen({key}), {key}" for key in keys)
    shown = f"SELECT {', '.join(keys)} FROM {table} ORDER BY {order} LIMIT {request.most:d}"
    first = connection.execute(shown).fetchall() if request.most else []
    return KeptRows(kept=Kept(rows=rows, digest=f"{rows}-{total:x}", first=tuple(first)))
