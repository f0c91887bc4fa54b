"""A job that is being looked at again."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.importing.request import Run
from entrepot.importing.undoing.journaled import Journaled
from entrepot.importing.undoing.referring import Standing
from entrepot.model.bench import Bench
from entrepot.model.catalog import Entity
from entrepot.model.journals import Part
from entrepot.model.undoing import BackPart


@dataclass(frozen=True, kw_only=True)
class Undoing:
    """A job that is being looked at again."""

    run: Run
    bench: Bench
    journaled: Journaled
    entity: Entity
    parts: tuple[BackPart, ...]
    standing: Standing
    """What may be in the way."""
    started: float

    @property
    def entities(self) -> list[Entity]:
        return list({entity.name: entity for entity in (self.entity, *self.standing.entities)}.values())

    def part(self, which: Part) -> BackPart:
        return next(part for part in self.parts if part.part is which)
