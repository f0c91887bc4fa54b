"""How many records may fail before an import that skips them does nothing at all."""

from __future__ import annotations

from entrepot.model.drafts import Errors
from entrepot.model.errors import InputError
from entrepot.model.how_many import how_many
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.thresholds import threshold_of


def check_threshold(request: ImportRequest) -> None:
    """Before the file is read."""
    if request.max_errors is None:
        return
    threshold_of(request.max_errors)
    if request.errors is Errors.ALL_OR_NOTHING:
        raise InputError(
            "threshold_without_skip",
            "A number of records that may fail says nothing where one keeps all others out.",
            remedy="Skip records that fail (--errors skip), or leave the number out.",
        )


def refuse_too_many(plan: ImportPlan) -> None:
    if plan.request.errors is Errors.SKIP and plan.over_threshold:
        raise InputError(
            "too_many_errors",
            f"{plan.failed:,} of {how_many(plan.staged.records, 'record')} cannot be imported, and at most"
            f" {plan.request.max_errors} may fail. Nothing was written.",
            remedy="Look at the first of them: often one thing is wrong with all, such as a column in the wrong place.",
            problems=plan.problems,
        )


def check_batches(request: ImportRequest) -> None:
    """What cannot be cut is refused before the file is read."""
    size = request.batch_size
    if size is None:
        return
    reasons = {
        ("a batch has at least one", "Say how many records a batch has, such as --batch-size 10000."): size < 1,
        ("one bad record keeps all others out", "Use it with --errors skip."): request.errors is not Errors.SKIP,
        ("the tables are kept for one transaction", "Leave out --exclusive, or --batch-size."): request.exclusive,
    }
    for (reason, remedy), applies in reasons.items():
        if applies:
            records = how_many(size, "record")
            message = f"An import cannot be cut into batches of {records}: {reason}."
            raise InputError("no_batches", message, remedy=remedy)
