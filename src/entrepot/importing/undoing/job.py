"""A job that is being looked at again."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.importing.request import Run
from entrepot.importing.undoing.journaled import Journaled
from entrepot.importing.undoing.referring import Standing
from entrepot.model.bench import Bench
from entrepot.model.catalog import Entity
from entrepot.model.changes import Movable
from entrepot.model.undoing import BackPart


@dataclass(frozen=True, kw_only=True)
class Undoing:
    """A job that is being looked at again."""

    run: Run
    bench: Bench
    journaled: Journaled
    changed: tuple[Entity, ...]
    """The entities of which it changed rows, parents first."""
    parts: tuple[BackPart, ...]
    """In their order; each stands at its number."""
    standing: Standing
    """What may be in the way."""
    waits: bool
    """Whether its foreign keys, where they can, are checked when all is taken back (`rings`)."""
    movable: Movable
    """Those that cannot, and are moved out of the way until then."""
    started: float

    @property
    def entities(self) -> list[Entity]:
        """All that are looked at."""
        return list({entity.name: entity for entity in (*self.changed, *self.standing.entities)}.values())

    @property
    def titles(self) -> str:
        return listed([entity.title for entity in self.changed])

    def entity(self, part: BackPart) -> Entity:
        return self.run.catalog.entity(part.entity)


NAMED = 3


def listed(titles: list[str]) -> str:
    """
    >>> listed(["people"]), listed(["a", "b", "c", "d"])
    ('people', 'a, b, c and 1 more')
    """
    more = f" and {len(titles) - NAMED:,} more" if len(titles) > NAMED else ""
    return f"{', '.join(titles[:NAMED])}{more}"
