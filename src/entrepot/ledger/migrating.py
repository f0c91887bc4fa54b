"""Numbered steps that bring a ledger to the present shape, each in one transaction."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, inspect, text

from entrepot.ledger.records import Records
from entrepot.ledger.turns import SERVER, take_turn
from entrepot.model.errors import EntrepotError, InputError

NUMBERED = re.compile(r"(?P<number>\d{4})_(?P<name>\w+)\.sql")
COMMENT = re.compile(r"--.*$", re.MULTILINE)
STEPS = "ledger_steps"
NEWER = "newer_ledger"
NUMBERS = text(f"SELECT number FROM {STEPS}")
VERSIONS = f"CREATE TABLE {STEPS} (number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)"


@dataclass(frozen=True, kw_only=True)
class Step:
    number: int
    name: str
    statements: tuple[str, ...]


@cache
def known_steps() -> tuple[Step, ...]:
    """The files in sql/, in the order of their numbers. Once: a deploy may put newer ones there, of which this process
    knows nothing."""
    found = ((NUMBERED.fullmatch(file.name), file) for file in files("entrepot.ledger").joinpath("sql").iterdir())
    steps = (
        Step(number=int(match["number"]), name=match["name"], statements=_statements(file.read_text(encoding="utf-8")))
        for match, file in found
        if match
    )
    return tuple(sorted(steps, key=lambda step: step.number))


def _statements(script: str) -> tuple[str, ...]:
    """No text of ours holds a semicolon."""
    return tuple(part.strip() for part in COMMENT.sub("", script).split(";") if part.strip())


def migrate(records: Records, steps: tuple[Step, ...] | None = None) -> None:
    """Apply what is missing. Every step looks again inside its own transaction: another process may be ahead."""
    known = known_steps() if steps is None else steps
    with records.reading() as connection:
        applied = applied_in(connection)
    refuse_newer(applied, known)
    for step in known:
        if step.number not in applied:
            with records.writing() as connection:
                _apply(connection, step, known, records.now())


def _apply(connection: Connection, step: Step, known: tuple[Step, ...], moment: datetime) -> None:
    take_turn(connection, STEPS)
    applied = applied_in(connection)
    refuse_newer(applied, known)
    if step.number in applied:
        return
    for statement in (*(() if applied else (VERSIONS,)), *step.statements):
        connection.exec_driver_sql(_shaped(statement, connection))
    done = text(f"INSERT INTO {STEPS} (number, name, applied_at) VALUES (:number, :name, :moment)")
    connection.execute(done, {"number": step.number, "name": step.name, "moment": moment.isoformat()})


def _shaped(statement: str, connection: Connection) -> str:
    """Texts sort by their characters' codes, as in SQLite: how a language sorts may change with the server's system,
    and leave its indexes wrong."""
    if connection.dialect.name != SERVER:
        return statement
    return re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', statement)


def applied_in(connection: Connection) -> frozenset[int]:
    """The numbers of the steps that were applied: those that two people wrote at once may come in any order."""
    if not inspect(connection).has_table(STEPS):
        return frozenset()
    return frozenset(connection.execute(NUMBERS).scalars())


def must_be_known(records: Records) -> None:
    """InputError `newer_ledger`: somebody of a newer version has brought it to a shape of his own."""
    with records.reading() as connection:
        refuse_newer(frozenset(connection.execute(NUMBERS).scalars()), known_steps())


def is_newer(error: BaseException) -> bool:
    return isinstance(error, EntrepotError) and error.code == NEWER


def refuse_newer(applied: frozenset[int], known: tuple[Step, ...]) -> None:
    strange = applied - {step.number for step in known}
    if strange:
        raise InputError(
            NEWER,
            f"Entrepot's own records were written by a newer one (step {max(strange)}, which this one does not know).",
            remedy="Use that version or a newer one, or keep them in another place (ENTREPOT_STATE, or [state]).",
        )
