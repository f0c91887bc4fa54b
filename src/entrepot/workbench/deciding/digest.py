"""One number for everything that was decided, so that two moments can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.model.drafts import Decision
from entrepot.workbench.deciding.ways import compares

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding


def digest_of(deciding: Deciding) -> str:
    """Creations are told by their number, because the draft says which they are; all else by record, and where a
    row changes, by what it was. What stays out stays out, whatever for."""
    new, changed, out = (
        f"way IN ({deciding.numbers(decision)})" for decision in (Decision.CREATED, deciding.changing, Decision.FAILED)
    )
    told = f"CASE WHEN {out} THEN concat(record, ' failed') ELSE concat(record, ' ', way) END"
    others = [f"SELECT {_number(told)} AS number FROM decided WHERE NOT {new}"]
    if compares(deciding.matching):
        was = _number("concat(record, ' was ', was)")
        others.append(f"SELECT {was} AS number FROM decided JOIN differing USING (record) WHERE {changed}")
    if deciding.matching.versions is not None:
        newest = _number("concat(record, ' newest ', v)")
        others.append(f"SELECT {newest} AS number FROM (SELECT decided.record, v FROM decided JOIN existing USING (n))")
    statements = (
        f"SELECT count(*) FROM decided WHERE {new}",
        f"SELECT coalesce(sum(number), 0) FROM ({' UNION ALL '.join(others)})",
    )
    count, total = (deciding.connection.execute(statement).fetchall()[0][0] for statement in statements)
    return f"{count}-{int(total) % (1 << 128):032x}"


def _number(text: str) -> str:
    return f"md5_number_lower({text})::HUGEINT"
