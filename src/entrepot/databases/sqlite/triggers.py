"""What only the CREATE TRIGGER text says: when it fires."""

from __future__ import annotations

from entrepot.databases.sqlite.records import TriggerRecord
from entrepot.databases.sqlite.tokens import tokens
from entrepot.model.triggers import Timing, Trigger, events_in

NAME = 2
"""SQLite keeps every such text as CREATE TRIGGER, the name, and what stood behind it."""
TIMINGS = {"AFTER": Timing.AFTER, "INSTEAD": Timing.INSTEAD}
"""A trigger that does not say when fires before."""


def trigger_of(record: TriggerRecord) -> Trigger:
    words = [item.word for item in tokens(record.sql)][NAME + 1 :]
    told = words[: words.index("ON")]
    timing = TIMINGS.get(told[0], Timing.BEFORE)
    event = next(word for word in told if word not in ("BEFORE", "AFTER", "INSTEAD", "OF"))
    return Trigger(name=record.name, timing=timing, events=events_in([event]))
