"""The first rows that would change, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from entrepot.model.drafts import Decision
from entrepot.model.matching import Difference
from entrepot.workbench.deciding.differing import parts

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding

Row = tuple[str | None, ...]


def differences(deciding: Deciding, most: int) -> list[Difference]:
    """The records are chosen before their values are fetched, and these in parts: DuckDB needs room for thousands of
    rows of each column that it is asked for, however few there are."""
    matching = deciding.matching
    records = first(deciding, deciding.changing, most) if matching.key else []
    if not records:
        return []
    keys = values(deciding, records, [f"judged.f{at}" for at in matching.key])
    before, after = (dict.fromkeys(records, Row()) for _ in range(2))
    for some in parts(matching):
        known = values(deciding, records, [f"met.b{number}" for number in some])
        given = values(deciding, records, [shown(deciding, number) for number in some])
        before = {record: before[record] + known[record] for record in records}
        after = {record: after[record] + given[record] for record in records}
    return [Difference(record=it, key=keys[it], before=before[it], after=after[it]) for it in records]


def shown(deciding: Deciding, number: int) -> str:
    """SQL of a new value; of a row that is not there yet it is the id that the file has."""
    value, field = deciding.after(number), deciding.fields[deciding.matching.compared[number]]
    if not field.own_id:
        return value
    new = f"SELECT any_value(link.own) FROM links_{field.found} AS link WHERE link.kind = 'new' AND link.key = {value}"
    return f"coalesce('new: ' || ({new}), {value})"


def first(deciding: Deciding, decision: Decision, most: int) -> list[int]:
    statement = (
        f"SELECT record::BIGINT FROM decided WHERE way IN ({deciding.numbers(decision)}) ORDER BY record LIMIT {most:d}"
    )
    return [record for (record,) in deciding.connection.execute(statement).fetchall()]


def values(deciding: Deciding, records: Sequence[int], wanted: Sequence[str]) -> dict[int, Row]:
    """By record."""
    some = f"decided.record IN ({', '.join(map(str, records))})"
    rows = deciding.connection.execute(
        f"SELECT judged.record::BIGINT, {', '.join(wanted)} FROM {deciding.chosen(deciding.changing, of=some)}"
    ).fetchall()
    return {record: tuple(row) for record, *row in rows}
