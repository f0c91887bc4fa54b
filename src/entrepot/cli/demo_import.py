"""The part of the demonstration that brings a file in, and takes it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.model.plans import ImportPlan
    from entrepot.service.entrepot import Entrepot

PRICES = """\
id,name,unit_price
1,Wild sencha,169.00
2,Smoked gouda,"139,90"
3,Sweet paprika,79.80
4,Fine cider,43.00
"""
"""Two other prices, one that is the same, and one that is none."""


def show_import(service: Entrepot, folder: Path, told: Callable[[str], None]) -> None:
    from entrepot.model.drafts import Errors, Mode
    from entrepot.model.plans import ImportRequest

    file = folder / "prices.csv"
    file.write_text(PRICES, encoding="utf-8")
    request = ImportRequest(entity="products", mode=Mode.UPDATE, errors=Errors.SKIP)
    plan = service.preview(file, request)
    told(f"\n5. A preview of {file.name}, which writes nothing: {counted(plan)}.\n")
    _show_problems(plan, told)
    receipt = service.apply(plan.plan_id)
    undone = service.undo(receipt.job)
    told(f"\n6. Imported as planned, and taken back: {undone.restored:,} rows have their old values again.")


def counted(plan: ImportPlan) -> str:
    return ", ".join(f"{count:,} {decision}" for decision, count in plan.counts.items() if count)


def _show_problems(plan: ImportPlan, told: Callable[[str], None]) -> None:
    from entrepot.cli.output import describe

    for problem in plan.problems:
        told(f"   {problem.severity}: {describe(problem)}")
    for difference in plan.differences:
        pairs = zip(plan.compared, difference.before, difference.after, strict=True)
        changed = ", ".join(f"{name} {before} → {after}" for name, before, after in pairs if before != after)
        told(f"   {', '.join(plan.key)} {', '.join(map(str, difference.key))}: {changed}")
