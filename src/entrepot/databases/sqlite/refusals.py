"""What SQLite says against a change, in our words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from entrepot.databases import complaints
from entrepot.databases.remedies import DOUBLE, MISSING, REFERENCE, RULE, TRIGGER, VALUE
from entrepot.databases.sqlite.failures import PRIMARY, failure
from entrepot.model.catalog import Entity, Relation
from entrepot.model.errors import AccessError, EntrepotError, InputError, UnavailableError

REFUSED = frozenset({sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG})
REMEDIES: Mapping[int, str] = {
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: DOUBLE,
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: DOUBLE,
    sqlite3.SQLITE_CONSTRAINT_ROWID: DOUBLE,
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: REFERENCE,
    sqlite3.SQLITE_CONSTRAINT_NOTNULL: MISSING,
    sqlite3.SQLITE_CONSTRAINT_CHECK: RULE,
    sqlite3.SQLITE_CONSTRAINT_TRIGGER: TRIGGER,
}
"""By the extended code."""
NO_RIGHT = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
LONGEST_SHOWN = 60
BROUGHT = ("no such collation sequence", "no such function", "unknown function", "no such module", "unsafe use of")
"""What only the application that made the file can do."""


@dataclass(kw_only=True)
class Refusals:
    path: Path
    stopped: Event = field(default_factory=Event)
    value: str | None = None
    """What could not be kept as it was given (`storing`)."""

    def refuse(self, value: str) -> None:
        self.value = value

    def forget(self) -> None:
        """What was refused was undone."""
        self.value = None

    @contextmanager
    def translated(self, doing: str, about: Entity | None = None) -> Iterator[None]:
        """`about` is the table in question."""
        try:
            yield
        except sqlite3.Error as error:
            raise complaints.stopped() if self.stopped.is_set() else self._of(error, doing, about) from error

    def _of(self, error: sqlite3.Error, doing: str, about: Entity | None) -> EntrepotError:
        primary = getattr(error, "sqlite_errorcode", 0) & PRIMARY
        if self.value is not None:
            return not_kept(self.value, about)
        if primary in REFUSED or isinstance(error, sqlite3.DataError):
            return refused(error, about)
        if primary in BUSY:
            return busy(self.path, doing)
        if primary in NO_RIGHT:
            return no_right(self.path, str(error))
        if any(words in str(error) for words in BROUGHT):
            return needs_application(str(error), doing)
        return failure(error, self.path, doing)


def refused(error: sqlite3.Error, about: Entity | None) -> InputError:
    """`CHECK constraint failed: positive` names the rule; the others name fields, which are no rule. Of a foreign key
    SQLite says no more than that it is one, so those that may be meant are listed."""
    words, rule = str(error), None
    code = getattr(error, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_CONSTRAINT_CHECK:
        rule = words.partition(": ")[2]
    if code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY and about and about.relations:
        words += f" ({' or '.join(f'{fields(each)} → {each.parent}' for each in about.relations)})"
    return complaints.database_refused(title(about), words, constraint=rule, remedy=REMEDIES.get(code, VALUE))


def fields(relation: Relation) -> str:
    return ", ".join(relation.fields)


def title(about: Entity | None) -> str:
    return about.title if about else "a table"


def not_kept(value: str, about: Entity | None) -> InputError:
    shown = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"
    return complaints.database_refused(
        title(about),
        f"it would not keep '{shown}' as it is, but make another value of it",
        remedy="Give fewer digits, or declare the column so that it keeps text (DECIMAL TEXT, JSON TEXT).",
    )


def busy(path: Path, doing: str) -> UnavailableError:
    return UnavailableError(
        "sqlite_busy",
        f"Another program holds '{path.name}' and did not let go in time, while {doing}.",
        remedy="Wait until it is done, then run it again; nothing was changed.",
    )


def no_right(path: Path, sentence: str) -> AccessError:
    return AccessError(
        "sqlite_no_access",
        f"'{path.name}' cannot be changed: {sentence}.",
        remedy="Ask for the right to write the file and to make files beside it.",
    )


def needs_application(sentence: str, doing: str) -> InputError:
    return InputError(
        "needs_application",
        f"The table needs something that only its own application has, while {doing}: {sentence}.",
        remedy="Bring the rows in through that application, or do without the index, check or trigger that needs it.",
    )
