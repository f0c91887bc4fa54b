"""What is wrong with a file, in one form for all formats."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from entrepot.model.errors import DamagedError
from entrepot.model.problems import Place, Problem


def damaged(code: str, fact: str, place: Place) -> DamagedError:
    """`fact` completes «In this file, …»."""
    problem = Problem(code=code, message=f"In this file, {fact}.", place=place)
    remedy = "Get an undamaged copy, or say how it was written."
    return DamagedError(code, f"Damaged file ({place.describe()}): {fact}.", remedy=remedy, problems=(problem,))


def check_names(wanted: Sequence[str], found: Sequence[str], path: str) -> None:
    """The same columns, in any order, each once."""
    if sorted(wanted) == sorted(found):
        return
    missing = [name for name in wanted if name not in found]
    extra = [name for name in found if name not in wanted]
    facts = [f"columns are missing: {', '.join(missing)}"] * bool(missing)
    facts += [f"columns are unexpected: {', '.join(extra)}"] * bool(extra)
    raise damaged("wrong_columns", "; ".join(facts) or "a column appears twice", Place(file=Path(path).name))
