"""Which records are decided about, and what somebody decided about them before."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from entrepot.model.drafts import Blank, OnConflict
from entrepot.model.matching import Matching, Ruling
from entrepot.workbench.bands import inside
from entrepot.workbench.deciding.gaps import Gaps
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_judging import RuleRecords
from entrepot.workbench.source import Database, literal


def rule_records(database: Database, request: RuleRecords) -> Done:
    """`left_out(record)` has those that are skipped, `ruled(record, does)` those with a strategy of their own."""
    connection = database.connection
    skipped = [ruling for ruling in request.rulings if ruling.does is OnConflict.SKIP]
    others = [ruling for ruling in request.rulings if ruling.does is not OnConflict.SKIP]
    connection.execute("CREATE OR REPLACE TABLE left_out (record BIGINT)")
    connection.execute("CREATE OR REPLACE TABLE ruled (record BIGINT, does VARCHAR)")
    for ruling in skipped:
        connection.execute("INSERT INTO left_out SELECT unnest(range(?, ?))", bounds(ruling))
    for ruling in others:
        connection.execute("INSERT INTO ruled SELECT unnest(range(?, ?)), ?", [*bounds(ruling), str(ruling.does)])
    for table in ("staged", "faulty"):
        connection.execute(f"DELETE FROM {table} WHERE record IN (SELECT record FROM left_out)")
    return Done(rows=removed(connection, "DELETE FROM rejected WHERE record IN (SELECT record FROM left_out)"))


def bounds(ruling: Ruling) -> list[int]:
    return [ruling.first, ruling.last + 1]


def removed(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    return int(connection.execute(statement).fetchall()[0][0])


def within(matching: Matching, record: str) -> str:
    """SQL of the condition that a record is one of those that are decided about."""
    here = [f"{record} IN (SELECT record FROM patched)"] if matching.patched else []
    if matching.scope is not None:
        here.append(inside(matching.scope, record))
    return " AND ".join(here) or "true"


def skips(matching: Matching) -> bool:
    return matching.leaves_out or any(ruling.does is OnConflict.SKIP for ruling in matching.rulings)


def strategies(matching: Matching) -> Sequence[OnConflict]:
    """What single records do instead of the rule for all."""
    return sorted({ruling.does for ruling in matching.rulings if ruling.does is not OnConflict.SKIP})


def joined(matching: Matching) -> str:
    """With the own strategy of each record that has one."""
    return " LEFT JOIN ruled ON ruled.record = judged.record" if strategies(matching) else ""


def does(strategy: OnConflict) -> str:
    return f"ruled.does = {literal(str(strategy))}"


def after(number: int, matching: Matching, gaps: Gaps = frozenset()) -> str:
    """SQL of what a compared field will hold: an overwritten row has what the file has, a merged one keeps more."""
    rest = written(number, matching, matching.on_conflict, gaps)
    branches = [
        f"WHEN {does(strategy)} THEN {written(number, matching, strategy, gaps)}"
        for strategy in strategies(matching)
        if strategy is not OnConflict.FAIL
    ]
    return f"CASE {' '.join(branches)} ELSE {rest} END" if branches else rest


def written(number: int, matching: Matching, strategy: OnConflict, gaps: Gaps) -> str:
    """What the record lacks stays as it is."""
    at, theirs = matching.compared[number], f"met.b{number}"
    mine = f"CASE WHEN judged.a{at} THEN {theirs} ELSE judged.f{at} END" if at in gaps else f"judged.f{at}"
    if strategy in (OnConflict.OVERWRITE, OnConflict.VERSION) or matching.blank is Blank.CLEAR:
        return mine
    return f"coalesce({mine}, {theirs})" if matching.blank is Blank.KEEP else f"coalesce({theirs}, {mine})"
