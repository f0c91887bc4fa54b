"""Records that refer to other records of the file come in only if those do, and those that they refer to, and so on.

A chain may be as long as the file, so it is not walked: every record first knows the one that it refers to, then the
one two steps on, then four, …
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from entrepot.model.drafts import Decision
from entrepot.model.matching import Referring
from entrepot.workbench.deciding.meeting import known_parents
from entrepot.workbench.deciding.ways import LOST

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding


def settle_chains(deciding: Deciding) -> None:
    """With two references of one kind a record that is lost by the one may be needed by the other."""
    while any(_settled(deciding, number, way) for number, way in _own(deciding)):
        pass


def _own(deciding: Deciding) -> Iterator[tuple[int, Referring]]:
    return ((number, way) for number, way in enumerate(deciding.matching.references) if way.own)


def _settled(deciding: Deciding, number: int, referring: Referring) -> int:
    """How many records fail now that did not before."""
    connection = deciding.connection
    connection.execute(chain_of(deciding, number, referring))
    records, lost = _counted(deciding)
    for _ in range(records.bit_length() if lost else 0):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE chain AS SELECT chain.record, next.up,"
            " chain.lost OR coalesce(next.lost, false) AS lost"
            " FROM chain LEFT JOIN chain AS next ON next.record = chain.up"
        )
    way = next(place for place, way in enumerate(deciding.ways) if way.code == LOST) + number
    connection.execute(f"UPDATE decided SET way = {way:d} WHERE record IN (SELECT record FROM chain WHERE lost)")
    _, lost = _counted(deciding)
    connection.execute("DROP TABLE chain")
    return lost


def _counted(deciding: Deciding) -> tuple[int, int]:
    found = deciding.connection.execute("SELECT count(*), count(*) FILTER (lost) FROM chain").fetchone()
    records, lost = found or (0, 0)
    return int(records), int(lost)


def chain_of(deciding: Deciding, number: int, referring: Referring) -> str:
    """The records whose parents are not in the database, with the record that brings each, if there is one."""
    width = range(len(referring.fields))
    there = " AND ".join(f"judged.f{at} IS NOT NULL" for at in referring.fields)
    found = deciding.same(referring.fields, "old.p")
    names = ", ".join(f"p{at}" for at in width)
    return (
        "CREATE OR REPLACE TEMP TABLE chain AS SELECT judged.record, brought.record AS up,"
        " brought.record IS NULL AS lost FROM judged"
        f" JOIN decided ON decided.record = judged.record AND NOT decided.way IN ({deciding.numbers(Decision.FAILED)})"
        f" ANTI JOIN ({known_parents(deciding.matching, number)}) AS old ON {found}"
        f" LEFT JOIN (SELECT {names}, min(record) AS record FROM ({_brought(deciding, referring)}) GROUP BY ALL)"
        f" AS brought ON {deciding.same(referring.fields, 'brought.p')} WHERE {there}"
    )


def _brought(deciding: Deciding, referring: Referring) -> str:
    """What is referred to, of new rows and of those that get it now."""
    new = ", ".join(f"judged.f{at} AS p{number}" for number, at in enumerate(referring.own))
    selects = [f"SELECT judged.record, {new} FROM {deciding.chosen(Decision.CREATED)}"]
    matching = deciding.matching
    if matching.key:
        places = {at: deciding.after(number) for number, at in enumerate(matching.compared)}
        values = (f"{places.get(at, f'judged.f{at}')} AS p{number}" for number, at in enumerate(referring.own))
        selects.append(f"SELECT judged.record, {', '.join(values)} FROM {deciding.chosen(Decision.UPDATED)}")
    return " UNION ALL ".join(selects)
