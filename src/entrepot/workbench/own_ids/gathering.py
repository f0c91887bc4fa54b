"""What the records say, and what is asked of the database."""

from __future__ import annotations

from entrepot.workbench.deciding.among import schema_of
from entrepot.workbench.parents.gathering import judged
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_own_ids import AskOwn, GatherOwn
from entrepot.workbench.source import Database
from entrepot.workbench.within import on_lines

BARE = "nullif(trim(f0), '')"


def gather_own(database: Database, request: GatherOwn) -> Done:
    """Blanks around an id mean nothing, but in the keys of parents on the lines of their children, which they may tell
    apart."""
    said = judged([request.own])
    own = on_lines("f0") if request.on_lines else BARE
    rows = f"SELECT record, {own} AS own FROM ({said})" if request.within is None else spelled_so(said, request)
    database.connection.execute(f"CREATE OR REPLACE TABLE owned_{request.number:d} AS {rows}")
    return Done(rows=0)


def spelled_so(said: str, request: GatherOwn) -> str:
    """Of such parents the one is meant that was kept. Another table may have blanks around that none of them has."""
    spelled, else_ = f"{schema_of(request.within or 0)}.spelled", on_lines("f0") if request.on_lines else BARE
    bare = "NULL" if request.on_lines else "bare.kept"
    return (
        f"SELECT record, coalesce(exact.kept, {bare}, {else_}) AS own FROM ({said})"
        f" LEFT JOIN {spelled} AS exact ON exact.own = f0 LEFT JOIN {spelled} AS bare ON bare.own = {BARE}"
    )


def ask_own(database: Database, request: AskOwn) -> Done:
    """Each key once."""
    number = request.key.column
    database.connection.execute(
        f"CREATE OR REPLACE TABLE asked_{number} AS SELECT min(n) AS n, key FROM known_{number}"
        f" WHERE own IN (SELECT own FROM owned_{number}) GROUP BY key"
    )
    return Done(rows=0)
