"""One pass over the rows. Most values of most files are canonical as they stand, so only the *odd* records are kept:
those in which something was found or became another text. `judged` is the file with these laid over it.
"""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.drafts import FieldCount, Finding, Judged, TargetField
from entrepot.workbench.judging.layers import concluded, examined, graded
from entrepot.workbench.judging.patterns import check_patterns
from entrepot.workbench.judging.sources import source
from entrepot.workbench.judging.ways import ways_of
from entrepot.workbench.source import Database

SHOWN_CHARACTERS = 200
"""Longer values are cut in findings."""
LOOKED_AT = 10_000
"""Records from which the share of odd ones is guessed; a wrong guess costs time only."""
MOST_ODD = 0.5
"""With more of them, a table of all records is cheaper than a join."""


def judge(database: Database, fields: Sequence[TargetField]) -> Judged:
    """Make the view `judged`, and the tables `odd` and `findings`, for all records of `staged`."""
    check_patterns(database.connection, fields)
    gaps = bool(number(database, "SELECT count(*) FROM (SELECT 1 FROM absent LIMIT 1)"))
    database.connection.execute(f"CREATE OR REPLACE VIEW examined AS {examined(fields, gaps=gaps)}")
    whole = mostly_odd(database)
    database.connection.execute(f"CREATE OR REPLACE TABLE odd AS {kept(fields, gaps, whole=whole)}")
    database.connection.execute(f"CREATE OR REPLACE VIEW judged AS {judged(fields, gaps, whole=whole)}")
    database.connection.execute(
        "CREATE OR REPLACE TABLE findings AS SELECT record, found.place AS place, found.code AS code,"
        " found.value AS value, found.warning AS warning FROM (SELECT record, unnest(found) AS found FROM odd)"
    )
    return summary(database, fields)


def number(database: Database, query: str) -> int:
    return int(database.connection.execute(query).fetchall()[0][0])


def mostly_odd(database: Database) -> bool:
    first = f"(SELECT odd FROM examined WHERE record <= {LOOKED_AT})"
    found = database.connection.execute(f"SELECT count(*), count(*) FILTER (odd) FROM {first}").fetchall()[0]
    return bool(found[1] > found[0] * MOST_ODD)


def kept(fields: Sequence[TargetField], gaps: bool, *, whole: bool) -> str:
    """Chosen by `unnest`, which makes no row of NULL: a WHERE would be pushed down, and everything calculated twice."""
    query = graded(fields, gaps=gaps)
    values = [f"f{at}" for at, _ in enumerate(fields)]
    if not whole:
        query = f"SELECT *, unnest(CASE WHEN odd THEN [true] END) AS one FROM ({query})"
        values = [f"CASE WHEN {other(at, field)} THEN f{at} END AS f{at}" for at, field in enumerate(fields)]
        values += [f"{other(at, field)} AS o{at}" for at, field in enumerate(fields)]
    changed = [f"{way.condition} AS c{number}" for number, way in enumerate(ways_of(fields))]
    shown = ", ".join(["record", *values, *told(fields, gaps), *changed, f"{found(fields)} AS found"])
    return f"SELECT {shown} FROM ({concluded(fields, query, gaps=gaps)})"


def told(fields: Sequence[TargetField], gaps: bool) -> list[str]:
    return [f"{letter}{at}" for letter in ("ewa" if gaps else "ew") for at, _ in enumerate(fields)]


def other(at: int, field: TargetField) -> str:
    """Whether the value is not the text that the file has."""
    cleaned = field.steps or field.default is not None
    return f"(NOT q{at} OR x{at} IS DISTINCT FROM s{at})" if cleaned else f"NOT q{at}"


def found(fields: Sequence[TargetField]) -> str:
    """The list of what is to be told about a record; NULL for nearly all."""
    places = range(len(fields))
    clean = " AND ".join(f"e{at} IS NULL AND w{at} IS NULL" for at in places) or "true"
    all_told = ", ".join(f"{finding(at, 'e', 'false')}, {finding(at, 'w', 'true')}" for at in places)
    return f"CASE WHEN {clean} THEN NULL ELSE list_filter([{all_told}], lambda one: one IS NOT NULL) END"


def finding(at: int, letter: str, warning: str) -> str:
    value = f"left(s{at}, {SHOWN_CHARACTERS})"
    return (
        f"CASE WHEN {letter}{at} IS NOT NULL"
        f" THEN {{'place': {at}, 'code': {letter}{at}, 'value': {value}, 'warning': {warning}}} END"
    )


def judged(fields: Sequence[TargetField], gaps: bool, *, whole: bool) -> str:
    """All other values are in it as the file has them; the records, in its order."""
    if whole:
        return (
            f"SELECT {', '.join(['record', *(f'f{at}' for at, _ in enumerate(fields)), *told(fields, gaps)])} FROM odd"
        )
    shown = [f"CASE WHEN o{at} THEN f{at} ELSE {source(field)} END AS f{at}" for at, field in enumerate(fields)]
    shown += [f"{letter}{at}" for letter in "ew" for at, _ in enumerate(fields)]
    shown += [f"coalesce(a{at}, false) AS a{at}" for at, _ in enumerate(fields) if gaps]
    return f"SELECT {', '.join(['staged.record', *shown])} FROM staged LEFT JOIN odd ON staged.record = odd.record"


def summary(database: Database, fields: Sequence[TargetField]) -> Judged:
    rows = database.connection.execute(
        "SELECT place, code, warning, count(*) FROM findings GROUP BY ALL ORDER BY place, code"
    ).fetchall()
    counts = {
        kind: tuple(
            FieldCount(field=fields[place].name, code=code, records=records)
            for place, code, warning, records in rows
            if warning == kind
        )
        for kind in (False, True)
    }
    return Judged(
        errors=counts[False],
        warnings=counts[True],
        changes=changes(database, fields),
        failed=number(database, "SELECT count(DISTINCT record) FROM findings WHERE NOT warning"),
    )


def changes(database: Database, fields: Sequence[TargetField]) -> tuple[FieldCount, ...]:
    ways = ways_of(fields)
    if not ways:
        return ()
    asked = ", ".join(f"count(*) FILTER (c{number})" for number, _ in enumerate(ways))
    row = database.connection.execute(f"SELECT {asked} FROM odd").fetchall()[0]
    return tuple(
        FieldCount(field=fields[way.field].name, code=way.by, records=records)
        for way, records in zip(ways, row, strict=True)
        if records
    )


def severity(warning: object) -> str:
    return "warning" if warning else "error"


def findings(database: Database, fields: Sequence[TargetField], offset: int, most: int) -> tuple[Finding, ...]:
    """A page of what `judge` found, by record and field."""
    rows = database.connection.execute(
        "SELECT record, place, code, value, warning FROM findings ORDER BY record, place, warning LIMIT ? OFFSET ?",
        [most, offset],
    ).fetchall()
    return tuple(
        Finding(record=record, field=fields[place].name, code=code, value=value, severity=severity(warning))
        for record, place, code, value, warning in rows
    )
