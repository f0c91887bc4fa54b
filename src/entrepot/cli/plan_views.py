"""Plans of imports, for programs and people."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from entrepot.cli.bundle_views import bundle_screen
from entrepot.cli.output import say
from entrepot.cli.paper import paper
from entrepot.cli.preview import first_page, screen
from entrepot.cli.progress import CLEARED
from entrepot.model.bundles import BundlePlan
from entrepot.model.import_receipts import is_revocable
from entrepot.model.plan_states import PlanState
from entrepot.model.plans import ImportPlan

AnyPlan = ImportPlan | BundlePlan
NO_PLACE = "Nothing would be written: files of the package cannot be put where their rows say."
ONE_BAD = "Nothing would be written: one bad record keeps all others out. --errors skip imports the others."


def plan_words(plan: AnyPlan) -> dict[str, object]:
    """For programs, with what they need not work out."""
    words = {**vars(plan), "blocked": plan.blocked, "deletes": plan.deletes}
    if isinstance(plan, BundlePlan):
        return {**words, "parts": [plan_words(part) for part in plan.parts], "counts": plan.counts}
    return words


def print_screen(plan: AnyPlan, *, whole: bool = False) -> None:
    several = isinstance(plan, BundlePlan)
    for line in bundle_screen(plan, paper(), whole=whole) if several else screen(plan, paper(), whole=whole):
        say(line)


def print_first_page(plan: ImportPlan) -> None:
    """At once, and over the line of the progress, which goes on meanwhile."""
    sys.stderr.write(CLEARED)
    sys.stderr.flush()
    say("\n".join((*first_page(plan, paper()), "")))


def print_plan(plan: AnyPlan) -> None:
    """With what can be done next."""
    print_screen(plan)
    _say_last(ending(plan))


def print_again(plan: AnyPlan, *, whole: bool) -> None:
    """One that was made before, and what became of it."""
    print_screen(plan, whole=whole)
    _say_last(ending_again(plan, plan.state) if plan.state else ending(plan))


def _say_last(words: str) -> None:
    say()
    for line in paper().text(words, indent=0):
        say(line)


def ending(plan: AnyPlan) -> str:
    if plan.blocked:
        return f"{refused(plan)} {shown_again(plan)}"
    return f"Nothing was written yet. To do it: {to_do(plan)}"


def to_do(plan: AnyPlan) -> str:
    """The command."""
    deletes = deletes_of(plan)
    return f"entrepot plan apply {plan.plan_id}{f' --confirm-deletes {deletes}' if deletes else ''}"


def deletes_of(plan: AnyPlan) -> int | None:
    """What has to be said besides; None: nothing."""
    return plan.deletes or None


def shown_again(plan: AnyPlan) -> str:
    return f"To look at it again: entrepot plan show {plan.plan_id}"


def ending_again(plan: AnyPlan, state: PlanState) -> str:
    """Whether its rows have changed since, only the database knows."""
    until = state.expires_at[:16].replace("T", " ")
    if state.job:
        return begun(plan, state, state.job)
    if plan.blocked:
        return refused(plan)
    if state.expired:
        return f"Nothing was written by it, and it was good until {until} UTC: import the file anew to look again."
    words = f"Nothing was written by it yet. Until {until} UTC, unless rows have changed since, this does it:"
    return f"{words} {to_do(plan)}"


def begun(plan: AnyPlan, state: PlanState, job: str) -> str:
    """A plan is carried out once."""
    if state.undone_by:
        return f"It was carried out, as {job}, and taken back, by {state.undone_by}. To do it again, import anew."
    if state.done:
        back = f" To take it back: entrepot undo {job}" if leaves_something(plan) else ""
        return f"It was carried out, as {job}.{back}"
    if state.at_work:
        return f"{job} is carrying it out."
    return f"{job} began to carry it out, and its process ended. What became of it: entrepot undo"


def leaves_something(plan: AnyPlan) -> bool:
    """For an undo."""
    parts = plan.parts if isinstance(plan, BundlePlan) else (plan,)
    return any(is_revocable(part.counts, part.problems, part.radius) for part in parts)


def refused(plan: AnyPlan) -> str:
    if isinstance(plan, BundlePlan):
        whole = next((part for part in plan.parts if part.damages or part.over_threshold or _keeps(part)), None)
        return refused(whole) if whole else last_words(plan.parts)
    if plan.damages:
        return "Nothing would be written: the file is not what it should be."
    if _keeps(plan):
        return "Nothing would be written, and nothing deleted: see the problems above."
    if plan.over_threshold:
        return f"Nothing would be written: more than {plan.request.max_errors} records fail, which is too many."
    return last_words((plan,))


def _keeps(plan: ImportPlan) -> bool:
    """Whether a mirror deletes nothing for it."""
    return plan.radius is not None and bool(plan.failed or plan.radius.refusals)


def last_words(parts: Sequence[ImportPlan]) -> str:
    """Of records or files."""
    files = any(part.files and part.files.refused for part in parts)
    return NO_PLACE if files and not any(part.failed for part in parts) else ONE_BAD
