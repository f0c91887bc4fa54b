"""One pass over the rows. Most values of most files are canonical as they stand, so only the *odd* records are kept:
those in which something was found or became another text. `judged` is the file with these laid over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.baselines import Comparing
from entrepot.model.drafts import FieldCount, Finding, Judged, TargetField
from entrepot.model.rules import RowRule
from entrepot.workbench.judging.faulty import add_faulty
from entrepot.workbench.judging.layers import concluded, examined, graded
from entrepot.workbench.judging.patterns import check_patterns
from entrepot.workbench.judging.row_rules import check_rows, lay_over
from entrepot.workbench.judging.sources import leaving, source
from entrepot.workbench.judging.strings import with_strings
from entrepot.workbench.judging.ways import ways_of
from entrepot.workbench.parents.telling import tell
from entrepot.workbench.source import Database

SHOWN_CHARACTERS = 200
"""Longer values are cut in findings."""
LOOKED_AT = 10_000
"""Records from which the share of odd ones is guessed; a wrong guess costs time only."""
FIELDS_AT_ONCE = 50
MOST_ODD = 0.5
"""With more of them, a table of all records is cheaper than a join."""


def judge(
    database: Database,
    fields: Sequence[TargetField],
    rules: Sequence[RowRule] = (),
    comparing: Comparing | None = None,
) -> Judged:
    """Make the view `judged` and the table `findings` for all records of `staged`; for every part of the fields, a view
    `examined_N` and a table `odd_N`; and what row_rules.py says."""
    connection = database.connection
    check_patterns(connection, fields)
    fields = with_strings(connection, fields)
    for statement in leaving(fields):
        connection.execute(statement)
    gaps = bool(number(database, "SELECT count(*) FROM (SELECT 1 FROM absent LIMIT 1)"))
    connection.execute(
        "CREATE OR REPLACE TABLE findings"
        " (record BIGINT, place INTEGER, code VARCHAR, value VARCHAR, warning BOOLEAN, words VARCHAR)"
    )
    whole = False
    for part, (start, some) in enumerate(parts(fields)):
        connection.execute(f"CREATE OR REPLACE VIEW examined_{part} AS {examined(some, gaps=gaps)}")
        whole = len(some) == len(fields) and mostly_odd(database)
        connection.execute(f"CREATE OR REPLACE TABLE odd_{part} AS {kept(some, gaps, whole=whole)}")
        connection.execute(
            f"INSERT INTO findings SELECT record, found.place + {start}, found.code, found.value, found.warning, NULL"
            f" FROM (SELECT record, unnest(found) AS found FROM odd_{part})"
        )
    odd = [part for part, _ in enumerate(parts(fields)) if number(database, f"SELECT count(*) FROM odd_{part}")]
    connection.execute(f"CREATE OR REPLACE VIEW valued AS {valued(fields, gaps, odd, whole=whole)}")
    add_faulty(database, fields)
    check_rows(database, fields, rules, comparing)
    tell(database, fields)
    lay_over(database)
    return summary(database, fields)


def parts(fields: Sequence[TargetField]) -> list[tuple[int, Sequence[TargetField]]]:
    """So many at a time that what DuckDB needs to plan and run them fits into its memory; with their first place."""
    starts = range(0, len(fields), FIELDS_AT_ONCE) or (0,)
    return [(start, fields[start : start + FIELDS_AT_ONCE]) for start in starts]


def number(database: Database, query: str) -> int:
    return int(database.connection.execute(query).fetchall()[0][0])


def mostly_odd(database: Database) -> bool:
    first = f"(SELECT odd FROM examined_0 WHERE record <= {LOOKED_AT})"
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


def valued(fields: Sequence[TargetField], gaps: bool, odd: Sequence[int], *, whole: bool) -> str:
    """The odd records of those parts that have any. All other values are in it as the file has them; the records, in
    its order."""
    if whole:
        names = [f"f{at}" for at, _ in enumerate(fields)]
        return f"SELECT {', '.join(['record', *names, *told(fields, gaps)])} FROM odd_0"
    columns = [
        column
        for letter in ("fewa" if gaps else "few")
        for part, (start, some) in enumerate(parts(fields))
        for column in (laid_over(letter, f"odd_{part}", start, some) if part in odd else bare(letter, start, some))
    ]
    joined = [f"LEFT JOIN odd_{part} ON staged.record = odd_{part}.record" for part in odd]
    return f"SELECT {', '.join(['staged.record', *columns])} FROM staged {' '.join(joined)}"


def bare(letter: str, start: int, fields: Sequence[TargetField]) -> Iterator[str]:
    """The columns of a part in which no record is odd: each join less is room for as many columns of a wide table."""
    for at, field in enumerate(fields):
        value = source(field) if letter == "f" else "false" if letter == "a" else "NULL::VARCHAR"
        yield f"{value} AS {letter}{start + at}"


def laid_over(letter: str, odd: str, start: int, fields: Sequence[TargetField]) -> Iterator[str]:
    """The columns of one letter of one part."""
    for at, field in enumerate(fields):
        kept = f"{odd}.{letter}{at}"
        if letter == "f":
            kept = f"CASE WHEN {odd}.o{at} THEN {kept} ELSE {source(field)} END"
        elif letter == "a":
            kept = f"coalesce({kept}, false)"
        yield f"{kept} AS {letter}{start + at}"


def summary(database: Database, fields: Sequence[TargetField]) -> Judged:
    rows = database.connection.execute(
        "SELECT place, code, words, warning, count(*) FROM findings GROUP BY ALL ORDER BY place, code, words"
    ).fetchall()
    counts = {
        kind: tuple(
            FieldCount(field=name_of(fields, place), code=code, words=words, records=records)
            for place, code, words, warning, records in rows
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
    counted: list[FieldCount] = []
    for part, (_, some) in enumerate(parts(fields)):
        ways = ways_of(some)
        asked = ", ".join(f"count(*) FILTER (c{number})" for number, _ in enumerate(ways)) or "count(*)"
        row = database.connection.execute(f"SELECT {asked} FROM odd_{part}").fetchall()[0]
        counted += [
            FieldCount(field=some[way.field].name, code=way.by, records=records)
            for way, records in zip(ways, row, strict=False)
            if records
        ]
    return tuple(counted)


def name_of(fields: Sequence[TargetField], place: int | None) -> str | None:
    """None: the record as a whole."""
    return None if place is None else fields[place].name


def severity(warning: object) -> str:
    return "warning" if warning else "error"


def findings(database: Database, fields: Sequence[TargetField], offset: int, most: int) -> tuple[Finding, ...]:
    """A page of what `judge` found, by record and field."""
    rows = database.connection.execute(
        "SELECT record, place, code, value, warning, words FROM findings"
        " ORDER BY record, place, warning, code, words LIMIT ? OFFSET ?",
        [most, offset],
    ).fetchall()
    return tuple(
        Finding(
            record=record, field=name_of(fields, place), code=code, value=value, severity=severity(warning), words=words
        )
        for record, place, code, value, warning, words in rows
    )
