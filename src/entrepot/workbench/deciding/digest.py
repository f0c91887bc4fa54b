"""One number for everything that was decided, so that two moments can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.model.drafts import Decision

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding


def digest_of(deciding: Deciding) -> str:
    """Creations are told by their number, because the draft says which they are; all else by record, and where a
    row changes, by what it was. What stays out stays out, whatever for."""
    new, changed, out = (
        f"way IN ({deciding.numbers(decision)})" for decision in (Decision.CREATED, Decision.UPDATED, Decision.FAILED)
    )
    values = [f"met.b{number}" for number in range(len(deciding.matching.compared))] if deciding.matching.key else []
    before = "".join(f", '|', strlen({value}), ':', {value}" for value in values)
    told = f"CASE WHEN {changed} THEN concat(decided.record, ' ', way{before})"
    told += f" WHEN {out} THEN concat(decided.record, ' failed') ELSE concat(decided.record, ' ', way) END"
    met = "LEFT JOIN existing AS met ON met.n = decided.n" if deciding.matching.key else ""
    created = f"SELECT count(*) FROM decided WHERE {new}"
    number = f"md5_number_lower({told})::HUGEINT"
    others = f"SELECT coalesce(sum({number}), 0) FROM decided {met} WHERE NOT {new}"
    count, total = (deciding.connection.execute(statement).fetchall()[0][0] for statement in (created, others))
    return f"{count}-{int(total) % (1 << 128):032x}"
