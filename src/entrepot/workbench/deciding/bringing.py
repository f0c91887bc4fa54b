"""What the records of one table of an import hold that another one may refer to: the table `brought_N` (`among`)."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.workbench.deciding.decide import Deciding
from entrepot.workbench.deciding.lending import lent


def bring(deciding: Deciding, number: int, columns: Sequence[int]) -> None:
    _keep(deciding, number, columns, lent(deciding, columns))


def hope(deciding: Deciding, number: int, columns: Sequence[int]) -> None:
    """As if all came in that nothing is wrong with."""
    given = ", ".join(f"judged.f{at} AS p{place}" for place, at in enumerate(columns))
    good = [f"judged.e{at} IS NULL" for at in range(len(deciding.fields))]
    good += [f"judged.f{at} IS NOT NULL" for at in columns]
    rows = f"SELECT judged.record, true AS here, {given} FROM judged WHERE {' AND '.join(good)}"
    _keep(deciding, number, columns, rows)


def _keep(deciding: Deciding, number: int, columns: Sequence[int], rows: str) -> None:
    names = ", ".join(["record", "here", *(f"p{place}" for place in range(len(columns)))])
    deciding.connection.execute(f"CREATE OR REPLACE TABLE brought_{number:d} AS SELECT {names} FROM ({rows})")
