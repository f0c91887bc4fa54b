"""Rows of a journal on their way to the database."""

from __future__ import annotations

from entrepot.model.journals import Part
from entrepot.model.matching import Span
from entrepot.workbench.deciding.emit import copy
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_undoing import GiveBack, GiveReferences, GiveWanted
from entrepot.workbench.source import Database
from entrepot.workbench.undoing.compare import Comparing


def give_back(database: Database, request: GiveBack) -> Done:
    comparing = Comparing(database.connection, request.part)
    names = ", ".join(f"was.{name}" if name else "NULL" for name in request.columns)
    select = f"SELECT {names} FROM {comparing.going_back()}{_lined_up(comparing, request.span)} ORDER BY was.n"
    return Done(rows=copy(database.connection, select, request.path, request.null))


def _lined_up(comparing: Comparing, span: Span | None) -> str:
    if span is None:
        return ""
    return f" JOIN {comparing.line} AS line ON line.n = was.n AND line.at BETWEEN {span.first:d} AND {span.last:d}"


def give_wanted(database: Database, request: GiveWanted) -> Done:
    """What stays the same needs no room that another row could have."""
    comparing = Comparing(database.connection, request.part)
    names = ", ".join(f"was.{name}" for name in request.columns)
    select = f"SELECT was.n, {names} FROM {comparing.going_back()} WHERE {_changing(comparing, request.changed)}"
    return Done(rows=copy(database.connection, select, request.path, request.null))


def _changing(comparing: Comparing, columns: tuple[int, ...]) -> str:
    if comparing.part.part is not Part.UPDATED:
        return "true"
    return " OR ".join(f"was.c{at} IS DISTINCT FROM was.a{at}" for at in columns)


def give_references(database: Database, request: GiveReferences) -> Done:
    """And the parents that come back: which of them are meant, only the database can say."""
    need, mine = request.need, Comparing(database.connection, request.parts[request.need.of])
    names = mine.part.named(mine.part.numbers(need.fields))
    wanted = [f"SELECT first, {', '.join(names)} FROM {mine.each(names)}"]
    for part in need.sources(request.parts):
        values = ", ".join(f"was.{name}" for name in part.named(part.numbers(need.parent_fields)))
        back = Comparing(database.connection, part).going_back()
        wanted.append(f"SELECT {part.beyond:d} + was.n, {values} FROM {back}")
    return Done(rows=copy(database.connection, " UNION ALL ".join(wanted), request.path, request.null))
