"""What keeps a mirror from being made: a file that is not whole, too many rows that would go, rows that hold others.

A file that was cut off, or filtered by mistake, looks like one whose rows are to go; so nothing is deleted that nobody
knows of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from entrepot.importing.request import Prepared
from entrepot.model.bundles import BundlePlan
from entrepot.model.drafts import Decision, Mode
from entrepot.model.errors import InputError
from entrepot.model.how_many import how_many
from entrepot.model.mirrors import MOST, Leaving, Radius
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.thresholds import threshold_of


def guarded(radius: Radius, prepared: Prepared, counts: Mapping[str, int]) -> Radius:
    """With what it is refused for."""
    return replace(radius, refusals=(*_of_file(prepared, counts), *_of_rows(radius, prepared)))


def _of_file(prepared: Prepared, counts: Mapping[str, int]) -> Iterator[Problem]:
    request, records = prepared.request, prepared.staged.records
    if not records and (request.declared != 0 or request.declared_by):
        yield _problem(
            prepared,
            "mirror_of_nothing",
            "The file has no record, so that all rows would be deleted.",
            "Get a whole copy; or say that it should have none, if all are to go: --records 0.",
        )
    left_out = counts.get(Decision.SKIPPED, 0) - len(prepared.staged.examples)
    if left_out > 0:
        yield _problem(
            prepared,
            "mirror_leaves_out",
            f"{how_many(left_out, 'record')} would be left out, and the rows of these would be deleted.",
            "Bring in what they refer to first, or take them out of the file.",
        )
    if prepared.matching.patched:
        yield _problem(
            prepared,
            "mirror_leaves_out",
            "Only some records were given back, and the rows of all others would be deleted.",
            "Import the whole file, corrected.",
        )


def _of_rows(radius: Radius, prepared: Prepared) -> Iterator[Problem]:
    most, title = prepared.request.mirror.most or prepared.entity.max_deletes or MOST, prepared.entity.title
    if not threshold_of(most).allows(radius.unnamed, radius.scope):
        yield _problem(
            prepared,
            "too_many_deletes",
            f"The file does not name {radius.unnamed:,} of {how_many(radius.scope, 'row')} of {title}, and at most"
            f" {most} may be deleted.",
            "Look whether the file is whole; if so many are to go, say it: --max-deletes 100%.",
        )
    for table in radius.tables:
        yield from _of_table(table, prepared)


def _of_table(table: Leaving, prepared: Prepared) -> Iterator[Problem]:
    if table.held:
        yield _problem(
            prepared,
            "still_referred",
            f"{_verb(table.held, table.entity)} to rows that would be deleted, and cannot without them.",
            "Delete or change those first, or leave the rows that they refer to in the file.",
        )
    if table.strangers:
        yield _problem(
            prepared,
            "still_referred",
            f"Rows of {table.entity} that do not belong to the tenant refer to rows that would be deleted.",
            "Ask somebody who may import for all tenants.",
        )
    if table.keyless:
        yield _problem(
            prepared,
            "no_way_back",
            f"Rows of {table.entity} would be deleted or changed as well, and have no key by which they could be put"
            " back.",
            "Give the table a primary key, or delete those rows first.",
        )

    if table.unseen:
        yield _problem(
            prepared,
            "no_way_back",
            f"Rows of a table that the settings hide may be deleted or changed with those of {table.entity}, unseen.",
            "Show the table in the settings (hidden = false).",
        )


def _verb(rows: int, entity: str) -> str:
    return f"{how_many(rows, 'row')} of {entity} {'refers' if rows == 1 else 'refer'}"


def _problem(prepared: Prepared, code: str, message: str, remedy: str) -> Problem:
    return Problem(
        code=code,
        message=message,
        remedy=remedy,
        severity=Severity.ERROR,
        category=Category.INTEGRITY,
        place=Place(file=prepared.draft.given, entity=prepared.entity.title),
    )


def refuse_mirror(plan: ImportPlan) -> None:
    for problem in plan.radius.refusals if plan.radius else ():
        raise InputError(
            problem.code, f"{problem.message} Nothing was written.", remedy=problem.remedy, problems=plan.problems
        )


def confirmed(request: ImportRequest, deletes: int | None) -> ImportRequest:
    """By somebody who saw the plan."""
    return replace(request, mirror=replace(request.mirror, confirmed=deletes))


def all_confirmed(plan: BundlePlan, deletes: int | None) -> BundlePlan:
    """The same of several tables."""
    parts = (
        replace(part, request=confirmed(part.request, deletes)) if part.request.mode is Mode.MIRROR else part
        for part in plan.parts
    )
    return replace(plan, parts=tuple(parts))


def must_be_confirmed(plan: ImportPlan | BundlePlan, deletes: int | None) -> None:
    """Whoever deletes says how many."""
    if plan.blocked or deletes == plan.deletes or (deletes is None and not plan.deletes):
        return
    known = "nobody has said so" if deletes is None else f"somebody expected {deletes:,}"
    raise InputError(
        "deletes_not_confirmed",
        f"{told_of(plan)} would be deleted, and {known}. Nothing was written.",
        remedy=f"If they are to go, say how many in all: --confirm-deletes {plan.deletes}.",
        problems=plan.problems,
    )


def told_of(plan: ImportPlan | BundlePlan) -> str:
    """Table by table."""
    told = (f"{how_many(one.deleted, 'row')} of {one.entity}" for one in plan.leaving if one.deleted)
    return ", ".join(told) or "No row"
