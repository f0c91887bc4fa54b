"""References from one table of an import to another: what the records of the other one bring.

`brought_N(record, here, p0…)` of a part has the values that its records hold in some fields: `here`, if they become
rows or change them so, and not `here`, if they fail; NULL, what their rows give up. What its rows hold besides, the
database knows; but a row that has the value of a record that fails is not what the file means by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.brief import MOST
from entrepot.model.drafts import Decision, TargetField
from entrepot.model.matching import Elsewhere, Matching, Referring
from entrepot.workbench.deciding.forms import equal, same_form
from entrepot.workbench.deciding.ways import PARENT_FAILED, Way

FAILED, GONE, MINE = 1 << 40, 2 << 40, 3 << 40
"""Where the numbers of records of the other part begin that fail, of those whose rows give up what they hold, and of
the own ones, for the database."""
NUMBER = f"record + CASE WHEN here THEN 0 WHEN NOT here THEN {FAILED} ELSE {GONE} END"

LET_DOWN = "let_down"
"""The records whose parents are in their own file and fail, each with its parent."""


def schema_of(part: int) -> str:
    return f"part_{part:d}" if part else "main"


def table_of(where: Elsewhere) -> str:
    return f"{schema_of(where.part)}.brought_{where.number:d}"


def theirs(where: Elsewhere) -> str:
    """What one row gives up another one may hold, if it may be there more than once."""
    return table_of(where) if where.alone else f"(SELECT * FROM {table_of(where)} WHERE here IS NOT NULL)"


def beside(wanted: str, width: int, where: Elsewhere) -> str:
    """For the database: what is wanted, and before it what the other part brings, so that equal values get the numbers
    of these; those that come in first."""
    names = ", ".join(f"p{place}" for place in range(width))
    brought = f"SELECT {NUMBER}, {names} FROM {theirs(where)}"
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
    every = f"SELECT {', '.join(names)}, NULL::BOOLEAN AS here, false AS gone FROM ({found})"
    every += f" UNION ALL SELECT {', '.join(names)}, here, here IS NULL FROM {theirs(where)}"
    if where.asked:
        mine = ", ".join(f"mine.f{at}" for at in referring.fields)
        every += (
            f" UNION ALL SELECT {mine}, theirs.here, theirs.here IS NULL FROM ({wanted}) AS mine"
            f" JOIN doubled_{number} AS same ON same.record::BIGINT = mine.record + {MINE}"
            f" AND same.first::BIGINT < {MINE}"
            f" JOIN (SELECT here, {NUMBER} AS number FROM {theirs(where)}) AS theirs"
            " ON theirs.number = same.first::BIGINT"
        )
    here = "coalesce(bool_or(here), CASE WHEN bool_or(gone) THEN NULL ELSE true END)"
    return f"(SELECT {values}, {here} AS here FROM ({every}) GROUP BY {', '.join(forms)})"


def failed_parents(fields: Sequence[TargetField], matching: Matching) -> Iterator[Way]:
    """What keeps a record out although its parent is in a file: that fails. In its own file, `chains` finds out."""
    for number, referring in enumerate(matching.references):
        where, at = referring.elsewhere, referring.fields[0]
        if where is not None:
            told, lost = _told(fields, at, _first(fields, referring, where), where), f"parents{number}.here IS FALSE"
            yield Way(lost, Decision.FAILED, at, PARENT_FAILED, told=told, words=where.words)
        elif referring.own:
            told = _told(
                fields, at, f"(SELECT min(down.parent) FROM {LET_DOWN} AS down WHERE down.record = judged.record)"
            )
            yield Way("false", Decision.FAILED, at, PARENT_FAILED, told=told, words="this file")


def _told(fields: Sequence[TargetField], at: int, record: str, where: Elsewhere | None = None) -> str:
    """What stands for a key that is not known yet tells nobody anything."""
    value, field = f"judged.f{at}", fields[at]
    if field.own_id:
        value = said(field.found, value)
    elif field.found is not None and where is not None and where.own_ids:
        new = f"SELECT key FROM {schema_of(where.part)}.ids_{where.own_ids} WHERE kind = 'new'"
        value = f"CASE WHEN {value} IN ({new}) THEN {said(field.found, value)} ELSE {value} END"
    return f"concat('''', left({value}, {MOST:d}), '''', coalesce(', record ' || {record}, ''))"


def _first(fields: Sequence[TargetField], referring: Referring, where: Elsewhere) -> str:
    mine = [f"judged.f{at}" for at in referring.fields]
    theirs = [f"other.p{place}" for place in range(len(mine))]
    same = equal(mine, theirs, [fields[at].type for at in referring.fields])
    return f"(SELECT min(other.record) FROM {table_of(where)} AS other WHERE NOT other.here AND {same})"


def said(found: int | None, value: str) -> str:
    """SQL of what the file has where `value` was found."""
    return f"coalesce((SELECT any_value(o.value) FROM outcome_{found} AS o WHERE o.record = judged.record), {value})"
