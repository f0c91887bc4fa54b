"""The audit: lines that are only ever added, each sealed with the one before it.

The head says how far it goes. It is written with every line and signed with the key of the installation, so that
lines that were cut off at the end are missed by whoever has the key. Whoever adds a line takes his turn, so that of
two at once one comes after the other. A line that is added to what is no longer whole is preceded by one that says
so: else the new head would hide it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, func, insert, select, type_coerce, update

from entrepot.ledger.checking import AuditCheck
from entrepot.ledger.records import Records
from entrepot.ledger.seals import NOTHING, Head, as_stored, plain_words, sealed, stored_form
from entrepot.ledger.turns import take_turn
from entrepot.ledger.work_tables import AUDIT, AUDIT_HEAD
from entrepot.model.audit import Action, Anchor, AuditEntry, AuditFilter, AuditLine, Verdict
from entrepot.model.errors import DamagedError

AT_ONCE = 1000
ANYTHING = AuditFilter()


class Audit:
    def __init__(self, records: Records, key: Callable[[], bytes]) -> None:
        self._records = records
        self._key = key

    def add(self, entry: AuditEntry) -> AuditLine:
        key, at = self._key(), self._records.now()
        with self._records.writing() as connection:
            take_turn(connection, AUDIT.name)
            head, last = _head(connection), _last(connection)
            if not head.is_at(last, key):
                told = _damage(head, last)
                further = replace(last, number=max(last.number, head.end.number))
                last = _append(connection, told, further, at, key).anchor
            return _append(connection, entry, last, at, key)

    def latest(self, limit: int, which: AuditFilter = ANYTHING) -> tuple[AuditLine, ...]:
        """The newest first."""
        query = select(*as_stored()).where(*_conditions(which)).order_by(AUDIT.c.number.desc()).limit(limit)
        with self._records.reading() as connection:
            return tuple(_line(dict(row._mapping)) for row in connection.execute(query))

    def lines(self, which: AuditFilter = ANYTHING) -> Iterator[AuditLine]:
        """In their order, however many."""
        query = select(*as_stored()).where(*_conditions(which)).order_by(AUDIT.c.number)
        with self._records.reading() as connection:
            for row in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
                yield _line(dict(row._mapping))

    def verify(self, known: Anchor | None = None) -> Verdict:
        """Whether they are what they were. The head is read with them: others may add lines meanwhile."""
        key = self._key()
        ends = (select(column).scalar_subquery().label(f"head_{column.name}") for column in AUDIT_HEAD.columns[1:])
        query = select(*as_stored(), *ends).order_by(AUDIT.c.number)
        check = AuditCheck(known)
        with self._records.reading() as connection:
            head = _head(connection, lock=False)
            for row in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
                check.line(dict(row._mapping))
                head = Head.of(row.head_number, row.head_seal, row.head_signature)
        return check.verdict(head, key)


def _head(connection: Connection, *, lock: bool = True) -> Head:
    query = select(AUDIT_HEAD.c.number, AUDIT_HEAD.c.seal, AUDIT_HEAD.c.signature)
    found = connection.execute(query.with_for_update() if lock else query).first()
    return Head.of(*(found or (None, None, None)))


def _last(connection: Connection) -> Anchor:
    query = select(AUDIT.c.number, AUDIT.c.seal).order_by(AUDIT.c.number.desc()).limit(1)
    found = connection.execute(query).first()
    return Anchor(number=found.number, seal=found.seal) if found else NOTHING


def _append(connection: Connection, entry: AuditEntry, last: Anchor, at: datetime, key: bytes) -> AuditLine:
    """Behind `last`, with the head that ends with it."""
    line: dict[str, Any] = {**plain_words(entry), "number": last.number + 1, "at": at, "previous": last.seal}
    line["seal"] = sealed(stored_form(line))
    connection.execute(insert(AUDIT), line)
    end = Anchor(number=line["number"], seal=line["seal"])
    written = {**vars(end), "signature": Head.signed(end, key).signature}
    if not connection.execute(update(AUDIT_HEAD).values(**written)).rowcount:
        connection.execute(insert(AUDIT_HEAD), {"id": 1, **written})
    return AuditLine(**line)


def _damage(head: Head, last: Anchor) -> AuditEntry:
    facts = {"head": head.end.number, "last": last.number}
    return AuditEntry(
        principal="entrepot", action=Action.DAMAGE, origin="entrepot", result="audit_damaged", facts=facts
    )


def _conditions(which: AuditFilter) -> Iterator[ColumnElement[bool]]:
    for name in ("principal", "action", "tenant", "database"):
        if (wanted := getattr(which, name)) is not None:
            yield AUDIT.c[name] == wanted
    if which.since is not None:
        yield AUDIT.c.at >= which.since
    if which.until is not None:
        yield AUDIT.c.at < which.until
    if which.about is not None:
        facts = type_coerce(AUDIT.c.facts, Text)
        told = func.replace(facts, json.dumps(which.about), "") != facts
        yield (AUDIT.c.object == which.about) | (AUDIT.c.entity == which.about) | told


def _line(stored: Mapping[str, Any]) -> AuditLine:
    try:
        at, facts = datetime.fromisoformat(stored["at"]), json.loads(stored["facts"])
    except (ValueError, TypeError) as error:
        raise DamagedError(
            "audit_damaged",
            f"Line {stored['number']} of the audit cannot be read: somebody has changed it.",
            remedy="`entrepot audit verify` says where the audit is not what it was.",
        ) from error
    read: dict[str, Any] = {**stored, "at": at, "facts": facts}
    return AuditLine(**read)
