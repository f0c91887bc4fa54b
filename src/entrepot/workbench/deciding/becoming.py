"""What the rows that records met hold in some fields, and what they will hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from entrepot.model.matching import Matching
from entrepot.workbench.deciding.forms import differ

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding


def before(matching: Matching, fields: Sequence[int]) -> Iterator[str]:
    for at in fields:
        yield f"met.b{matching.compared.index(at)}" if at in matching.compared else f"met.k{matching.key.index(at)}"


def after(deciding: Deciding, fields: Sequence[int]) -> Iterator[str]:
    key, compared = deciding.matching.key, deciding.matching.compared
    for at in fields:
        yield deciding.after(compared.index(at)) if at in compared else f"met.k{key.index(at)}"


def changes(deciding: Deciding, fields: Sequence[int]) -> str:
    """SQL of whether a row gets another value, at least by its spelling; empty: it cannot."""
    compared = deciding.matching.compared
    places = [compared.index(at) for at in fields if at in compared]
    return " OR ".join(
        differ(deciding.after(place), f"met.b{place}", deciding.fields[compared[place]].type) for place in places
    )
