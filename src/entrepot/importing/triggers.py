"""What the database does besides, when rows change: people's triggers, which an import sets off as all others do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from entrepot.model.catalog import Catalog, Entity
from entrepot.model.drafts import Decision
from entrepot.model.mirrors import Radius
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.triggers import Event, firing

EVENTS = {Decision.CREATED: Event.INSERT, Decision.UPDATED: Event.UPDATE, Decision.VERSIONED: Event.INSERT}


def set_off(entity: Entity, counts: Mapping[str, int]) -> Iterator[Problem]:
    """Nothing is wrong with it; whoever imports should know."""
    yield from _fires(entity, [event for decision, event in EVENTS.items() if counts.get(decision)])


def set_off_by(radius: Radius | None, catalog: Catalog) -> Iterator[Problem]:
    """By a mirror, in other tables too."""
    by_title = {entity.title: entity for entity in catalog.entities}
    for table in radius.tables if radius else ():
        events = {Event.DELETE: table.deleted, Event.UPDATE: table.emptied}
        yield from _fires(by_title[table.entity], [event for event, rows in events.items() if rows])


def _fires(entity: Entity, events: Sequence[Event]) -> Iterator[Problem]:
    words = [trigger.words for trigger in firing(entity.triggers, events)]
    if words:
        yield Problem(
            code="triggers_fire",
            message=f"Triggers of people fire as in normal work: {', '.join(words)}.",
            remedy="If they must not, disable them for the time of the import.",
            severity=Severity.INFO,
            category=Category.INTEGRITY,
            place=Place(entity=entity.title),
        )
