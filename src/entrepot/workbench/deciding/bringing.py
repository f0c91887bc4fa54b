"""What the records of one table of an import hold that another one may refer to: the table `brought_N` (`among`)."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.brought import Brought
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


def brought(number: int, columns: Sequence[int], *, here: bool) -> str:
    """SQL of the records whose own values are held by rows, or that fail. A row that keeps another value than the
    record says holds that; the database knows it."""
    own = " AND ".join(f"other.p{place} IS NOT DISTINCT FROM judged.f{at}" for place, at in enumerate(columns))
    whose = f"other.here AND {own}" if here else "NOT other.here"
    return f"SELECT DISTINCT record FROM brought_{number:d} AS other JOIN judged USING (record) WHERE {whose}"


def tell_again(deciding: Deciding, number: int, columns: Sequence[int], told: Brought) -> None:
    """What became of records in transactions before: rows hold it, or they failed."""
    given = ", ".join(f"judged.f{at} AS p{place}" for place, at in enumerate(columns))
    spans = [(span, here) for here, some in ((True, told.here), (False, told.lost)) for span in some]
    deciding.connection.execute(
        "CREATE OR REPLACE TEMP TABLE told_again AS SELECT unnest(?::BIGINT[]) AS low, unnest(?::BIGINT[]) AS high,"
        " unnest(?::BOOLEAN[]) AS here",
        [[span.first for span, _ in spans], [span.last for span, _ in spans], [here for _, here in spans]],
    )
    joined = "judged JOIN told_again AS told ON judged.record BETWEEN told.low AND told.high"
    _keep(deciding, number, columns, f"SELECT judged.record, told.here, {given} FROM {joined}")


def _keep(deciding: Deciding, number: int, columns: Sequence[int], rows: str) -> None:
    names = ", ".join(["record", "here", *(f"p{place}" for place in range(len(columns)))])
    deciding.connection.execute(f"CREATE OR REPLACE TABLE brought_{number:d} AS SELECT {names} FROM ({rows})")
