"""What people let a table do by itself when its rows change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class Timing(StrEnum):
    BEFORE = "before"
    AFTER = "after"
    INSTEAD = "instead of"


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """One that fires in normal work; those that somebody disabled, or that only replicas know, are none."""

    name: str
    timing: Timing
    events: tuple[Event, ...]
    rule: bool = False
    """PostgreSQL: a rule, which rewrites the statement."""

    @property
    def words(self) -> str:
        """
        >>> Trigger(name="audit", timing=Timing.AFTER, events=(Event.INSERT, Event.UPDATE)).words
        'audit (after insert or update)'
        """
        kind = "rule, " if self.rule else ""
        return f"{self.name} ({kind}{self.timing} {' or '.join(self.events)})"


def events_in(words: Iterable[str]) -> tuple[Event, ...]:
    """Those among the words, whatever their case, in our order."""
    found = {word.lower() for word in words}
    return tuple(event for event in Event if event in found)


def firing(triggers: Iterable[Trigger], events: Iterable[Event]) -> Iterator[Trigger]:
    """Those that one of the events sets off."""
    wanted = set(events)
    return (trigger for trigger in triggers if wanted.intersection(trigger.events))
