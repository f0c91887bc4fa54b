"""What the records of one table of an import hold that another one may refer to: the table `brought_N` (`among`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.drafts import Decision
from entrepot.workbench.deciding.decide import Deciding
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
    failed = f"judged JOIN decided USING (record) WHERE decided.way IN ({deciding.numbers(Decision.FAILED)})"
    yield f"SELECT judged.record, false AS here, {given} FROM {failed} AND {good}"
