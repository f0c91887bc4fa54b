"""Jobs as a terminal shows them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from entrepot.cli.output import print_json, say, size_words, table
from entrepot.cli.text import visible
from entrepot.model.errors import CancelledError, PartialError
from entrepot.model.orders import DEFAULT_QUEUE, HELD, EventRecord, JobView, ProgressRecord
from entrepot.model.records import JobRecord, Status

if TYPE_CHECKING:
    from entrepot.jobs.orders.lookout import Told
    from entrepot.model.spoken import Said

CODES = {Status.COMPLETED: 0, Status.PARTIAL: PartialError.exit_code, Status.CANCELLED: CancelledError.exit_code}


def print_list(jobs: tuple[JobRecord, ...]) -> None:
    if not jobs:
        say("There are no jobs.")
        return
    rows = [(job.id, f"{job.created_at:%Y-%m-%d %H:%M}", job.kind, job.status.value, _about(job)) for job in jobs]
    for line in table(("job", "at (UTC)", "kind", "status", ""), rows):
        say(line)


def _about(job: JobRecord) -> str:
    words = job.entity or job.database
    return f"{words}: {job.error['message']}" if job.error else f"{words} {job.phase}".rstrip()


def words_of(jobs: Sequence[JobRecord], said: Sequence[Said]) -> list[dict[str, str]]:
    """In those of another system."""
    return [
        {"job": job.id, "kind": job.kind, "status": words.status, "phase": words.phase}
        for job, words in zip(jobs, said, strict=True)
    ]


def print_words(words: Sequence[Mapping[str, str]]) -> None:
    if not words:
        say("There are no jobs.")
        return
    for line in table(tuple(words[0]), [tuple(each.values()) for each in words]):
        say(line)


def print_view(view: JobView) -> None:
    job, order = view.job, view.order
    facts = [
        ("job", job.id),
        ("kind", job.kind),
        ("status", job.status.value),
        ("database", job.database),
        ("at (UTC)", f"{job.created_at:%Y-%m-%d %H:%M:%S}"),
    ]
    if job.finished_at is not None:
        facts.append(("until", f"{job.finished_at:%Y-%m-%d %H:%M:%S}"))
    if order is not None and order.attempts > 1:
        facts.append(("attempts", f"{order.attempts}, of which {order.deaths} ended with their worker"))
    if order is not None and order.queue not in (DEFAULT_QUEUE, HELD):
        facts.append(("queue", order.queue))
    if view.waiting is not None:
        facts.append(("waits", view.waiting.words))
    if view.progress is not None and job.finished_at is None:
        facts.append(("progress", progress_words(view.progress)))
    facts += [(each.kind, f"{each.name}, {size_words(each.bytes)}") for each in view.artifacts]
    if view.journal_removed_at is not None:
        facts.append(("undo", f"no longer: what would undo it was removed on {view.journal_removed_at:%Y-%m-%d}"))
    width = max(len(name) for name, _ in facts)
    for name, words in facts:
        say(visible(f"{name:<{width}}  {words}"))
    _print_end(job)


def _print_end(job: JobRecord) -> None:
    if job.status is Status.READY and job.receipt:
        say(f"\nentrepot plan show {job.receipt['plan']}")
    if job.error:
        say()
        say(visible(f"{job.error['message']} {job.error.get('remedy', '')}".rstrip()))
        say(f"[{job.error['code']}]")


def progress_words(progress: ProgressRecord) -> str:
    facts = progress.facts
    if not facts["entity"]:
        return str(facts["phase"])
    words = f"{facts['entity']}: {facts['rows']:,} rows, {facts['rows_per_second']:,} rows/s"
    return f"{words}, {facts['percent']:.0f} % of all" if facts.get("percent") is not None else words


def event_line(event: EventRecord) -> str:
    return visible(f"{event.number:>5}  {event.at:%Y-%m-%d %H:%M:%S}  {event.kind:<12}  {_said(event)}".rstrip())


def _said(event: EventRecord) -> str:
    facts = event.facts
    for name in ("words", "message", "status", "kind"):
        if name in facts:
            return str(facts[name])
    return ", ".join(f"{name} {value}" for name, value in facts.items())


def print_submitted(job: JobRecord, *, as_json: bool) -> None:
    """The id alone, for programs that go on with it; what to do with it goes beside."""
    if as_json:
        print_json(job)
        return
    say(job.id)
    if sys.stderr.isatty():
        sys.stderr.write(f"It is done by a worker: entrepot jobs watch {job.id}\n")


@dataclass
class Watcher:
    """Events are lines; progress too, where they are for a program."""

    as_json: bool

    def tell(self, told: Told) -> None:
        if self.as_json:
            _line({"event" if isinstance(told, EventRecord) else "progress": told})
        elif isinstance(told, EventRecord):
            say(event_line(told))
        else:
            sys.stderr.write(visible(f"       {progress_words(told)}") + "\n")
        sys.stdout.flush()

    def end(self, view: JobView) -> None:
        if self.as_json:
            _line({"job": view.job})
        else:
            say(f"{view.job.id} is {view.job.status.value}.")
            _print_end(view.job)


def outcome(job: JobRecord) -> int:
    """The exit code that doing it at once would have had."""
    if job.status is Status.READY:
        return 2 if (job.receipt or {}).get("blocked") else 0
    if job.status is Status.FAILED:
        return int((job.error or {}).get("exit_code", 1))
    return CODES.get(job.status, 0)


def _line(value: object) -> None:
    import msgspec

    sys.stdout.write(msgspec.json.encode(value, enc_hook=str).decode() + "\n")
