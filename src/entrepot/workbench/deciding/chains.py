"""Records that refer to other records of the file come in only if those do, and those that they refer to, and so on.

A record that fails goes before a row that has what it holds: whoever refers to that means the record. A chain may be
as long as the file, so it is not walked: every record first knows the one that it refers to, then the one two steps on,
then four, …
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from entrepot.model.drafts import Decision
from entrepot.model.matching import Referring
from entrepot.workbench.deciding.among import LET_DOWN
from entrepot.workbench.deciding.becoming import changes
from entrepot.workbench.deciding.failing import fail
from entrepot.workbench.deciding.forms import same_form
from entrepot.workbench.deciding.lending import lent
from entrepot.workbench.deciding.meeting import known_parents
from entrepot.workbench.deciding.ways import LOST, PARENT_FAILED

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding


def begin_chains(deciding: Deciding) -> None:
    deciding.connection.execute(f"CREATE OR REPLACE TABLE {LET_DOWN} (record BIGINT, parent BIGINT)")
    settle_chains(deciding)


def settle_chains(deciding: Deciding, *, last: bool = False) -> int:
    """How many records fail now that did not before. With two references of one kind a record that is lost by the one
    may be needed by the other. What rows give up is looked at `last`, when it is known which of them change."""
    references = enumerate(deciding.matching.references)
    own = [
        (number, way)
        for number, way in references
        if way.own and (not last or (way.alone and changes(deciding, way.own)))
    ]
    lost = 0
    while found := sum(_settled(deciding, number, way, last=last) for number, way in own):
        lost += found
    return lost


def _settled(deciding: Deciding, number: int, referring: Referring, *, last: bool) -> int:
    connection = deciding.connection
    connection.execute(chain_of(deciding, number, referring, last=last))
    records, lost = _counted(deciding)
    for _ in range(records.bit_length() if lost else 0):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE chain AS SELECT chain.record, next.up, chain.parent,"
            " chain.lost OR coalesce(next.lost, false) AS lost"
            " FROM chain LEFT JOIN chain AS next ON next.record = chain.up"
        )
    _fail(deciding, number)
    _, lost = _counted(deciding)
    connection.execute("DROP TABLE chain")
    return lost


def _fail(deciding: Deciding, number: int) -> None:
    lost = next(place for place, way in enumerate(deciding.ways) if way.code == LOST) + number
    let_down = [place for place, way in enumerate(deciding.ways) if way.code == PARENT_FAILED]
    there = [at for at, way in enumerate(deciding.matching.references) if way.own or way.elsewhere is not None]
    way = f"CASE WHEN chain.parent IS NULL THEN {lost:d} ELSE {let_down[there.index(number)]:d} END"
    deciding.connection.execute(
        f"INSERT INTO {LET_DOWN} SELECT record, parent FROM chain WHERE lost AND parent IS NOT NULL"
    )
    fail(deciding, f"SELECT record, {way} FROM chain WHERE lost")


def _counted(deciding: Deciding) -> tuple[int, int]:
    found = deciding.connection.execute("SELECT count(*), count(*) FILTER (lost) FROM chain").fetchone()
    records, lost = found or (0, 0)
    return int(records), int(lost)


def chain_of(deciding: Deciding, number: int, referring: Referring, *, last: bool = True) -> str:
    """The records whose parents are not simply there: with the one that brings each, `up`, and `parent`, which may be
    one that fails as well. `waits`: no row has until then what is referred to."""
    there = " AND ".join(f"judged.f{at} IS NOT NULL" for at in referring.fields)
    names = [f"p{place}" for place in range(len(referring.fields))]
    gone = "coalesce(mine.gone, false)" if last and referring.alone else "false"
    found = _each(
        deciding, referring.fields, f"SELECT {', '.join(names)} FROM ({known_parents(deciding.matching, number)})"
    )
    told = _each(
        deciding,
        referring.own,
        lent(deciding, referring.own),
        ", min(record) FILTER (here) AS up, coalesce(bool_or(here AND kept), false) AS kept,"
        " min(record) FILTER (NOT here) AS failing, bool_or(here IS NULL) AS gone",
    )
    return (
        "CREATE OR REPLACE TEMP TABLE chain AS SELECT judged.record, mine.up, mine.up IS NULL AS lost,"
        f" coalesce(mine.up, mine.failing) AS parent, old.here IS NULL OR {gone} AS waits FROM judged"
        f" JOIN decided ON decided.record = judged.record AND NOT decided.way IN ({deciding.numbers(Decision.FAILED)})"
        f" LEFT JOIN {found} AS old ON {deciding.same(referring.fields, 'old.p')}"
        f" LEFT JOIN {told} AS mine ON {deciding.same(referring.fields, 'mine.p')} WHERE {there}"
        " AND NOT coalesce(mine.kept, false)"
        f" AND (old.here IS NULL OR mine.up IS NOT NULL OR mine.failing IS NOT NULL OR {gone})"
    )


def _each(deciding: Deciding, fields: Sequence[int], rows: str, more: str = "") -> str:
    """Values that are the same but for their spelling once."""
    forms = ", ".join(same_form(deciding.fields[at].type, f"p{place}") for place, at in enumerate(fields))
    values = ", ".join(f"any_value(p{place}) AS p{place}" for place in range(len(fields)))
    return f"(SELECT {values}, true AS here{more} FROM ({rows}) GROUP BY {forms})"
