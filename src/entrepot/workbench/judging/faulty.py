"""Cells that have no value to judge: an error, a formula that nobody calculated. They are findings of the fields that
they would fill, and nothing else that is wrong with those is told."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.drafts import TargetField
from entrepot.workbench.source import Database, literal

SHOWN = 200
"""Characters of a value."""
WORDS = "cell"
"""What is found has words, as what a rule of rows finds: so it keeps its record out."""


def add_faulty(database: Database, fields: Sequence[TargetField]) -> None:
    connection = database.connection
    filled = [(place, at) for place, field in enumerate(fields) for at in field.sources if field.constant is None]
    some = "SELECT 1 FROM faulty UNION ALL SELECT 1 FROM disputed LIMIT 1"
    if not filled or connection.execute(some).fetchone() is None:
        return
    places = ", ".join(f"({place}, {at}, {literal(fields[place].name)})" for place, at in filled)
    filled_by = f'(VALUES {places}) AS filled(place, "at", field)'
    every = (
        f'SELECT record, place, "at", code, value FROM faulty JOIN {filled_by} USING ("at")'
        f" UNION ALL SELECT record, place, -1, code, value FROM disputed JOIN {filled_by} USING (field)"
    )
    found = (
        f"SELECT DISTINCT ON (record, place) record, place, code, left(value, {SHOWN}) AS value FROM ({every})"
        ' ORDER BY record, place, "at"'
    )
    connection.execute(f"DELETE FROM findings WHERE (record, place) IN (SELECT (record, place) FROM ({found}))")
    told = f"SELECT record, place, code, value, false, '{WORDS}' FROM ({found}) ORDER BY record, place"
    connection.execute(f"INSERT INTO findings {told}")
