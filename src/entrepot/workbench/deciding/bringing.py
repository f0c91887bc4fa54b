"""What the records of one table of an import hold that another one may refer to: the table `brought_N` (`among`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.drafts import Decision, OnConflict
from entrepot.workbench.deciding.decide import Deciding
from entrepot.workbench.deciding.forms import differ, same_form
from entrepot.workbench.deciding.unique import after


def bring(deciding: Deciding, number: int, columns: Sequence[int]) -> None:
    _keep(deciding, number, columns, " UNION ALL ".join(_brought(deciding, columns)))


def hope(deciding: Deciding, number: int, columns: Sequence[int]) -> None:
    """As if all came in that nothing is wrong with."""
    given = ", ".join(f"judged.f{at} AS p{place}" for place, at in enumerate(columns))
    good = " AND ".join(f"judged.e{at} IS NULL" for at in range(len(deciding.fields)))
    _keep(deciding, number, columns, f"SELECT judged.record, true AS here, {given} FROM judged WHERE {good}")


def _keep(deciding: Deciding, number: int, columns: Sequence[int], rows: str) -> None:
    whole = " AND ".join(f"p{place} IS NOT NULL" for place in range(len(columns)))
    deciding.connection.execute(f"CREATE OR REPLACE TABLE brought_{number:d} AS SELECT * FROM ({rows}) WHERE {whole}")


def _brought(deciding: Deciding, columns: Sequence[int]) -> Iterator[str]:
    """Of records that fail for another value, too."""
    given = ", ".join(f"judged.f{at} AS p{place}" for place, at in enumerate(columns))
    yield f"SELECT judged.record, true AS here, {given} FROM {deciding.chosen(Decision.CREATED)}"
    if deciding.matching.key:
        then = ", ".join(f"{value} AS p{place}" for place, value in enumerate(after(deciding, columns)))
        yield f"SELECT judged.record, true AS here, {then} FROM {deciding.chosen(Decision.UPDATED)}"
    good = " AND ".join(f"judged.e{at} IS NULL" for at in columns)
    for lost in _lost(deciding, columns):
        yield f"SELECT judged.record, false AS here, {given} FROM {lost} AND {good}"


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
