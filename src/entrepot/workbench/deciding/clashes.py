"""Cells of a workbook that somebody changed, and whose field somebody else changed to something else since the export.

`clash(record, place, both)` has them, by the numbers of their fields, with both values in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import duckdb

from entrepot.model.baselines import Comparing, Covered
from entrepot.model.drafts import FieldCount, TargetField
from entrepot.model.failing import CLASH
from entrepot.model.matching import Matching
from entrepot.workbench.baselines.comparing import digest
from entrepot.workbench.baselines.digests import digest_at, form
from entrepot.workbench.deciding import meeting
from entrepot.workbench.deciding.differing import differing
from entrepot.workbench.deciding.forms import differ
from entrepot.workbench.deciding.scope import joined, within
from entrepot.workbench.deciding.ways import CLASHED, compares

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding

SHOWN_CHARACTERS = 200


def find_clashes(deciding: Deciding) -> Iterator[str]:
    """Statements that make the table; only rows that would change can have any."""
    comparing = deciding.matching.baseline
    if comparing is None:
        return
    yield "CREATE OR REPLACE TABLE clash (record BIGINT, place INTEGER, words VARCHAR)"
    if compares(deciding.matching):
        yield from (clashing(deciding, comparing, cell) for cell in comparing.cells if is_written(deciding, cell))


def is_written(deciding: Deciding, cell: Covered) -> bool:
    return cell.field in deciding.matching.compared


def clashing(deciding: Deciding, comparing: Comparing, cell: Covered) -> str:
    matching = deciding.matching
    number = matching.compared.index(cell.field)
    mine, theirs = deciding.after(number), f"met.b{number}"
    changed = f"{digest(comparing, cell, form(cell.kind, theirs))} <> {digest_at(cell.place, 'd')}"
    return (
        f"INSERT INTO clash SELECT judged.record, {cell.field},"
        f" {shown(mine)} || ' in the workbook, and to ' || {shown(theirs)} || ' in the database'"
        f" FROM judged{joined(matching)} JOIN {differing(matching)} AS differing ON differing.record = judged.record"
        f" JOIN based ON based.record = judged.record AND NOT based.u{cell.column}"
        f" JOIN {meeting.rows(matching, [number])} AS met ON met.record = judged.record"
        f" WHERE {within(matching, 'judged.record')} AND {changed}"
        f" AND {differ(mine, theirs, deciding.fields[cell.field].type)}"
    )


def shown(value: str) -> str:
    """As the words of findings show it."""
    cut = (
        f"CASE WHEN length({value}) > {SHOWN_CHARACTERS} THEN left({value}, {SHOWN_CHARACTERS}) || '…' ELSE {value} END"
    )
    return f"coalesce('''' || {cut} || '''', 'nothing')"


def tell_clashes(deciding: Deciding) -> Iterator[str]:
    """Statements that put them among the findings of `judge`, of records that fail for them."""
    matching = deciding.matching
    if matching.baseline is None:
        return
    here = within(matching, "record")
    yield f"DELETE FROM findings WHERE code = '{CLASH}' AND {here}"
    yield (
        f"INSERT INTO findings (record, place, code, value, warning) SELECT record, place, '{CLASH}', words, false"
        f" FROM clash JOIN decided USING (record) WHERE {here} AND way IN ({ways_of(deciding)})"
    )


def ways_of(deciding: Deciding) -> str:
    return ", ".join(str(n) for n, way in enumerate(deciding.ways) if way.when.startswith(CLASHED)) or "-1"


def told_clashes(
    connection: duckdb.DuckDBPyConnection, fields: Sequence[TargetField], matching: Matching
) -> list[FieldCount]:
    if matching.baseline is None:
        return []
    found = connection.execute(
        f"SELECT place, count(*) FROM findings WHERE code = '{CLASH}' GROUP BY place ORDER BY place"
    ).fetchall()
    return [FieldCount(field=fields[place].name, code=CLASH, records=count) for place, count in found]
