"""A job that is being looked at again."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.importing.request import Run
from entrepot.importing.undoing.referring import Child
from entrepot.model.bench import Bench
from entrepot.model.catalog import Entity
from entrepot.model.records import JobRecord
from entrepot.model.undoing import BackPart


@dataclass(frozen=True, kw_only=True)
class Undoing:
    """A job that is being looked at again."""

    run: Run
    bench: Bench
    job: JobRecord
    entity: Entity
    parts: tuple[BackPart, ...]
    children: tuple[Child, ...]
    forgotten: int
    undone_by: str | None
    started: float

    @property
    def entities(self) -> list[Entity]:
        found = (self.entity, *(child.entity for child in self.children))
        return list({entity.name: entity for entity in found}.values())
