"""Values that no two rows may have: of records that were decided about, those fail that would give one twice.

`unique_N(record, k0…, h0…)` has the rows that hold a value which a record would give, by their key,
`unique_doubled_N(record, first)` the records whose values equal those of an earlier one. Whoever fails for it stays
out, so what referred to it, or was to have what its row gives up, stays out as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from entrepot.model.brief import MOST
from entrepot.model.drafts import Decision
from entrepot.model.matching import Matching, Unique
from entrepot.workbench.deciding.becoming import after, changes
from entrepot.workbench.deciding.chains import settle_chains
from entrepot.workbench.deciding.failing import fail
from entrepot.workbench.deciding.forms import same_form
from entrepot.workbench.deciding.ways import Way
from entrepot.workbench.source import literal

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding

TWICE, TAKEN, CIRCLE = CODES = "duplicate_in_file", "value_taken", "waits_for_itself"
"""Of each key, in this order."""


def unique_ways(matching: Matching) -> Iterator[Way]:
    """None of them is ever tried: what goes them is found when all others were decided about."""
    for number, unique in enumerate(matching.others):
        given = ", ', ', ".join(
            f"{literal(f'{title} ')}, left(coalesce(judged.f{at}, ''), {MOST:d})"
            for at, title in zip(unique.fields, unique.titles, strict=True)
        )
        places = (_first(number), _holder(number, unique), "' comes from a record that has to wait for this one'")
        for code, where in zip(CODES, places, strict=True):
            told, words = f"concat({given}, {where})", ", ".join(unique.titles)
            yield Way("false", Decision.FAILED, unique.fields[0], code, told=told, words=words)


def _first(number: int) -> str:
    found = f"(SELECT min(d.first::BIGINT) FROM unique_doubled_{number} AS d WHERE d.record::BIGINT = judged.record)"
    return f"' stands in record ', {found}, ' already'"


def _holder(number: int, unique: Unique) -> str:
    if not unique.holder:
        return "' is that of another row'"
    key = ", ', ', ".join(f"{literal(f'{title} ')}, h.h{at}" for at, title in enumerate(unique.holder))
    found = f"(SELECT min(concat({key})) FROM unique_{number} AS h WHERE h.record::BIGINT = judged.record)"
    return f"' is that of the row with ', {found}"


def given(deciding: Deciding, number: int) -> str:
    """The records that would give whole values, with these; a row that keeps what it has gives nothing."""
    fields = deciding.matching.others[number].fields
    values = ", ".join(f"judged.f{at} AS u{place}" for place, at in enumerate(fields))
    whole = " AND ".join(f"u{place} IS NOT NULL" for place in range(len(fields)))
    new = f"way IN ({deciding.numbers(Decision.CREATED)})"
    rows = f"SELECT judged.record, {values} FROM judged JOIN decided USING (record) WHERE {new}"
    if changing := changes(deciding, fields):
        then = ", ".join(f"{value} AS u{place}" for place, value in enumerate(after(deciding, fields)))
        changed = deciding.chosen(Decision.UPDATED)
        rows += f" UNION ALL SELECT judged.record, {then} FROM {changed} WHERE {changing}"
    return f"SELECT * FROM ({rows}) WHERE {whole}"


def find_doubles(deciding: Deciding, number: int) -> None:
    """By their texts."""
    fields, rows = deciding.matching.others[number].fields, given(deciding, number)
    forms = [same_form(deciding.fields[at].type, f"u{place}") for place, at in enumerate(fields)]
    named = ", ".join(f"{form} AS d{place}" for place, form in enumerate(forms))
    same = " AND ".join(f"{form} = d{place}" for place, form in enumerate(forms))
    twice = f"SELECT {named}, min(record) AS first FROM ({rows}) GROUP BY ALL HAVING count(*) > 1"
    deciding.connection.execute(
        f"INSERT INTO unique_doubled_{number} SELECT 0, record, first FROM ({rows}) JOIN ({twice}) ON {same}"
        " WHERE record <> first"
    )


def settle_unique(deciding: Deciding) -> None:
    others = range(len(deciding.matching.others))
    for number in others:
        _fail(deciding, number, TWICE, f"SELECT record::BIGINT FROM unique_doubled_{number}")
    if others:
        settle_chains(deciding)
    while sum(_fail(deciding, number, TAKEN, _taken(deciding, number)) for number in others):
        settle_chains(deciding)


def place_of(deciding: Deciding, number: int, code: str) -> int:
    """Of a way, among all."""
    first = next(place for place, way in enumerate(deciding.ways) if way.words is not None and way.code in CODES)
    return first + len(CODES) * number + CODES.index(code)


def waiting(deciding: Deciding, number: int) -> str:
    """FROM and WHERE: the records that would have a value, `mine`, and those that make its row give it up, `free`;
    empty: there are none."""
    changing = changes(deciding, deciding.matching.others[number].fields)
    if not changing or not deciding.connection.execute(f"SELECT 1 FROM unique_{number} LIMIT 1").fetchone():
        return ""
    key = range(len(deciding.matching.key))
    names = ", ".join(f"met.k{at}" for at in key)
    same = " AND ".join(f"free.k{at} = held.k{at}" for at in key)
    free = f"SELECT judged.record, {names} FROM {deciding.chosen(Decision.UPDATED)} WHERE {changing}"
    size = deciding.matching.batch_size
    in_time = f" AND (free.record - 1) // {size:d} <= (mine.record - 1) // {size:d}" if size else ""
    return (
        f"unique_{number} AS held JOIN decided AS mine ON mine.record = held.record::BIGINT"
        f" AND mine.way NOT IN ({deciding.numbers(Decision.FAILED)}) JOIN ({free}) AS free ON {same}"
        f" WHERE free.record <> mine.record{in_time}"
    )


def _taken(deciding: Deciding, number: int) -> str:
    """The records that would give what another row has, and keeps."""
    held, key = f"SELECT held.record::BIGINT FROM unique_{number} AS held", deciding.matching.key
    if not key:
        return held
    own = " AND ".join(f"own.k{at} = held.k{at}" for at in range(len(key)))
    given_up = waiting(deciding, number)
    free = f" AND held.record::BIGINT NOT IN (SELECT mine.record FROM {given_up})" if given_up else ""
    return (
        f"{held} JOIN decided AS mine ON mine.record = held.record::BIGINT"
        f" LEFT JOIN existing AS own ON own.n = mine.n AND {own} WHERE own.n IS NULL{free}"
    )


def _fail(deciding: Deciding, number: int, code: str, records: str) -> int:
    return fail(deciding, f"SELECT record, {place_of(deciding, number, code):d} FROM ({records}) AS mine(record)")
