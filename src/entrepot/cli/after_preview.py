"""The preview of an import on a screen, and then whatever its reader decides."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.cli.plan_views import AnyPlan
    from entrepot.cli.secrets import Secrets
    from entrepot.model.errors import CancelledError
    from entrepot.model.plans import ImportPlan


def refusal(blocked: bool) -> int:
    """A plan that would be refused is no success, also where nobody asked to carry it out."""
    from entrepot.model.errors import InputError

    return InputError.exit_code if blocked else 0


def asked(args: argparse.Namespace, plan: AnyPlan, secrets: Secrets) -> int:
    """The preview, and then whatever its reader decides."""
    from entrepot.cli.output import say
    from entrepot.cli.paper import paper
    from entrepot.cli.plan_views import deletes_of, print_screen
    from entrepot.cli.plans import applied
    from entrepot.cli.receipt_views import ended

    print_screen(plan)
    try:
        agreed = is_agreed(args, plan)
    except KeyboardInterrupt:
        raise nothing_written(plan) from None
    if agreed:
        return ended(applied(args, secrets, plan.plan_id, deletes_of(plan)), as_json=False, seen=plan)
    for line in paper().text(declined(plan), indent=0):
        say(line)
    return refusal(plan.blocked)


def is_agreed(args: argparse.Namespace, plan: AnyPlan) -> bool:
    from entrepot.cli.asking import Question, agreed_to_all
    from entrepot.cli.mirror_views import typed
    from entrepot.cli.paper import paper
    from entrepot.cli.plan_views import print_screen
    from entrepot.model.bundles import BundlePlan

    if isinstance(plan, BundlePlan):
        said = agreed_to_all(plan, paper(), args.stop, partial(print_screen, plan, whole=True))
    else:
        save, saved = partial(errors_saved, args, plan), args.errors_file is not None
        said = Question(plan, paper(), args.stop, save, saved=saved).agreed()
    known = not plan.deletes or args.confirm_deletes == plan.deletes
    return said and (known or typed(plan, paper(), args.stop))


def errors_saved(args: argparse.Namespace, plan: ImportPlan) -> Path:
    """Beside nothing else: in the folder where we are, under its own name."""
    from entrepot.cli.opening import opened

    with opened(args) as service:
        return service.errors_file(plan.plan_id, to=Path())


def declined(plan: AnyPlan) -> str:
    from entrepot.cli.plan_views import refused, shown_again, to_do

    if plan.blocked:
        return f"{refused(plan)} {shown_again(plan)}"
    return f"Nothing was written. The plan is kept for a week: {to_do(plan)}"


def nothing_written(plan: AnyPlan) -> CancelledError:
    from entrepot.cli.plan_views import to_do
    from entrepot.model.errors import CancelledError

    return CancelledError(
        "stopped",
        "Stopped at the question: nothing was written.",
        remedy=f"The plan is kept for a week: {to_do(plan)}",
    )
