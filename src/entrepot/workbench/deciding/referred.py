"""Values to which rows refer: a record that would change one fails, unless the database hands the change on to these
rows. Rows of the same entity may be changed by the file as well: then they go first.

`referred_N(record)` has the records whose values are referred to, as the database compares them; `instead_N(record)`
those whose new values it takes for the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from entrepot.model.drafts import Decision
from entrepot.model.matching import Matching
from entrepot.workbench.deciding.becoming import after, before, changes
from entrepot.workbench.deciding.chains import settle_chains
from entrepot.workbench.deciding.failing import fail
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
    values = after(deciding, fields) if new else before(deciding.matching, fields)
    where = changes(deciding, fields) or "false"
    return f"SELECT judged.record, {', '.join(values)} FROM {deciding.chosen(Decision.UPDATED)} WHERE {where}"


def places_of(deciding: Deciding) -> list[int]:
    """Of these ways, one for each reference."""
    return [place for place, way in enumerate(deciding.ways) if way.code == CODE]


def _held(number: int) -> str:
    return f"referred_{number} AS held WHERE held.record NOT IN (SELECT record FROM instead_{number})"


def _leaving_behind(deciding: Deciding, number: int) -> str:
    """The records whose values rows would go on to refer to."""
    held = f"SELECT held.record::BIGINT AS record FROM {_held(number)}"
    released = releasing(deciding, number)
    if not released:
        return held
    key = range(len(deciding.matching.key))
    same = " AND ".join(f"one.k{at} = held.k{at}" for at in key)
    return f"{held} AND NOT EXISTS (SELECT 1 FROM ({released}) AS one WHERE {same})"


def releasing(deciding: Deciding, number: int) -> str:
    """The records that change what rows of the same entity refer to, with the keys of these; empty: there are none."""
    changing = changes(deciding, deciding.matching.referred[number].own or ())
    keys = ", ".join(f"met.k{at}" for at in range(len(deciding.matching.key)))
    if not changing:
        return ""
    return f"SELECT judged.record, {keys} FROM {deciding.chosen(Decision.UPDATED)} WHERE {changing}"


def waiting_for_release(deciding: Deciding, number: int) -> str:
    """Who gives up a value, `record`, and who refers to it until then, `needs`; empty: nobody."""
    released = releasing(deciding, number)
    if not released:
        return ""
    same = " AND ".join(f"one.k{at} = held.k{at}" for at in range(len(deciding.matching.key)))
    going = f"mine.way IN ({deciding.numbers(Decision.UPDATED)})"
    return (
        f"SELECT mine.record, one.record AS needs FROM (SELECT * FROM {_held(number)}) AS held"
        f" JOIN decided AS mine ON mine.record = held.record::BIGINT AND {going}"
        f" JOIN ({released}) AS one ON {same} WHERE one.record <> mine.record"
    )


def settle_referred(deciding: Deciding) -> int:
    """How many records fail now that did not before."""
    failing = 0
    for number, place in enumerate(places_of(deciding)):
        failing += fail(
            deciding,
            f"SELECT record, {place:d} FROM decided WHERE way IN ({deciding.numbers(Decision.UPDATED)})"
            f" AND record IN (SELECT record FROM ({_leaving_behind(deciding, number)}))",
        )
    if failing:
        settle_chains(deciding)
    return failing
