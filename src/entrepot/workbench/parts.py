"""An import of several tables: those of each part stand in a schema of their own, and see none of another's unless
they name it."""

from __future__ import annotations

from entrepot.workbench.deciding.among import schema_of
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_parts import EnterPart
from entrepot.workbench.source import Database


def enter_part(database: Database, request: EnterPart) -> Done:
    """The first one is where DuckDB is when it begins, and where it looks for what a schema does not have."""
    schema = schema_of(request.part)
    database.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    database.connection.execute(f"USE {schema}")
    return Done(rows=0)
