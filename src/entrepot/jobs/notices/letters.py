"""Which letters a job gives cause to, and what they say: counts and links, never values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from entrepot.model.notices import FIELDS, Delivered, DeliveryRecord, Event, Letter, Target
from entrepot.model.outcomes import counts_of, inner_of, rows_of
from entrepot.model.records import Document, JobRecord

BRACES = re.compile("|".join(rf"\{{{name}\}}" for name in FIELDS))
SETTINGS = "settings"
"""The fact of a message that says in which settings its target stands."""


def causes(job: JobRecord, target: Target, now: datetime) -> Iterator[Event]:
    if job.finished_at is not None:
        if job.status.value in target.events:
            yield Event(job.status.value)
    elif target.overdue is not None and Event.OVERDUE in target.events and now - job.created_at >= target.overdue:
        yield Event.OVERDUE


def letter_id(job: str, event: str, target: str, settings: str) -> str:
    """The same for whoever sees it."""
    return "note_" + hashlib.sha256("\0".join((job, event, target, settings)).encode()).hexdigest()[:26]


def written(job: JobRecord, target: Target, event: Event, settings: str, now: datetime) -> DeliveryRecord:
    facts = facts_of(job, event, now)
    facts["link"] = _filled(target.link, facts)
    told = {"title": _on_one_line(_filled(target.title, facts)).strip(), "text": _filled(target.text, facts).strip()}
    return DeliveryRecord(
        id=letter_id(job.id, event, target.name, settings),
        job=job.id,
        target=target.name,
        event=event.value,
        message={**told, "facts": facts, SETTINGS: settings},
        status=Delivered.WAITING.value,
        attempts=0,
        not_before=now,
        error=None,
        created_at=now,
    )


def letter_of(record: DeliveryRecord) -> Letter:
    message = record.message
    return Letter(id=record.id, title=message["title"], text=message["text"], facts=message["facts"])


def facts_of(job: JobRecord, event: Event, now: datetime) -> dict[str, Any]:
    """Of an error only the code: its words may hold values."""
    receipt = job.receipt if job.finished_at is not None else None
    return {
        "job": job.id,
        "kind": job.kind,
        "event": event.value,
        "database": job.database,
        "entity": job.entity or _entities(receipt),
        "rows": rows_of(receipt),
        "failed": counts_of(receipt).get("failed", 0),
        "error": (job.error or {}).get("code", ""),
        "seconds": round(((job.finished_at or now) - job.created_at).total_seconds(), 3),
    }


def _entities(receipt: Document | None) -> str:
    inner = inner_of(receipt)
    names = [each.get("title") or each.get("entity") for each in inner.get("entities") or inner.get("parts") or ()]
    return ", ".join(dict.fromkeys(str(name) for name in names if name)) or "rows"


def _filled(template: str, facts: Document) -> str:
    """Only what stands in braces, and that once: what a name holds is no template, and makes no line of its own."""
    text = BRACES.sub(lambda found: _on_one_line(str(facts.get(found[0][1:-1], ""))), template)
    return "\n".join(_on_one_line(line) for line in text.split("\n"))


def _on_one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
