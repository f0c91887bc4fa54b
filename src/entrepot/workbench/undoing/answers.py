"""Requests about a journal, answered."""

from __future__ import annotations

from entrepot.model.journals import Part
from entrepot.model.matching import Difference
from entrepot.model.undoing import Fate, KeptRow
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_undoing import (
    CompareBack,
    ComparedRows,
    LineUp,
    RefuseBack,
    SettleBack,
    SettledRows,
    ShowBack,
    StayingRows,
)
from entrepot.workbench.source import Database
from entrepot.workbench.undoing.compare import Comparing
from entrepot.workbench.undoing.settle import Settling


def compare_back(database: Database, request: CompareBack) -> ComparedRows:
    return ComparedRows(compared=Comparing(database.connection, request.part).compare())


def settle_back(database: Database, request: SettleBack) -> SettledRows:
    return SettledRows(settled=Settling(database.connection, request.parts).settle(request.beside))


def line_up(database: Database, request: LineUp) -> Done:
    """What was done last goes first: whatever hangs on a row came after it."""
    for part in request.parts:
        comparing = Comparing(database.connection, part)
        order = "n" if part.part is Part.REMOVED else "n DESC"
        database.connection.execute(
            f"CREATE OR REPLACE TABLE {comparing.line} AS SELECT n, row_number() OVER (ORDER BY {order}) AS at"
            f" FROM {comparing.table} WHERE fate = '{Fate.BACK}'"
        )
    return Done(rows=0)


def refuse_back(database: Database, request: RefuseBack) -> Done:
    comparing = Comparing(database.connection, request.part)
    numbers, words = list(request.refused), list(request.refused.values())
    database.connection.execute(
        f"INSERT INTO kept_by SELECT {request.part.number:d}, line.n, said.words, NULL FROM {comparing.line} AS line"
        " JOIN (SELECT unnest($1) AS at, unnest($2) AS words) AS said ON said.at = line.at",
        [numbers, words],
    )
    database.connection.execute(
        f"UPDATE {comparing.table} SET fate = '{Fate.REFUSED}' WHERE n IN"
        f" (SELECT line.n FROM {comparing.line} AS line JOIN (SELECT unnest($1) AS at) AS said ON said.at = line.at)",
        [numbers],
    )
    return Done(rows=len(numbers))


def show_back(database: Database, request: ShowBack) -> StayingRows:
    comparing = Comparing(database.connection, request.part)
    return StayingRows(kept=_kept(comparing, request.most), differences=_differences(comparing, request.most))


def _kept(comparing: Comparing, most: int) -> tuple[KeptRow, ...]:
    part = comparing.part
    key = ", ".join(f"was.{name}" for name in part.named(part.key))
    reasons = f"SELECT min(reason) FROM kept_by WHERE kept_by.part = {part.number:d} AND kept_by.n = was.n"
    found = comparing.connection.execute(
        f"SELECT back.fate, coalesce(({reasons}), ''), {key}"
        f" FROM {comparing.rows} AS was JOIN {comparing.table} AS back ON back.n = was.n"
        f" WHERE back.fate NOT IN ('{Fate.BACK}', '{Fate.ALREADY}') ORDER BY was.n LIMIT {most:d}"
    ).fetchall()
    return tuple(
        KeptRow(part=part.part, key=tuple(values), fate=Fate(fate), reason=reason) for fate, reason, *values in found
    )


def _differences(comparing: Comparing, most: int) -> tuple[Difference, ...]:
    """Of updated rows: what they are, and what they were."""
    part = comparing.part
    if part.part is not Part.UPDATED:
        return ()
    others = [at for at in range(len(part.columns)) if at not in part.key]
    wanted = [f"was.c{at}" for at in part.key] + [f"was.a{at}" for at in others] + [f"was.c{at}" for at in others]
    found = comparing.connection.execute(
        f"SELECT was.n, {', '.join(wanted)} FROM {comparing.rows} AS was JOIN {comparing.table} AS back"
        f" ON back.n = was.n AND back.fate = '{Fate.BACK}' ORDER BY was.n LIMIT {most:d}"
    ).fetchall()
    keys, width = len(part.key), len(others)
    return tuple(
        Difference(
            record=int(n) + 1,
            key=tuple(values[:keys]),
            before=tuple(values[keys : keys + width]),
            after=tuple(values[keys + width :]),
        )
        for n, *values in found
    )
