"""A file that is not whole is never imported, whatever becomes of its records."""

from __future__ import annotations

from dataclasses import replace

from entrepot.model.drafts import Staged
from entrepot.model.errors import InputError
from entrepot.model.how_many import how_many
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.problems import Category, Place, Problem, Severity

RECEIPT = "Get an undamaged copy; or, if the file was changed on purpose, move its receipt away."
SAID = "Get an undamaged copy, or correct the number."


def counted(staged: Staged, request: ImportRequest, file: str) -> Staged:
    """With a problem if it has another number of records than it must have. Rows that were added to an export are what
    exports are changed for; a file that lacks some may as well have been cut off."""
    if request.declared is None or request.declared == staged.records:
        return staged
    who = f"its receipt {request.declared_by}" if request.declared_by else "whoever gave it"
    problem = Problem(
        code="count_differs",
        message=f"The file has {how_many(staged.records, 'record')}, and {who} says {request.declared:,}.",
        remedy=RECEIPT if request.declared_by else SAID,
        severity=Severity.WARNING if request.declared_by and staged.records > request.declared else Severity.ERROR,
        category=Category.COUNT,
        place=Place(file=file),
    )
    return replace(staged, problems=(*staged.problems, problem))


def refuse_damaged(plan: ImportPlan) -> None:
    for problem in plan.damages:
        raise InputError(
            problem.code, f"{problem.message} Nothing was written.", remedy=problem.remedy, problems=plan.problems
        )
