"""In which order rows are written: what waits for another record of the file comes after it.

A record waits for the one whose row gives up the value that it takes, for the one that brings the row which it refers
to, and, if it gives up a value, for those whose rows refer to it until then. All new rows are made at once, because
they may refer to each other; rows that wait for one of them change late, after them, all others before. Rows that wait
for each other change in turns. Whoever would wait for itself cannot be written: databases look at every row, not only
at the outcome.

edges(record, needs, way)    who waits for whom, and how it fails if that cannot be
late(record)                 the rows that change after others were made
turns(record, turn)          the records whose turn is not the first, counted from 0
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import duckdb

from entrepot.model.drafts import Decision
from entrepot.model.matching import Matching, Turns
from entrepot.workbench.deciding.chains import chain_of, settle_chains
from entrepot.workbench.deciding.failing import fail
from entrepot.workbench.deciding.referred import places_of, settle_referred, waiting_for_release
from entrepot.workbench.deciding.unique import CIRCLE, place_of, settle_unique, waiting
from entrepot.workbench.deciding.ways import Way

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding

MOST = 1_000
"""Turns: each is a statement of its own."""


def turn_ways(matching: Matching) -> Iterator[Way]:
    """None is ever tried, as those of unique keys."""
    for referring in matching.references:
        if referring.own and referring.waits:
            yield Way("false", Decision.FAILED, referring.fields[0], CIRCLE)


def settle(deciding: Deciding) -> None:
    """Until nothing more fails: who fails lets down whoever waits for it."""
    settle_referred(deciding)
    settle_unique(deciding)
    while settle_chains(deciding, last=True) or _arranged(deciding) or settle_referred(deciding):
        settle_chains(deciding)
        settle_unique(deciding)


def turns_of(connection: duckdb.DuckDBPyConnection) -> Turns:
    late = "record IN (SELECT record FROM late)"
    found = connection.execute(f"SELECT max(turn) FILTER (NOT {late}), max(turn) FILTER ({late}) FROM turns").fetchone()
    first, last = found or (None, None)
    early = 1 + (first or 0)
    return Turns(early=early, late=0 if last is None else 1 + last - early)


def of_turn(turn: int) -> str:
    """Joined to records, SQL that leaves those of one turn."""
    return f" LEFT JOIN turns ON turns.record = judged.record WHERE coalesce(turns.turn, 0) = {turn:d}"


def _arranged(deciding: Deciding) -> int:
    """How many records fail, because there is no order for them."""
    run = deciding.connection.execute
    run("CREATE OR REPLACE TABLE edges (record BIGINT, needs BIGINT, way USMALLINT)")
    run("CREATE OR REPLACE TABLE late (record BIGINT)")
    run("CREATE OR REPLACE TABLE turns (record BIGINT, turn INTEGER)")
    if not deciding.matching.key or not _number(deciding, f"SELECT count(*) FROM {_all(deciding, Decision.UPDATED)}"):
        return 0
    _find_edges(deciding)
    if not _find_partly_late(deciding) and not _number(deciding, "SELECT count(*) FROM edges"):
        return 0
    _find_late(deciding)
    late = "(SELECT record FROM late)"
    return _fail(deciding, f"edges WHERE needs IN {late} AND record NOT IN {late}") or _take_turns(deciding)


def _find_edges(deciding: Deciding) -> None:
    for number, unique in enumerate(deciding.matching.others):
        place = place_of(deciding, number, CIRCLE)
        there = f" AND mine.way IN ({deciding.numbers(Decision.CREATED)})" if unique.deferrable else ""
        if found := waiting(deciding, number):
            _run(deciding, f"INSERT INTO edges SELECT mine.record, free.record, {place} FROM {found}{there}")
    places = [place for place, way in enumerate(deciding.ways) if way.code == CIRCLE and way.words is None]
    own = [number for number, way in enumerate(deciding.matching.references) if way.own and way.waits]
    for number, place in enumerate(places_of(deciding)):
        if found := waiting_for_release(deciding, number):
            _run(deciding, f"INSERT INTO edges SELECT record, needs, {place} FROM ({found})")
    new = f"SELECT record FROM {_all(deciding, Decision.CREATED)}"
    for number, place in zip(own, places, strict=True):
        _run(deciding, chain_of(deciding, number, deciding.matching.references[number]))
        wanted = f"waits AND up <> record AND NOT (record IN ({new}) AND up IN ({new}))"
        _run(deciding, f"INSERT INTO edges SELECT record, up, {place} FROM chain WHERE {wanted}")
        _run(deciding, "DROP TABLE chain")


def _find_partly_late(deciding: Deciding) -> int:
    """Rows that may refer to new ones."""
    found = 0
    for partly in deciding.matching.partly:
        names = ", ".join(f"judged.f{at} AS p{place}" for place, at in enumerate(partly.own))
        rows = f"SELECT {names} FROM {deciding.chosen(Decision.CREATED)}"
        found += _run(
            deciding,
            f"INSERT INTO late SELECT judged.record FROM {deciding.chosen(Decision.UPDATED)} WHERE EXISTS (SELECT 1"
            f" FROM ({rows}) AS new WHERE {deciding.same(partly.fields, 'new.p')})"
            " AND judged.record NOT IN (SELECT record FROM late)",
        )
    return found


def _find_late(deciding: Deciding) -> None:
    """Whoever waits for a new row, and whoever waits for those."""
    new, old = (f"SELECT record FROM {_all(deciding, it)}" for it in (Decision.CREATED, Decision.UPDATED))
    waits = f"needs IN ({new}) OR needs IN (SELECT record FROM late)"
    while _run(
        deciding,
        f"INSERT INTO late SELECT DISTINCT record FROM edges WHERE ({waits}) AND record IN ({old})"
        " AND record NOT IN (SELECT record FROM late)",
    ):
        pass


def _take_turns(deciding: Deciding) -> int:
    """Whoever waits for nobody any more has the next turn, apart from those that are late, whose turns come after."""
    old, late = f"SELECT record FROM {_all(deciding, Decision.UPDATED)}", "(SELECT record FROM late)"
    _run(deciding, f"DELETE FROM edges WHERE record NOT IN ({old}) OR needs NOT IN ({old})")
    _run(deciding, f"DELETE FROM edges WHERE record IN {late} AND needs NOT IN {late}")
    turn = 0
    while _number(deciding, "SELECT count(*) FROM edges"):
        turn += 1
        _run(deciding, "CREATE OR REPLACE TABLE waiting AS SELECT DISTINCT record FROM edges")
        free = _run(deciding, "DELETE FROM edges WHERE needs NOT IN (SELECT record FROM waiting)")
        if not free or turn > MOST:
            return _fail(deciding, "edges")
        next_ones = "SELECT record FROM waiting WHERE record NOT IN (SELECT record FROM edges)"
        _run(deciding, f"INSERT INTO turns SELECT record, {turn:d} FROM ({next_ones})")
    early = 1 + _number(deciding, f"SELECT coalesce(max(turn), 0) FROM turns WHERE record NOT IN {late}")
    _run(deciding, f"UPDATE turns SET turn = turn + {early:d} WHERE record IN {late}")
    _run(
        deciding, f"INSERT INTO turns SELECT record, {early:d} FROM late WHERE record NOT IN (SELECT record FROM turns)"
    )
    return 0


def _fail(deciding: Deciding, edges: str) -> int:
    return fail(deciding, f"SELECT edges.record, edges.way FROM {edges}")


def _all(deciding: Deciding, decision: Decision) -> str:
    return f"(SELECT record FROM decided WHERE way IN ({deciding.numbers(decision)}))"


def _run(deciding: Deciding, statement: str) -> int:
    """How many rows it was about."""
    found = deciding.connection.execute(statement).fetchone()
    return int(found[0]) if found else 0


def _number(deciding: Deciding, query: str) -> int:
    return _run(deciding, query)
