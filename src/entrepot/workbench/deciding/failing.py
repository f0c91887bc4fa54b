"""Records that fail for what was decided about others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.model.drafts import Decision
from entrepot.workbench.bands import update

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding


def fail(deciding: Deciding, found: str) -> int:
    """`found` is SQL of records and of the way that each goes instead; those that fail already stay where they are. How
    many of them fail now that did not before."""
    made = deciding.connection.execute(
        "CREATE OR REPLACE TEMP TABLE failing AS SELECT found.record, min(found.way) AS way"
        f" FROM ({found}) AS found(record, way) JOIN decided ON decided.record = found.record"
        f" AND decided.way NOT IN ({deciding.numbers(Decision.FAILED)}) GROUP BY found.record"
    )
    if made.fetchall() == [(0,)]:
        return 0
    failing = "way = failing.way FROM failing"
    return update(deciding.connection, "decided", failing, "failing.record = decided.record")
