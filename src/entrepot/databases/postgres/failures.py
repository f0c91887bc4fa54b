"""What PostgreSQL and its driver complain about, in our words. The password never appears in any of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from entrepot.model.errors import (
    AccessError,
    CancelledError,
    ChangedError,
    EntrepotError,
    InputError,
    UnavailableError,
)

if TYPE_CHECKING:
    import psycopg

SCHEMA_CHANGED = frozenset({"42P01", "42703", "42704", "3F000"})
"""Undefined table, column, object, schema: they were there when the catalog was read."""
AWAY = ("08", "53", "57", "58")
"""SQLSTATE classes: connection, resources, operator intervention, system."""


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Driver errors in the block leave it as ours. `doing` completes «while …»."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise translate(error, doing) from error


def translate(error: psycopg.Error, doing: str) -> EntrepotError:
    """By SQLSTATE; none at all means that nobody answered."""
    state = error.sqlstate or ""
    if state in SCHEMA_CHANGED:
        return schema_changed(_sentence(error))
    if state in KNOWN:
        return KNOWN[state](error, doing)
    away = not state or state.startswith(AWAY)
    return _away(error, doing) if away else _complaint(error, doing)


def _locked(_error: psycopg.Error, doing: str) -> EntrepotError:
    return UnavailableError(
        "locked",
        f"Somebody else holds a lock that did not go away in time, while {doing}.",
        remedy="Wait until the migration or maintenance that runs on the database is done, then run it again.",
    )


def schema_changed(detail: str) -> ChangedError:
    return ChangedError(
        "schema_changed",
        f"The schema is no longer what it was: {detail}.",
        remedy="Run it again; nothing was published.",
    )


def row_level_security(table: str) -> AccessError:
    return AccessError(
        "row_level_security",
        f"Row-level security would hide rows of '{table}' from this user, so what it reads would be a part only.",
        remedy="Connect as the table's owner, or as a role with BYPASSRLS.",
    )


def permission_denied(what: str) -> AccessError:
    return AccessError(
        "permission_denied",
        f"The database user may not read {what} in full.",
        remedy=f"Ask for GRANT SELECT on {what} (and USAGE on its schema), or leave it out.",
    )


def _refused(error: psycopg.Error, _doing: str) -> EntrepotError:
    sentence = _sentence(error)
    hidden = re.search(r'row-level security policy for table "(.*)"', sentence)
    if hidden:
        return row_level_security(hidden[1])
    return AccessError(
        "permission_denied",
        f"PostgreSQL refuses: {sentence}.",
        remedy="Ask for the right that is named, or connect as a user who has it.",
    )


def _too_many_locks(_error: psycopg.Error, doing: str) -> EntrepotError:
    return UnavailableError(
        "too_many_tables",
        f"The server has no room for so many locks at once, while {doing}.",
        remedy="Raise max_locks_per_transaction on the server, or choose fewer entities.",
    )


def _stopped(error: psycopg.Error, doing: str) -> EntrepotError:
    """57014 is also what a timeout of the server looks like; only the words tell them apart."""
    if "timeout" in _sentence(error):
        return UnavailableError(
            "timeout", f"The server ended the read after its time limit, while {doing}.", remedy="Raise the limit."
        )
    return CancelledError("cancelled", f"Stopped on request, while {doing}.", remedy="Nothing was left behind.")


def _bad_encoding(error: psycopg.Error, doing: str) -> EntrepotError:
    return InputError(
        "bad_encoding",
        f"The database holds text that is not in the encoding it claims, while {doing}: {_sentence(error)}.",
        remedy="Repair the value, or leave the field out.",
    )


def _away(error: psycopg.Error, doing: str) -> UnavailableError:
    return UnavailableError(
        "connection_lost",
        f"The database ended the connection, while {doing}: {_sentence(error)}.",
        remedy="Run it again when the server is back; nothing was published.",
    )


def _complaint(error: psycopg.Error, doing: str) -> InputError:
    return InputError(
        "database_error",
        f"PostgreSQL complains ({error.sqlstate}), while {doing}: {_sentence(error)}.",
        remedy="Look at the value, view or filter that it names.",
    )


def _sentence(error: psycopg.Error) -> str:
    """The server's own sentence, without hints, positions and a full stop."""
    text = error.diag.message_primary or str(error).strip().split("\n")[0]
    return text.strip().rstrip(".")


KNOWN: Mapping[str, Callable[[psycopg.Error, str], EntrepotError]] = {
    "42501": _refused,  # insufficient privilege, row-level security
    "55P03": _locked,  # lock not available
    "53200": _too_many_locks,  # out of (shared) memory
    "57014": _stopped,  # query cancelled
    "22021": _bad_encoding,  # character not in repertoire
    "22P05": _bad_encoding,  # untranslatable character
}
