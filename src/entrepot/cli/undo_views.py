"""What can be taken back, and what was, as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.cli.output import print_json, say, table, warn
from entrepot.model.errors import PartialError
from entrepot.model.records import JobRecord
from entrepot.model.undoing import Fate, KeptRow, UndoPlan, UndoReceipt

SHOWN = 10
WHY = {
    Fate.EDITED: "was changed since",
    Fate.GONE: "was deleted since",
    Fate.BLOCKED: "is referred to",
}


def print_jobs(jobs: tuple[JobRecord, ...]) -> None:
    if not jobs:
        say("No import of this database can be taken back.")
        return
    rows = [(job.id, f"{job.created_at:%Y-%m-%d %H:%M}", job.kind, job.entity or "", str(job.status)) for job in jobs]
    for line in table(("job", "at (UTC)", "kind", "into", "status"), rows):
        say(line)


def print_undo_plan(plan: UndoPlan) -> None:
    say(f"{plan.kind} {plan.job} of {plan.done_at}, into {plan.entity} of {plan.database} ({plan.engine})\n")
    if plan.undone_by:
        say(f"It was taken back before, by {plan.undone_by}.\n")
    for line in table(("rows", ""), list(count_rows(plan)), right=(0,)):
        say(line)
    print_kept(plan.kept)
    for difference in plan.differences[:SHOWN]:
        pairs = zip(difference.before, difference.after, strict=True)
        changed = "; ".join(f"{shown(now)} → {shown(then)}" for now, then in pairs if now != then)
        say(f"  {', '.join(map(shown, difference.key))}: {changed}")
    say("\nNothing was written yet." if plan.changes else "\nThere is nothing to take back.")


def count_rows(told: UndoPlan | UndoReceipt) -> Iterator[tuple[str, str]]:
    words = (
        (told.deleted, "that were created are deleted again"),
        (told.restored, "get their old values back"),
        (told.reinserted, "that were deleted come back"),
        (told.already, "are what they were already"),
        (told.edited, "stay, because somebody changed them since"),
        (told.gone, "were deleted by somebody since"),
        (told.blocked, "stay, because other rows refer to them"),
        (told.forgotten, "stay, because they have no key to be found by"),
    )
    return ((f"{count:,}", word) for count, word in words if count)


def print_kept(kept: tuple[KeptRow, ...]) -> None:
    if not kept:
        return
    say("\nRows that stay, for example")
    for row in kept[:SHOWN]:
        by = f" by {row.blocked_by}" if row.blocked_by else ""
        say(f"  {', '.join(map(shown, row.key))} {WHY[row.fate]}{by}")


def shown(value: str | None) -> str:
    return "nothing" if value is None else f"'{value[:40]}{'…' if len(value) > 40 else ''}'"


def undone(receipt: UndoReceipt, *, as_json: bool) -> int:
    """Print it; the exit code says whether rows had to stay."""
    if as_json:
        print_json(receipt)
    else:
        for count, words in count_rows(receipt):
            say(f"{count:>12}  {words}")
        print_kept(receipt.kept)
        warn(receipt.warnings)
        say(f"\nTook {receipt.undoes} back in {receipt.seconds:.2f} s, as job {receipt.job}.")
    stay = receipt.edited + receipt.gone + receipt.blocked + receipt.forgotten
    return PartialError.exit_code if stay else 0
