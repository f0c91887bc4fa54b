"""Created rows to which others refer by now: they stay, and so does whatever they refer to themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from entrepot.model.undoing import BackPart, Blocking, Fate
from entrepot.workbench.deciding.forms import equal
from entrepot.workbench.source import literal
from entrepot.workbench.undoing.compare import Comparing


def block(comparing: Comparing, blocking: Sequence[Blocking]) -> Mapping[str, int]:
    """How many rows of which entity keep others from being deleted."""
    more = True
    while more:
        more = False
        for one in blocking:
            more = _found(comparing, one) or more
    counts = comparing.connection.execute(
        "SELECT entity, count(DISTINCT child) FROM blocked GROUP BY entity"
    ).fetchall()
    return dict(counts)


def _found(comparing: Comparing, blocking: Blocking) -> bool:
    """Whether more rows must stay than before."""
    children = f"children_{blocking.number}"
    staying = _staying(comparing.part, children) if blocking.own else "true"
    types = [comparing.part.types[at] for at in blocking.columns]
    ours = [f"was.c{at}" for at in blocking.columns]
    theirs = [f"{children}.p{number}" for number in range(len(ours))]
    comparing.connection.execute(
        f"INSERT INTO blocked SELECT was.n, {literal(blocking.entity)}, {children}.n FROM {comparing.rows} AS was"
        f" JOIN {comparing.table} AS back ON back.n = was.n AND back.fate IN ('{Fate.BACK}', '{Fate.BLOCKED}')"
        f" JOIN {children} ON {equal(ours, theirs, types)} WHERE {staying}"
    )
    found = comparing.connection.execute(
        f"UPDATE {comparing.table} SET fate = '{Fate.BLOCKED}' WHERE fate = '{Fate.BACK}'"
        " AND n IN (SELECT n FROM blocked)"
    ).fetchone()
    return bool(found and found[0])


def _staying(part: BackPart, children: str) -> str:
    """SQL: the child is no row that goes as well."""
    types = [part.types[at] for at in part.key]
    mine = [f"{children}.i{number}" for number in range(len(types))]
    theirs = [f"leaving.c{at}" for at in part.key]
    return (
        f"NOT EXISTS (SELECT 1 FROM journal_created AS leaving JOIN back_created AS gone ON gone.n = leaving.n"
        f" AND gone.fate = '{Fate.BACK}' WHERE {equal(mine, theirs, types)})"
    )
