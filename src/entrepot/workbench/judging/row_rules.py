"""Rules of whole rows. What breaks one is a finding of the first field that the rule is about, with all values that it
compares; where it is an error, that field has it, and the record goes the way of all records with errors.

valued      the records, their fields cleaned and checked
broken      record, eN    those that a rule of rows keeps out
judged      the one with the other laid over it
"""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.baselines import Comparing
from entrepot.model.drafts import TargetField
from entrepot.model.rules import RowRule
from entrepot.workbench.baselines.whole import lacking, whole
from entrepot.workbench.judging.conditions import holds
from entrepot.workbench.judging.expressions import quoted
from entrepot.workbench.source import Database, literal

SHOWN_CHARACTERS = 200


def check_rows(
    database: Database, fields: Sequence[TargetField], rules: Sequence[RowRule], comparing: Comparing | None
) -> None:
    """Add to `findings` what breaks a rule."""
    if not rules:
        return
    cells = lacking(database.connection, "valued", comparing) if comparing else ()
    known = frozenset(cell.field for cell in cells)
    broken = [f"({breaks(rule, fields)} AND {concerns(rule, known)})" for rule in rules]
    told = ", ".join(
        f"CASE WHEN {bad} THEN {finding(rule, fields)} END" for rule, bad in zip(rules, broken, strict=True)
    )
    database.connection.execute(
        "INSERT INTO findings SELECT record, found.place, found.code, found.value, found.warning, found.words FROM"
        f" (SELECT record, unnest(CASE WHEN {' OR '.join(broken)} THEN [{told}] END) AS found"
        f" FROM {whole(database.connection, 'valued', fields, comparing)}) WHERE found IS NOT NULL"
    )


def breaks(rule: RowRule, fields: Sequence[TargetField]) -> str:
    return f"coalesce(NOT {holds(rule.condition, fields)}, {str(rule.strict).lower()})"


def concerns(rule: RowRule, known: frozenset[int]) -> str:
    """A rule about nothing but cells of a workbook that nobody changed is not asked."""
    numbers = rule.condition.fields
    unchanged = " AND ".join(f"a{at}" for at in numbers)
    return f"NOT ({unchanged})" if known.issuperset(numbers) else "true"


def finding(rule: RowRule, fields: Sequence[TargetField]) -> str:
    numbers = rule.condition.fields
    return (
        f"{{'place': {numbers[0]}, 'code': {literal(rule.code)}, 'value': {values(numbers, fields)},"
        f" 'warning': {str(rule.warning).lower()}, 'words': {quoted(rule.words)}}}"
    )


def values(numbers: Sequence[int], fields: Sequence[TargetField]) -> str:
    """Of one field its value alone, of several each with its name."""
    shown = [f"coalesce(left(f{at}, {SHOWN_CHARACTERS}), 'nothing')" for at in numbers]
    if len(shown) == 1:
        return f"left(f{numbers[0]}, {SHOWN_CHARACTERS})"
    named = [f"{quoted(fields[at].name + ': ')} || {text}" for at, text in zip(numbers, shown, strict=True)]
    return " || ', ' || ".join(named)


def lay_over(database: Database) -> None:
    """Make the view `judged` of `valued` and all that was found up to now; what no field is to blame for counts against
    the first."""
    connection = database.connection
    columns = [name for name, *_ in connection.execute("DESCRIBE valued").fetchall()]
    found = connection.execute(
        "SELECT DISTINCT coalesce(place, 0) AS blamed FROM findings"
        " WHERE words IS NOT NULL AND NOT warning ORDER BY blamed"
    ).fetchall()
    blamed = [f"e{int(place)}" for (place,) in found]
    if not blamed:
        connection.execute("CREATE OR REPLACE VIEW judged AS SELECT * FROM valued")
        return
    codes = ", ".join(f"min(code) FILTER (coalesce(place, 0) = {int(place)}) AS e{int(place)}" for (place,) in found)
    connection.execute(
        f"CREATE OR REPLACE TABLE broken AS SELECT record, {codes} FROM findings"
        " WHERE words IS NOT NULL AND NOT warning GROUP BY record"
    )
    laid = ", ".join(
        f"coalesce(valued.{name}, broken.{name}) AS {name}" if name in blamed else f"valued.{name}" for name in columns
    )
    connection.execute(
        f"CREATE OR REPLACE VIEW judged AS SELECT {laid} FROM valued LEFT JOIN broken ON valued.record = broken.record"
    )
