"""What a look has found, as the answer to whether a file is valid."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from entrepot.jobs.orders.asking import OF_THE_FILE
from entrepot.model.errors import UnavailableError
from entrepot.model.problems import Problem, Severity
from entrepot.model.records import Document, JobRecord, Status
from entrepot.service.entrepot import Entrepot
from entrepot.systems.chenu.jobs import Validation

FIRST = 100


def validation(shop: Entrepot, look: str) -> Validation:
    """UnavailableError `not_validated`: nobody can say, because it could not be looked at."""
    job = shop.job(look).job
    if job.status is not Status.READY or job.receipt is None:
        return _refused(job)
    plan = shop.plan(job.receipt["plan"])
    errors = _some(plan.problems, Severity.ERROR)
    return Validation(
        is_valid=not (errors or plan.failed or plan.blocked),
        errors=errors,
        warnings=_some(plan.problems, Severity.WARNING),
        counts=plan.counts,
        plan_id=plan.plan_id,
    )


def _refused(job: JobRecord) -> Validation:
    """A file of which not even that can be said."""
    error = job.error or {"code": job.status.value, "message": f"{job.id} is {job.status.value}.", "remedy": ""}
    if error.get("exit_code") not in OF_THE_FILE:
        raise UnavailableError("not_validated", error["message"], remedy=error["remedy"] or "Validate it again.")
    return Validation(is_valid=False, errors=_told(error), warnings=(), counts={})


def _told(error: Document) -> tuple[Problem, ...]:
    found = msgspec.convert(error["problems"], tuple[Problem, ...])
    itself = Problem(code=error["code"], message=error["message"], remedy=error["remedy"])
    return _some(found, Severity.ERROR) or (itself,)


def _some(problems: Iterable[Problem], severity: Severity) -> tuple[Problem, ...]:
    """Each once: what concerns a file as a whole may be told of each of its tables."""
    return tuple(dict.fromkeys(problem for problem in problems if problem.severity is severity))[:FIRST]
