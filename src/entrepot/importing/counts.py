"""A file that is not whole is never imported, whatever becomes of its records."""

from __future__ import annotations

from dataclasses import replace

from entrepot.importing.corrections import name_of
from entrepot.importing.request import Draft
from entrepot.model.drafts import Staged
from entrepot.model.errors import InputError
from entrepot.model.how_many import how_many
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.problems import Category, Place, Problem, Severity

CODE = "count_differs"
RECEIPT = "Get an undamaged copy; or, if the file was changed on purpose, move its receipt away."
SAID = "Get an undamaged copy, or correct the number."


def counted(staged: Staged, request: ImportRequest, draft: Draft) -> Staged:
    """With a problem if it has another number of records than it must have. Rows that were added to an export are what
    exports are changed for; a file that lacks some may as well have been cut off."""
    if request.declared is None or request.declared == staged.records:
        return staged
    by_receipt = bool(request.declared_by) and draft.packed is None
    who = "its receipt " * by_receipt + request.declared_by or "whoever gave it"
    problem = Problem(
        code=CODE,
        message=f"The file has {how_many(staged.records, 'record')}, and {who} says {request.declared:,}.",
        remedy=RECEIPT if by_receipt else SAID,
        severity=Severity.WARNING if by_receipt and staged.records > request.declared else Severity.ERROR,
        category=Category.COUNT,
        place=Place(file=name_of(draft)),
    )
    return replace(staged, problems=(*staged.problems, problem))


def known_otherwise(staged: Staged, request: ImportRequest) -> Staged:
    """Without what the receipt beside it says, where the file itself tells of every row whether it is there."""
    if not request.declared_by:
        return staged
    return replace(staged, problems=tuple(problem for problem in staged.problems if problem.code != CODE))


def refuse_damaged(plan: ImportPlan) -> None:
    for problem in plan.damages:
        raise InputError(
            problem.code, f"{problem.message} Nothing was written.", remedy=problem.remedy, problems=plan.problems
        )
