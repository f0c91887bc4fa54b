"""Values to which rows of other entities refer: a record that would change one fails, unless the database hands the
change on to these rows.

`referred_N(record)` has the records whose values are referred to, as the database compares them; `instead_N(record)`
those whose new values it takes for the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from entrepot.model.drafts import Decision
from entrepot.model.matching import Matching
from entrepot.workbench.deciding.chains import settle_chains
from entrepot.workbench.deciding.unique import after, changes
from entrepot.workbench.deciding.ways import Way

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding

CODE = "still_referred"


def referred_ways(matching: Matching) -> Iterator[Way]:
    """None is ever tried, as those of unique keys."""
    for one in matching.referred:
        yield Way("false", Decision.FAILED, one.fields[0], CODE, words=one.by)


def changing(deciding: Deciding, number: int, *, new: bool) -> str:
    """The records that would change such values, with these or with the new ones."""
    fields = deciding.matching.referred[number].fields
    values = after(deciding, fields) if new else _before(deciding.matching, fields)
    where = changes(deciding, fields) or "false"
    return f"SELECT judged.record, {', '.join(values)} FROM {deciding.chosen(Decision.UPDATED)} WHERE {where}"


def _before(matching: Matching, fields: Sequence[int]) -> Iterator[str]:
    for at in fields:
        yield f"met.b{matching.compared.index(at)}" if at in matching.compared else f"met.k{matching.key.index(at)}"


def settle_referred(deciding: Deciding) -> None:
    referred = range(len(deciding.matching.referred))
    for number in referred:
        place = next(place for place, way in enumerate(deciding.ways) if way.code == CODE) + number
        deciding.connection.execute(
            f"UPDATE decided SET way = {place:d} WHERE way IN ({deciding.numbers(Decision.UPDATED)})"
            f" AND record IN (SELECT record::BIGINT FROM referred_{number})"
            f" AND record NOT IN (SELECT record::BIGINT FROM instead_{number})"
        )
    if referred:
        settle_chains(deciding)
