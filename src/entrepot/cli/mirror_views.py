"""What a mirror deletes, as a terminal shows it, and the number that somebody types before it does."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from entrepot.cli.output import say
from entrepot.cli.paper import Paper
from entrepot.cli.stopping import Stop
from entrepot.model.bundles import BundlePlan
from entrepot.model.how_many import how_many
from entrepot.model.mirrors import Leaving, Radius
from entrepot.model.plans import ImportPlan

LEAST = (8, 3, 3, 3, 8)
HEADS = ("rows of", "deleted", "changed", "in the way", "for example")


def radius(plan: ImportPlan | BundlePlan, paper: Paper) -> Iterator[str]:
    """Of several tables in one, because rows of one go with those of another."""
    parts = plan.parts if isinstance(plan, BundlePlan) else (plan,)
    mirrored = [(part, part.radius) for part in parts if part.radius is not None]
    if not mirrored:
        return
    yield from paper.heading("What would be deleted", in_all(plan.deletes))
    for part, found in mirrored:
        where = f" where {part.request.mirror.where}" if part.request.mirror.where else ""
        unnamed = f"{found.unnamed:,} of {how_many(found.scope, 'row')} of {part.entity}{where}"
        yield from paper.text(f"The file does not name {unnamed}.")
    told = [table for table in plan.leaving if table.deleted or table.emptied or table.held]
    if told:
        yield from paper.rows(HEADS, [row_of(table) for table in told], least=LEAST, right=(1, 2, 3))
    if any(table.emptied for table in told):
        yield from paper.text("What is changed loses its reference to rows that are deleted.", style="dim")


def in_all(deletes: int) -> str:
    return f"{how_many(deletes, 'row')} in all" if deletes else "no row"


def row_of(table: Leaving) -> tuple[str, ...]:
    keys = [", ".join(value or "" for value in key) for key in table.first]
    numbers = (f"{number:,}" for number in (table.deleted, table.emptied, table.held))
    return table.entity, *numbers, f"{', '.join(table.key)} {'; '.join(keys)}" if keys else ""


def radius_words(found: Radius | None) -> Iterator[str]:
    """Of a receipt."""
    for table in found.tables if found else ():
        if table.deleted:
            yield f"{how_many(table.deleted, 'row')} of {table.entity}"
        if table.emptied:
            yield f"{how_many(table.emptied, 'row')} of {table.entity} changed with them"


def typed(plan: ImportPlan | BundlePlan, paper: Paper, stop: Stop) -> bool:
    """Whether somebody types the number of rows that are deleted; only digits count."""
    rows = ", ".join(f"{how_many(table.deleted, 'row')} of {table.entity}" for table in plan.leaving if table.deleted)
    with stop.at_once():
        lines = "\n".join(paper.text(f"This deletes {rows}. Type {plan.deletes} to do it:", indent=0))
        sys.stdout.write(f"\n{lines} ")
        sys.stdout.flush()
        line = sys.stdin.readline()
    if not line:
        say()
    return line.strip() == str(plan.deletes)
