"""What the records of a table hold in some fields, and what becomes of it: whoever refers to such a value gets the
record that brings it, or fails with the record that fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from entrepot.model.drafts import Decision, OnConflict
from entrepot.workbench.deciding.becoming import after, before, changes
from entrepot.workbench.deciding.forms import differ, same_form

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding


def lent(deciding: Deciding, columns: Sequence[int]) -> str:
    """`record, here, kept, p0…`: `here`, what rows will hold, `kept` if the row has it already; not `here`, what
    records hold that fail; NULL, what rows hold until now and not any more."""
    whole = " AND ".join(f"p{place} IS NOT NULL" for place in range(len(columns)))
    return f"SELECT * FROM ({' UNION ALL '.join(_lent(deciding, columns))}) WHERE {whole}"


def _lent(deciding: Deciding, columns: Sequence[int]) -> Iterator[str]:
    """Of records that fail for another value, too."""
    given = _named(f"judged.f{at}" for at in columns)
    yield f"SELECT judged.record, true AS here, false AS kept, {given} FROM {deciding.chosen(Decision.CREATED)}"
    if deciding.matching.key:
        rows, changed = deciding.chosen(Decision.UPDATED), changes(deciding, columns)
        kept = f"NOT ({changed})" if changed else "true"
        yield f"SELECT judged.record, true AS here, {kept} AS kept, {_named(after(deciding, columns))} FROM {rows}"
        if changed:
            then = _named(before(deciding.matching, columns))
            yield f"SELECT judged.record, NULL AS here, NULL AS kept, {then} FROM {rows} WHERE {changed}"
    good = " AND ".join(f"judged.e{at} IS NULL" for at in columns)
    if deciding.matching.patched and not _met_by(deciding, columns):
        out = "record IN (SELECT record FROM allowed) AND record NOT IN (SELECT record FROM patched)"
        yield f"SELECT record, false AS here, NULL AS kept, {given} FROM judged WHERE {out} AND {good}"
    for lost in _lost(deciding, columns):
        yield f"SELECT judged.record, false AS here, NULL AS kept, {given} FROM {lost} AND {good}"


def _met_by(deciding: Deciding, columns: Sequence[int]) -> bool:
    """Whether a row with these values is the one that the record would meet, so that it may be meant as well."""
    matching = deciding.matching
    return matching.on_conflict is not OnConflict.FAIL and set(columns) <= set(matching.key)


def _named(values: Iterable[str]) -> str:
    return ", ".join(f"{value} AS p{place}" for place, value in enumerate(values))


def _lost(deciding: Deciding, columns: Sequence[int]) -> Iterator[str]:
    """FROM and WHERE: the records that do not come in, nor are a row of theirs with these values, that others could
    mean instead. What was to be new is never the row that it met."""
    matching, stays, same = deciding.matching, _staying(deciding, columns), _same_as_row(deciding, columns)
    new = [number for number, way in enumerate(deciding.ways) if way.code == "row_exists"]
    if same is None or matching.on_conflict is OnConflict.FAIL:
        yield f"{deciding.chosen(Decision.FAILED)} {stays} WHERE true"
    else:
        listed = ", ".join(map(str, new)) or "-1"
        yield f"{deciding.chosen(Decision.FAILED, of=f'way NOT IN ({listed})')} {stays} WHERE ({same}) IS NOT TRUE"
        yield f"{deciding.chosen(Decision.FAILED, of=f'way IN ({listed})')} {stays} WHERE true"
    if same is not None:
        yield f"{deciding.chosen(Decision.SKIPPED)} WHERE met.n IS NOT NULL AND ({same}) IS NOT TRUE"


def _staying(deciding: Deciding, columns: Sequence[int]) -> str:
    """Leaves out what has the values of a record whose row stays as it is."""
    forms = [same_form(deciding.fields[at].type, f"judged.f{at}") for at in columns]
    values = ", ".join(f"{form} AS d{place}" for place, form in enumerate(forms))
    same = " AND ".join(f"{form} = stays.d{place}" for place, form in enumerate(forms))
    ways = f"{deciding.numbers(Decision.UNCHANGED)}, {deciding.numbers(Decision.SKIPPED)}"
    rows = f"SELECT {values} FROM judged JOIN decided USING (record) WHERE way IN ({ways})"
    return f"ANTI JOIN ({rows}) AS stays ON {same}"


def _same_as_row(deciding: Deciding, columns: Sequence[int]) -> str | None:
    """SQL of whether the row that a record met has its values; None: the rows were not asked for them."""
    matching = deciding.matching
    if not matching.key or not set(columns) <= {*matching.key, *matching.compared}:
        return None
    others = [at for at in columns if at not in matching.key]
    pairs = [(f"judged.f{at}", f"met.b{matching.compared.index(at)}", deciding.fields[at].type) for at in others]
    return " AND ".join(["met.n IS NOT NULL", *(f"NOT ({differ(*pair)})" for pair in pairs)])
