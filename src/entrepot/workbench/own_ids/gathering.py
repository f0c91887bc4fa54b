"""What the records say, and what is asked of the database."""

from __future__ import annotations

from entrepot.workbench.parents.gathering import judged
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_own_ids import AskOwn, GatherOwn
from entrepot.workbench.source import Database


def gather_own(database: Database, request: GatherOwn) -> Done:
    """Blanks around an id mean nothing."""
    said = judged([request.own])
    database.connection.execute(
        f"CREATE OR REPLACE TABLE owned_{request.number:d} AS SELECT record, nullif(trim(f0), '') AS own FROM ({said})"
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
