"""What can be taken back, and what was, as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.cli.output import print_json, say, table, warn
from entrepot.cli.paper import Paper, paper
from entrepot.cli.preview_findings import SHOWN_ROWS, difference_lines
from entrepot.cli.preview_manner import told
from entrepot.cli.text import quoted
from entrepot.model.errors import PartialError
from entrepot.model.records import JobRecord, Status
from entrepot.model.undo_plans import UndoCounts, UndoPlan, UndoReceipt, some_of_each
from entrepot.model.undoing import Fate

SHOWN = 10
DONE = frozenset({Status.COMPLETED, Status.PARTIAL})
BEFORE = "It was taken back before, by {}."
WHY = {
    Fate.EDITED: "was changed since",
    Fate.GONE: "was deleted since",
    Fate.BLOCKED: "is referred to by {}",
    Fate.TAKEN: "would have the {} that another row has by now",
    Fate.PARENTLESS: "referred to a row of {} that is gone",
    Fate.REFUSED: "is refused: {}",
}


def print_jobs(jobs: tuple[JobRecord, ...]) -> None:
    if not jobs:
        say("No import of this database can be taken back.")
        return
    for line in table(("job", "at (UTC)", "kind", "into", "status", ""), [job_row(job, jobs) for job in jobs]):
        say(line)


def job_row(job: JobRecord, jobs: tuple[JobRecord, ...]) -> tuple[str, ...]:
    status = str(job.status) if job.status.final else "not finished"
    return job.id, f"{job.created_at:%Y-%m-%d %H:%M}", job.kind, job.entity or "", status, fate(job, jobs)


def fate(job: JobRecord, jobs: tuple[JobRecord, ...]) -> str:
    """What happened to it since; whatever took a job back is newer, and so in the list."""
    words = [f"of {job.undoes}"] if job.undoes else []
    words += [] if job.status.final else [job.phase]
    undos = [each.id for each in jobs if each.undoes == job.id and each.status in DONE]
    words += [f"taken back by {', '.join(undos)}"] if undos else []
    return "; ".join(words)


def print_undo_plan(plan: UndoPlan) -> None:
    for line in undo_screen(plan, paper()):
        say(line)


def undo_screen(plan: UndoPlan, on: Paper) -> Iterator[str]:
    yield from on.text(f"Take back {plan.kind} {plan.job}", indent=0, style="bold")
    yield from on.text(f"of {plan.done_at}, into {plan.entity} of {plan.database} ({plan.engine})", style="dim")
    if plan.undone_by:
        yield from on.text(BEFORE.format(plan.undone_by))
    if plan.unfinished and plan.changes:
        words = f"Its process ended before it was done. Once it is taken back, entrepot resume {plan.job} cannot go on."
        yield from on.text(words, style="yellow")
    if plan.until:
        yield from on.text(f"It can be taken back until {plan.until[:10]}.", style="dim")
    yield from on.heading("What would become of its rows")
    yield from counted(plan, on)
    yield from kept_lines(plan, on)
    if plan.files:
        stay = "files that it put into the store go, but for those that were changed, or that rows refer to then"
        yield from on.text(f"{plan.files:,} {stay}.")
    yield from returning_lines(plan, on)
    if plan.locks and plan.changes:
        circle = "rows refer to each other in a circle, so nobody else can use these tables until it is done"
        yield from on.text(f"Its {circle}: {', '.join(plan.locks)}.")
    for problem in plan.warnings:
        yield from on.text(f"{problem.message} {problem.remedy}", style="yellow")
    yield ""
    yield "Nothing was written yet." if plan.changes else "There is nothing to take back."


def returning_lines(plan: UndoPlan, on: Paper) -> Iterator[str]:
    shown = some_of_each(plan.differences, SHOWN_ROWS)
    if not shown:
        return
    some = f"{len(shown):,} of {plan.restored:,}" if plan.restored > len(shown) else ""
    yield from on.heading("Rows that get their old values back", some)
    named = {part.entity: part for part in plan.parts}
    for difference in shown:
        part = named[difference.entity]
        note = part.entity if len(plan.parts) > 1 else ""
        yield from difference_lines(part.key, part.compared, difference, on, note)


def counted(told: UndoPlan | UndoReceipt, on: Paper) -> Iterator[str]:
    """Of several entities, each by itself."""
    if len(told.parts) < 2:
        yield from on.rows(("rows", ""), list(count_rows(told)), right=(0,))
        return
    rows = [
        (part.entity if number == 0 else "", *row) for part in told.parts for number, row in enumerate(count_rows(part))
    ]
    yield from on.rows(("of", "rows", ""), rows, right=(1,))


def count_rows(told: UndoCounts) -> Iterator[tuple[str, str]]:
    words = (
        (told.deleted, "that were created are deleted again"),
        (told.restored, "get their old values back"),
        (told.reinserted, "that were deleted come back"),
        (told.already, "are what they were already"),
        (told.edited, "stay, because somebody changed them since"),
        (told.gone, "were deleted by somebody since"),
        (told.blocked, "stay, because other rows refer to them"),
        (told.taken, "stay, because another row has by now what must be unique"),
        (told.parentless, "stay, because what they referred to is gone"),
        (told.refused, "stay, because the database refuses them"),
        (told.forgotten, "stay, because they have no key to be found by"),
    )
    return ((f"{count:,}", word) for count, word in words if count)


def kept_lines(told: UndoPlan | UndoReceipt, on: Paper) -> Iterator[str]:
    if not told.kept:
        return
    yield from on.heading("Rows that stay, for example")
    for row in some_of_each(told.kept, SHOWN):
        of = f"{row.entity} " if len(told.parts) > 1 else ""
        yield from on.text(f"{of}{', '.join(map(quoted, row.key))} {WHY[row.fate].format(row.reason)}")


def receipt_lines(receipt: UndoReceipt, on: Paper) -> Iterator[str]:
    yield from on.heading("Taken back" if receipt.changes else "Nothing was taken back", f"in {receipt.seconds:.2f} s")
    yield from on.text(f"{receipt.undoes}, from {receipt.entity} of {receipt.database} ({receipt.engine})")
    if receipt.undone_by:
        yield from on.text(BEFORE.format(receipt.undone_by))
    yield from counted(receipt, on)
    yield from kept_lines(receipt, on)
    yield ""
    if receipt.files:
        yield from told("files", f"{receipt.files:,} taken out of the store", on)
    yield from told("job", receipt.job, on)
    if receipt.changes:
        yield from told("and back", f"entrepot undo {receipt.job}", on)


def undone(receipt: UndoReceipt, *, as_json: bool) -> int:
    """Print it; the exit code says whether rows had to stay."""
    if as_json:
        print_json(receipt)
    else:
        for line in receipt_lines(receipt, paper()):
            say(line)
        warn(receipt.warnings)
    return PartialError.exit_code if receipt.left else 0
