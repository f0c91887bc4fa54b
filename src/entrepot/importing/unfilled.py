"""What a new row needs and nothing in the file fills. Whoever only creates is refused; whoever changes rows that exist
as well is told which records would become such a row."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.importing.mapping import needs_value
from entrepot.model.catalog import Entity
from entrepot.model.drafts import Mode
from entrepot.model.triggers import Event, Timing, firing


def unfilled(entity: Entity, filled: Sequence[str], mode: Mode) -> tuple[str, ...]:
    """The titles of the fields. None where a trigger may fill them before the database looks."""
    before = [it for it in firing(entity.triggers, [Event.INSERT]) if it.timing is not Timing.AFTER]
    if mode not in (Mode.UPSERT, Mode.MIRROR) or before:
        return ()
    return tuple(field.title for field in entity.fields if needs_value(field) and field.name not in filled)
