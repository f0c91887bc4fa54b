"""References from one table of an import to another: what the records of the other one bring.

`brought_N(record, here, p0…)` of a part has the values that its records hold in some fields: `here`, if they become
rows or change them so, and not `here`, if they fail. What its rows hold besides, the database knows; but a row that has
the value of a record that fails is not what the file means by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.brief import MOST
from entrepot.model.drafts import Decision, TargetField
from entrepot.model.matching import Elsewhere, Matching, Referring
from entrepot.workbench.deciding.forms import equal, same_form
from entrepot.workbench.deciding.ways import PARENT_FAILED, Way

FAILED, MINE = 1 << 40, 1 << 41
"""Where the numbers of records of the other part begin that fail, and those of the own ones, for the database."""


def schema_of(part: int) -> str:
    return f"part_{part:d}" if part else "main"


def table_of(where: Elsewhere) -> str:
    return f"{schema_of(where.part)}.brought_{where.number:d}"


def beside(wanted: str, width: int, where: Elsewhere) -> str:
    """For the database: what is wanted, and before it what the other part brings, so that equal values get the numbers
    of these; those that come in first."""
    names = ", ".join(f"p{place}" for place in range(width))
    brought = f"SELECT record + CASE WHEN here THEN 0 ELSE {FAILED} END, {names} FROM {table_of(where)}"
    return f"{brought} UNION ALL SELECT record + {MINE}, * EXCLUDE (record) FROM ({wanted})"


def among(fields: Sequence[TargetField], matching: Matching, number: int, found: str, wanted: str) -> str:
    """The parents that were `found`, and those that the other part brings; values that are the same but for their
    spelling once."""
    referring = matching.references[number]
    where = referring.elsewhere
    assert where is not None
    names = [f"p{place}" for place in range(len(referring.fields))]
    forms = [same_form(fields[at].type, name) for at, name in zip(referring.fields, names, strict=True)]
    values = ", ".join(f"any_value({name}) AS {name}" for name in names)
    every = f"SELECT {', '.join(names)}, NULL::BOOLEAN AS here FROM ({found})"
    every += f" UNION ALL SELECT {', '.join(names)}, here FROM {table_of(where)}"
    if where.asked:
        mine = ", ".join(f"mine.f{at}" for at in referring.fields)
        every += (
            f" UNION ALL SELECT {mine}, theirs.here FROM ({wanted}) AS mine"
            f" JOIN doubled_{number} AS same ON same.record::BIGINT = mine.record + {MINE}"
            f" AND same.first::BIGINT < {MINE}"
            f" JOIN {table_of(where)} AS theirs ON theirs.record = same.first::BIGINT % {FAILED}"
        )
    return f"(SELECT {values}, coalesce(bool_or(here), true) AS here FROM ({every}) GROUP BY {', '.join(forms)})"


def failed_parents(fields: Sequence[TargetField], matching: Matching) -> Iterator[Way]:
    """What keeps a record out although its parent is in the other file: that fails."""
    for number, referring in enumerate(matching.references):
        where = referring.elsewhere
        if where is not None:
            at = referring.fields[0]
            record = f"coalesce(', record ' || {_first(fields, referring, where)}, '')"
            told = f"concat('''', left(judged.f{at}, {MOST:d}), '''', {record})"
            lost = f"parents{number}.here IS FALSE"
            yield Way(lost, Decision.FAILED, at, PARENT_FAILED, told=told, words=where.words)


def _first(fields: Sequence[TargetField], referring: Referring, where: Elsewhere) -> str:
    mine = [f"judged.f{at}" for at in referring.fields]
    theirs = [f"other.p{place}" for place in range(len(mine))]
    same = equal(mine, theirs, [fields[at].type for at in referring.fields])
    return f"(SELECT min(other.record) FROM {table_of(where)} AS other WHERE NOT other.here AND {same})"
