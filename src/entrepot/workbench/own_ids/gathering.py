"""What the records say, and what is asked of the database."""

from __future__ import annotations

from entrepot.workbench.deciding.among import schema_of
from entrepot.workbench.parents.gathering import judged
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_own_ids import AskOwn, GatherOwn
from entrepot.workbench.source import Database
from entrepot.workbench.within import on_lines


def gather_own(database: Database, request: GatherOwn) -> Done:
    """Blanks around an id mean nothing, but in the keys of parents on the lines of their children, which they may tell
    apart. Of those the one is meant that was kept."""
    own, said = on_lines("f0") if request.on_lines else "nullif(trim(f0), '')", judged([request.own])
    if request.within is not None:
        own = "coalesce(kept, own)"
        said = (
            f"SELECT * FROM (SELECT record, {on_lines('f0')} AS own FROM ({said}))"
            f" LEFT JOIN {schema_of(request.within)}.spelled USING (own)"
        )
    database.connection.execute(
        f"CREATE OR REPLACE TABLE owned_{request.number:d} AS SELECT record, {own} AS own FROM ({said})"
    )
    return Done(rows=0)


def ask_own(database: Database, request: AskOwn) -> Done:
    """Each key once."""
    number = request.key.column
    database.connection.execute(
        f"CREATE OR REPLACE TABLE asked_{number} AS SELECT min(n) AS n, key FROM known_{number}"
        f" WHERE own IN (SELECT own FROM owned_{number}) GROUP BY key"
    )
    return Done(rows=0)
