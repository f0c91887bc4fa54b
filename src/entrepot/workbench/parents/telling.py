"""Records whose parent was not found are wrong like others, whatever else is wrong with what they refer to."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.drafts import TargetField
from entrepot.workbench.source import Database


def tell(database: Database, fields: Sequence[TargetField]) -> None:
    """Among the findings of judging; `words` makes them count against the field."""
    for at, field in enumerate(fields):
        if field.found is not None:
            failing = f"FROM outcome_{field.found} WHERE fails"
            database.connection.execute(
                f"DELETE FROM findings WHERE place = {at} AND NOT warning AND record IN (SELECT record {failing})"
            )
            database.connection.execute(
                f"INSERT INTO findings SELECT record, {at}, code, value, false, words {failing}"
            )
