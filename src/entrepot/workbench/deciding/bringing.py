"""What the records of one table of an import hold that another one may refer to: the table `brought_N` (`among`)."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.brought import Brought
from entrepot.workbench.deciding.decide import Deciding
from entrepot.workbench.deciding.forms import same_form
from entrepot.workbench.deciding.lending import lent
from entrepot.workbench.deciding.scope import within


def bring(deciding: Deciding, number: int, columns: Sequence[int]) -> None:
    _keep(deciding, number, columns, lent(deciding, columns))


def hope(deciding: Deciding, number: int, columns: Sequence[int]) -> None:
    """As if all came in that nothing is wrong with."""
    given = ", ".join(f"judged.f{at} AS p{place}" for place, at in enumerate(columns))
    good = [f"judged.e{at} IS NULL" for at in range(len(deciding.fields))]
    good += [f"judged.f{at} IS NOT NULL" for at in columns]
    rows = f"SELECT judged.record, true AS here, {given} FROM judged WHERE {' AND '.join(good)}"
    _keep(deciding, number, columns, rows)


def brought(deciding: Deciding, number: int, columns: Sequence[int], *, here: bool) -> str:
    """SQL of the records whose own values are held by rows, or that fail. A row that keeps another value than the
    record says holds that; the database knows it."""
    own = " AND ".join(f"other.p{place} IS NOT DISTINCT FROM judged.f{at}" for place, at in enumerate(columns))
    whose = f"other.here AND {own}" if here else "NOT other.here"
    scope = within(deciding.matching, "judged.record")
    joined = f"brought_{number:d} AS other JOIN judged ON judged.record = other.record AND {scope}"
    return f"SELECT DISTINCT other.record FROM {joined} WHERE {whose}"


def tell_again(deciding: Deciding, number: int, columns: Sequence[int], told: Brought) -> None:
    """What became of records in transactions before. What rows hold, the database knows by now; of it only what a
    record that failed has, too, is kept, so that it is not lost. Where texts may not say that, all of it."""
    spans = [(span, here) for here, some in ((True, told.here), (False, told.lost)) for span in some]
    deciding.connection.execute(
        "CREATE OR REPLACE TEMP TABLE told_again AS SELECT unnest(?::BIGINT[]) AS low, unnest(?::BIGINT[]) AS high,"
        " unnest(?::BOOLEAN[]) AS here",
        [[span.first for span, _ in spans], [span.last for span, _ in spans], [here for _, here in spans]],
    )
    given = [f"judged.f{at} AS p{place}" for place, at in enumerate(columns)]
    given += [f"{same_form(deciding.fields[at].type, f'judged.f{at}')} AS d{place}" for place, at in enumerate(columns)]
    joined = "judged JOIN told_again AS told ON judged.record BETWEEN told.low AND told.high"
    rows = f"SELECT judged.record, told.here, {', '.join(given)} FROM {joined}"
    if not told.whole:
        same = " AND ".join(f"lost.d{place} = rows.d{place}" for place, _ in enumerate(columns))
        both = f"SELECT 1 FROM told_rows AS lost WHERE NOT lost.here AND {same}"
        rows = f"WITH told_rows AS ({rows}) SELECT * FROM told_rows AS rows WHERE NOT here OR EXISTS ({both})"
    _keep(deciding, number, columns, rows)


def _keep(deciding: Deciding, number: int, columns: Sequence[int], rows: str) -> None:
    names = ", ".join(["record", "here", *(f"p{place}" for place in range(len(columns)))])
    deciding.connection.execute(f"CREATE OR REPLACE TABLE brought_{number:d} AS SELECT {names} FROM ({rows})")
