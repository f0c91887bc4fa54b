"""SQLite's errors as ours, by what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from entrepot.model.errors import (
    AccessError,
    BugError,
    CancelledError,
    ChangedError,
    DamagedError,
    EntrepotError,
    StorageError,
    UnavailableError,
)

PRIMARY = 0xFF
"""An extended code keeps its primary code in the lowest byte."""


NO_ACCESS = frozenset({
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY,
})  # fmt: skip
DAMAGED = "Run `PRAGMA integrity_check` on it, and restore a backup if it complains."
BUSY = "Another program writes to it; try again."
DISK = "Look at the disk: room, rights, health."
BY_CODE: Mapping[int, tuple[type[EntrepotError], str, str]] = {
    sqlite3.SQLITE_CORRUPT: (DamagedError, "sqlite_damaged", DAMAGED),
    sqlite3.SQLITE_BUSY: (UnavailableError, "sqlite_busy", BUSY),
    sqlite3.SQLITE_LOCKED: (UnavailableError, "sqlite_busy", BUSY),
    sqlite3.SQLITE_FULL: (StorageError, "sqlite_storage", DISK),
    sqlite3.SQLITE_IOERR: (StorageError, "sqlite_storage", DISK),
    sqlite3.SQLITE_SCHEMA: (ChangedError, "schema_changed", "Run it again."),
}

FUNCTION_FAILED = "user-defined function raised exception"
"""What Python says where it cannot read a text that a function of ours is to get (functions.py). The functions
themselves raise nothing."""


@contextmanager
def translated(path: Path, doing: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise failure(error, path, doing) from error


def failure(error: sqlite3.Error, path: Path, doing: str) -> EntrepotError:
    primary = getattr(error, "sqlite_errorcode", 0) & PRIMARY
    if primary == sqlite3.SQLITE_INTERRUPT:
        return CancelledError("cancelled", "Stopped on request.", remedy="Nothing was left behind.")
    if primary == sqlite3.SQLITE_NOTADB:
        return not_a_database(path)
    message = f"{doing} in '{path.name}' failed: {error}."
    if primary in NO_ACCESS:
        return AccessError("sqlite_no_access", message, remedy=_access_remedy(path))
    if primary in BY_CODE:
        kind, code, remedy = BY_CODE[primary]
        return kind(code, message, remedy=remedy)
    return _other(error, message)


def _access_remedy(path: Path) -> str:
    return (
        f"Reading needs the right to read '{path.name}', and for its -wal and -shm files the right to write beside it. "
        "After a crash its application must open it once."
    )


def _other(error: sqlite3.Error, message: str) -> EntrepotError:
    if FUNCTION_FAILED in str(error):
        return not_utf8(message.replace(f": {FUNCTION_FAILED}", ""))
    if "decode to UTF-8" in str(error):
        return not_utf8(message)
    if "no such" in str(error):
        return ChangedError("schema_differs", message, remedy="If the schema just changed, run it again.")
    return BugError("sqlite_error", message, remedy="Please report this with the version of SQLite.")


def not_utf8(message: str) -> DamagedError:
    remedy = "Find it with `hex(field)` and correct it, or store such bytes as BLOB."
    return DamagedError("not_utf8", f"{message.rstrip('.')}: a text is not valid UTF-8.", remedy=remedy)


def not_a_database(path: Path) -> DamagedError:
    return DamagedError(
        "not_a_database",
        f"'{path.name}' is not a SQLite database (or it is encrypted).",
        remedy="Check the name; an encrypted database must be decrypted first.",
    )
