"""Plans of imports, for programs and people."""

from __future__ import annotations

import sys

from entrepot.cli.output import say
from entrepot.cli.paper import paper
from entrepot.cli.preview import first_page, screen
from entrepot.cli.progress import CLEARED
from entrepot.model.plans import ImportPlan


def plan_words(plan: ImportPlan) -> dict[str, object]:
    """For programs, with what they need not work out."""
    return {**vars(plan), "blocked": plan.blocked}


def print_screen(plan: ImportPlan) -> None:
    for line in screen(plan, paper()):
        say(line)


def print_first_page(plan: ImportPlan) -> None:
    """At once, and over the line of the progress, which goes on meanwhile."""
    sys.stderr.write(CLEARED)
    sys.stderr.flush()
    say("\n".join((*first_page(plan, paper()), "")))


def print_plan(plan: ImportPlan) -> None:
    """With what can be done next."""
    print_screen(plan)
    say()
    for line in paper().text(ending(plan), indent=0):
        say(line)


def ending(plan: ImportPlan) -> str:
    if plan.blocked:
        return refused(plan)
    return f"Nothing was written yet. To do it: entrepot plan apply {plan.plan_id}"


def refused(plan: ImportPlan) -> str:
    if plan.damages:
        return "Nothing would be written: the file is not what it should be."
    if plan.over_threshold:
        return f"Nothing would be written: more than {plan.request.max_errors} records fail, which is too many."
    return "Nothing would be written: one bad record keeps all others out. --errors skip imports the others."
