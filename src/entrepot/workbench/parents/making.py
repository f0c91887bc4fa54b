"""Values of which no row is there, as the records of parents that are to be made.

asking_N  record, p0 …    in the part of the file: values of which no row is there, each with the first record with it
asked_made  n, place, record, p0 …    those of all files; `alike_made` is what the database takes for the same of them
made  n, place, record, p0 …, m0 …    one for each parent, with what it holds besides
"""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.made import Filled, MadeParent
from entrepot.model.references import Lookup
from entrepot.workbench.deciding.among import schema_of
from entrepot.workbench.parents.finding import classes, folded
from entrepot.workbench.parents.gathering import parts
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_references import (
    AskForParents,
    GatherAsked,
    MadeRecords,
    MakeParents,
)
from entrepot.workbench.source import Database, literal

SHOWN = 100
SHOWN_ALIKE = 3


def ask_for_parents(database: Database, request: AskForParents) -> Done:
    """After they were looked up. A record that has an id besides means the row with it."""
    lookup = request.lookup
    names = parts(lookup)
    same = " AND ".join(f"one.{name} = sought.{name}" for name in names)
    filled = " AND ".join(f"trim(sought.{name}) <> ''" for name in names)
    values = ", ".join(f"arg_min(sought.{name}, sought.record) AS {name}" for name in names)
    database.connection.execute(
        f"CREATE OR REPLACE TABLE asking_{lookup.column} AS WITH classes AS ({classes(lookup)})"
        f" SELECT min(sought.record) AS record, {values} FROM sought_{lookup.column} AS sought"
        f" JOIN classes AS one ON {same} JOIN parents_{lookup.column} AS met ON met.n = one.n"
        f" WHERE met.times = 0 AND NOT met.waiting AND sought.raw IS NULL AND {filled} GROUP BY one.class"
    )
    return Done(rows=_count(database, f"asking_{lookup.column}"))


def gather_asked(database: Database, request: GatherAsked) -> Done:
    """In the order of the files and of their records."""
    names = ", ".join(f"p{at}" for at in range(request.width))
    each = " UNION ALL ".join(
        f"SELECT {place} AS place, record, {names} FROM {schema_of(part)}.asking_{column}"
        for place, (part, column) in enumerate(request.asking)
    )
    database.connection.execute(
        f"CREATE OR REPLACE TABLE asked_made AS SELECT row_number() OVER (ORDER BY place, record, {names}) AS n, *"
        f" FROM ({each})"
    )
    return Done(rows=_count(database, "asked_made"))


def make_parents(database: Database, request: MakeParents) -> MadeRecords:
    """Once for all that is the same to whoever compares them, as when parents are found."""
    lookup, connection = request.lookup, database.connection
    names = parts(lookup)
    alike = (
        "SELECT one.*, coalesce(alike.first::BIGINT, one.n) AS class FROM asked_made AS one"
        " LEFT JOIN alike_made AS alike ON alike.record::BIGINT = one.n"
    )
    if lookup.ignore_case:
        alike = f"SELECT *, min(n) OVER (PARTITION BY {folded(lookup)}) AS class FROM asked_made"
    filled = "".join(f", {_filled(one)} AS m{at}" for at, one in enumerate(request.filled))
    connection.execute(
        f"CREATE OR REPLACE TABLE made AS SELECT row_number() OVER (ORDER BY n) AS n, place, record,"
        f" {', '.join(names)}{filled} FROM ({alike}) WHERE n = class"
    )
    first = connection.execute(
        f"SELECT concat_ws(', ', {', '.join(names)}), place, record FROM made ORDER BY n LIMIT {SHOWN}"
    ).fetchall()
    found = [MadeParent(value=value, file=request.files[place], record=record) for value, place, record in first]
    return MadeRecords(count=_count(database, "made"), first=tuple(found), alike=_alike(database, lookup))


def _alike(database: Database, lookup: Lookup) -> tuple[str, ...]:
    """The database keeps them apart; people may not have meant that."""
    told = f"concat_ws(', ', {', '.join(parts(lookup))})"
    found = database.connection.execute(
        f"SELECT list({told} ORDER BY n) FROM made GROUP BY {folded(lookup)} HAVING count(*) > 1"
        " ORDER BY min(n) LIMIT 1"
    ).fetchone()
    return tuple(found[0][:SHOWN_ALIKE]) if found else ()


def _filled(one: Filled) -> str:
    texts: Sequence[str] = [f"p{piece}" if isinstance(piece, int) else literal(piece) for piece in one.pieces]
    return f"concat({', '.join(texts)})" if texts else "''"


def _count(database: Database, table: str) -> int:
    return int(database.connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
