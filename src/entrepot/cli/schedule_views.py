"""Schedules as a terminal shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from entrepot.cli.output import say, size_words, table
from entrepot.cli.text import visible
from entrepot.model.orders import DEFAULT_QUEUE

if TYPE_CHECKING:
    from entrepot.jobs.schedules.views import LastRun, OutputView, SchedulePreview, ScheduleView


CLEANUP = "cleanup"


def print_schedules(found: Sequence[ScheduleView]) -> None:
    if not found:
        say("There are none yet. See: entrepot schedule --help")
        return
    rows = [(one.name, one.words, _next(one), _last(one.last), _where(one)) for one in found]
    for line in table(("schedule", "runs", "next", "last (UTC)", "goes to"), rows):
        say(line)
    for one in found:
        if one.problem:
            say(visible(f"\n{one.name} does not run: {one.problem}"))


def _next(one: ScheduleView) -> str:
    if one.paused:
        return "paused"
    return one.next.words if one.next else "-"


def _last(last: LastRun | None) -> str:
    if last is None:
        return "-"
    words = last.status.value if last.status else last.outcome.value
    return f"{last.due:%Y-%m-%d %H:%M}, {words}"


def _where(one: ScheduleView) -> str:
    where = "-" if one.kind == CLEANUP else one.to or "stored files"
    return f"{where}{' (entrepot.toml)' if one.configured else ''}"


def print_schedule(one: ScheduleView) -> None:
    facts = [("schedule", one.name), ("runs", one.words), ("next", _next(one)), ("database", one.database)]
    facts += [("goes to", _where(one)), ("keeps", _kept(one)), ("missed times", one.missed.value)]
    if one.queue != DEFAULT_QUEUE:
        facts.append(("queue", one.queue))
    facts += [("overlapping runs", one.overlap.value), ("last run (UTC)", _last(one.last))]
    width = max(len(name) for name, _ in facts)
    for name, words in facts:
        say(visible(f"{name:<{width}}  {words}"))


def _kept(one: ScheduleView) -> str:
    if one.keep:
        return ", ".join(f"{name} {value}" for name, value in one.keep.items())
    if one.kind == CLEANUP:
        return "what [retention] says"
    return "everything" if one.to else "as long as [retention] exports says"


def print_preview(found: SchedulePreview) -> None:
    print_schedule(found.schedule)
    say("\nNext runs:")
    for run in found.runs:
        say(f"  {run.words}")
    if not found.schedule.keep:
        return
    say(f"\nRotation would keep {_counted(found.kept)} and remove {_counted(found.removed)}:" if found.kept else "")
    rows = [(_made(one), size_words(one.bytes), f"stays: {', '.join(one.reasons)}") for one in found.kept]
    rows += [(_made(one), size_words(one.bytes), "goes") for one in reversed(found.removed)]
    rows += [
        (_made(one), size_words(one.bytes), "does not count: failed, no rows, or not there") for one in found.ignored
    ]
    for line in table(("made (UTC)", "size", ""), rows, right=(1,)) if rows else ("There are no outputs yet.",):
        say(line)


def _counted(outputs: Sequence[OutputView]) -> str:
    return "1 output" if len(outputs) == 1 else f"{len(outputs)} outputs"


def _made(one: OutputView) -> str:
    return f"{one.made_at:%Y-%m-%d %H:%M}"


def say_worker(*, alive: bool | None) -> None:
    if alive is False:
        say("\nNo worker lives that would look at the clock. Run one, and keep it running: entrepot worker")
