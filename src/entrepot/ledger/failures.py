"""What SQLite says about the ledger, as errors with a remedy."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from entrepot.model.errors import AccessError, DamagedError, EntrepotError, StorageError, UnavailableError

PRIMARY = 0xFF
"""The bits of a result code that hold the kind of failure; the others say more."""


@contextmanager
def translated(place: Path) -> Iterator[None]:
    """Failures of the database in the block; those that are our own mistakes stay what they are."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        known = _known(error.orig if isinstance(error, DBAPIError) else error, place)
        if known is None:
            raise
        raise known from error
    except OSError as error:
        raise StorageError(
            "file_error", f"{error.strerror or error}: {place}.", remedy="Check the folder, the rights and the room."
        ) from error


def _known(error: BaseException | None, place: Path) -> EntrepotError | None:
    if not isinstance(error, sqlite3.Error):
        return None
    code = getattr(error, "sqlite_errorcode", None)
    make = None if code is None else KNOWN.get(code & PRIMARY)
    return None if make is None else make(place, str(error))


def _busy(place: Path, words: str) -> EntrepotError:
    fact = f"Another program holds {place}: {words}."
    return UnavailableError("ledger_busy", fact, remedy="Try again when it is done.")


def _full(place: Path, words: str) -> EntrepotError:
    return StorageError("insufficient_storage", f"There is no room left for {place}: {words}.", remedy="Make room.")


def _damaged(place: Path, words: str) -> EntrepotError:
    return DamagedError(
        "ledger_damaged",
        f"{place} is damaged: {words}.",
        remedy="Put a backup of the folder in its place, or move the folder away to begin anew.",
    )


def _disk(place: Path, words: str) -> EntrepotError:
    return StorageError("disk_error", f"The disk failed under {place}: {words}.", remedy="Have the disk checked.")


def _refused(place: Path, words: str) -> EntrepotError:
    return AccessError(
        "no_permission",
        f"{place} cannot be opened for writing: {words}.",
        remedy="Ask for the right, or set another folder (ENTREPOT_STATE, or [state] folder).",
    )


KNOWN: dict[int, Callable[[Path, str], EntrepotError]] = {
    sqlite3.SQLITE_BUSY: _busy,
    sqlite3.SQLITE_LOCKED: _busy,
    sqlite3.SQLITE_PROTOCOL: _busy,
    sqlite3.SQLITE_FULL: _full,
    sqlite3.SQLITE_CORRUPT: _damaged,
    sqlite3.SQLITE_NOTADB: _damaged,
    sqlite3.SQLITE_IOERR: _disk,
    sqlite3.SQLITE_READONLY: _refused,
    sqlite3.SQLITE_CANTOPEN: _refused,
    sqlite3.SQLITE_PERM: _refused,
    sqlite3.SQLITE_AUTH: _refused,
}
