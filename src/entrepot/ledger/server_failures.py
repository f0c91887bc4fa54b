"""What PostgreSQL says about the ledger, as errors with a remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree

from entrepot.model.errors import AccessError, DamagedError, EntrepotError, InputError, StorageError, UnavailableError

Maker = Callable[[str, str], EntrepotError]


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Failures of the server in the block; those that are our own mistakes stay what they are."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        known = _known(error.orig if isinstance(error, DBAPIError) else error, place)
        if known is None:
            raise
        raise known from error
    except NoneFree as error:
        raise _busy(place, "all connections of this process are in use") from error
    except OSError as error:
        raise StorageError(
            "file_error",
            f"{error.strerror or error}: while something was written to {place}. Nothing of it was.",
            remedy="Try it again.",
        ) from error


def busy(place: str, fact: str) -> EntrepotError:
    return _busy(place, fact)


def _known(error: BaseException | None, place: str) -> EntrepotError | None:
    if not isinstance(error, psycopg.Error):
        return None
    make, words = _maker(error), _words(error)
    return None if make is None else make(place, words)


def _maker(error: psycopg.Error) -> Maker | None:
    state = error.sqlstate
    if state is not None:
        return KNOWN.get(state) or KINDS.get(state[:2])
    if "NUL (0x00)" in str(error):
        return _unstorable
    return unreachable if isinstance(error, psycopg.OperationalError) else None


def _words(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error.diag.message_primary or error).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else "no answer"


def unreachable(place: str, words: str) -> EntrepotError:
    return UnavailableError(
        "ledger_unreachable",
        f"Entrepot's own records, {place}, cannot be reached: {words}.",
        remedy="Check that the server runs and that it can be reached from here; then try again.",
    )


def refused(place: str, words: str) -> EntrepotError:
    return AccessError(
        "ledger_refused",
        f"Entrepot may not keep its own records in {place}: {words}.",
        remedy="Check user and password in the address (ENTREPOT_STATE, or [state] url). The user needs a schema"
        " 'entrepot' of its own: CREATE SCHEMA entrepot AUTHORIZATION …",
    )


def _busy(place: str, words: str) -> EntrepotError:
    return UnavailableError(
        "ledger_busy",
        f"Somebody else is at the same of Entrepot's own records, {place}: {words}.",
        remedy="Try again; if it stays so, look for a session that hangs (pg_stat_activity).",
    )


def _full(place: str, words: str) -> EntrepotError:
    return StorageError("insufficient_storage", f"There is no room left for {place}: {words}.", remedy="Make room.")


def _damaged(place: str, words: str) -> EntrepotError:
    return DamagedError("ledger_damaged", f"{place} is damaged: {words}.", remedy="Put a backup of it in its place.")


def _disk(place: str, words: str) -> EntrepotError:
    return StorageError("disk_error", f"The disk failed under {place}: {words}.", remedy="Have the disk checked.")


def _gone(place: str, words: str) -> EntrepotError:
    return StorageError(
        "state_gone",
        f"{place} was deleted or replaced while it was in use: {words}.",
        remedy="Leave the schema alone while something runs, and run it again.",
    )


def _unknown(place: str, words: str) -> EntrepotError:
    return InputError(
        "unknown_database",
        f"There is no such database for Entrepot's own records: {place}: {words}.",
        remedy="Check the name behind the last / of the address (ENTREPOT_STATE, or [state] url), or make it.",
    )


def _unstorable(place: str, words: str) -> EntrepotError:
    return InputError(
        "not_to_be_kept",
        f"A text cannot be written into {place}: {words}.",
        remedy="Look for NUL characters and ids of thousands of characters in what is brought in.",
    )


KINDS: dict[str, Maker] = {
    "08": unreachable,
    "28": refused,
    "42": _gone,
    "53": _full,
    "57": unreachable,
    "58": _disk,
    "XX": _damaged,
}
"""By the first two characters of the code."""
KNOWN: dict[str, Maker | None] = {
    "25006": refused,
    "25P03": _busy,
    "3D000": _unknown,
    "3F000": _gone,
    "40001": _busy,
    "40P01": _busy,
    "42501": refused,
    "53300": _busy,
    "53400": _busy,
    "54000": _unstorable,
    "55P03": _busy,
    "57014": _busy,
}
