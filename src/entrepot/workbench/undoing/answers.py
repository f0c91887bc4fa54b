"""Requests about a journal, answered."""

from __future__ import annotations

from entrepot.model.journals import Part
from entrepot.model.matching import Difference
from entrepot.model.undoing import Fate, KeptRow
from entrepot.workbench.deciding.emit import copy
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_undoing import BlockBack, CompareBack, ComparedRows, GiveBack, ShowBack, StayingRows
from entrepot.workbench.source import Database
from entrepot.workbench.undoing.block import block
from entrepot.workbench.undoing.compare import Comparing


def compare_back(database: Database, request: CompareBack) -> ComparedRows:
    return ComparedRows(compared=Comparing(database.connection, request.part).compare())


def block_back(database: Database, request: BlockBack) -> ComparedRows:
    comparing = Comparing(database.connection, request.part)
    counts = block(comparing, request.blocking)
    return ComparedRows(compared=comparing.compared(), blocked_by=dict(counts))


def give_back(database: Database, request: GiveBack) -> Done:
    comparing = Comparing(database.connection, request.part)
    names = ", ".join(f"was.{name}" for name in request.columns)
    select = (
        f"SELECT {names} FROM {comparing.rows} AS was JOIN {comparing.table} AS back"
        f" ON back.n = was.n AND back.fate = '{Fate.BACK}' ORDER BY was.n"
    )
    return Done(rows=copy(database.connection, select, request.path, request.null))


def show_back(database: Database, request: ShowBack) -> StayingRows:
    comparing = Comparing(database.connection, request.part)
    return StayingRows(kept=_kept(comparing, request.most), differences=_differences(comparing, request.most))


def _kept(comparing: Comparing, most: int) -> tuple[KeptRow, ...]:
    part = comparing.part
    key = ", ".join(f"was.{name}" for name in part.named(part.key))
    blocked = part.part is Part.CREATED
    by = "coalesce((SELECT min(entity) FROM blocked WHERE blocked.n = was.n), '')" if blocked else "''"
    found = comparing.connection.execute(
        f"SELECT back.fate, {by}, {key} FROM {comparing.rows} AS was JOIN {comparing.table} AS back ON back.n = was.n"
        f" WHERE back.fate NOT IN ('{Fate.BACK}', '{Fate.ALREADY}') ORDER BY was.n LIMIT {most:d}"
    ).fetchall()
    return tuple(
        KeptRow(part=part.part, key=tuple(values), fate=Fate(fate), blocked_by=by) for fate, by, *values in found
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
