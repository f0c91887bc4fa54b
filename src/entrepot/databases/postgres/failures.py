"""What PostgreSQL and its driver complain about, in our words. The password never appears in any of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from entrepot.databases import complaints
from entrepot.model.errors import AccessError, CancelledError, EntrepotError, UnavailableError

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
        return complaints.schema_changed(sentence(error))
    if state in KNOWN:
        return KNOWN[state](error, doing)
    if not state or state.startswith(AWAY):
        return complaints.connection_lost(sentence(error), doing)
    return complaints.complaint("PostgreSQL", state, sentence(error), doing)


def row_level_security(table: str) -> AccessError:
    return AccessError(
        "row_level_security",
        f"Row-level security would hide rows of '{table}' from this user, so what it reads would be a part only.",
        remedy="Connect as the table's owner, or as a role with BYPASSRLS.",
    )


def permission_denied(what: str) -> AccessError:
    return complaints.hidden_table(what, f"GRANT SELECT on {what} (and USAGE on its schema)")


def _refused(error: psycopg.Error, _doing: str) -> EntrepotError:
    words = sentence(error)
    hidden = re.search(r'row-level security policy for table "(.*)"', words)
    return row_level_security(hidden[1]) if hidden else complaints.refused("PostgreSQL", words)


def _too_many_locks(_error: psycopg.Error, doing: str) -> EntrepotError:
    return UnavailableError(
        "too_many_tables",
        f"The server has no room for so many locks at once, while {doing}.",
        remedy="Raise max_locks_per_transaction on the server, or choose fewer entities.",
    )


def _stopped(error: psycopg.Error, doing: str) -> EntrepotError:
    """57014 is also what a timeout of the server looks like; only the words tell them apart."""
    if "timeout" in sentence(error):
        return complaints.timed_out(doing)
    return CancelledError("cancelled", f"Stopped on request, while {doing}.", remedy="Nothing was left behind.")


def sentence(error: psycopg.Error) -> str:
    """The server's own sentence, without hints, positions and a full stop."""
    text = error.diag.message_primary or str(error).strip().split("\n")[0]
    return text.strip().rstrip(".")


KNOWN: Mapping[str, Callable[[psycopg.Error, str], EntrepotError]] = {
    "42501": _refused,  # insufficient privilege, row-level security
    "55P03": lambda _error, doing: complaints.locked(doing),  # lock not available
    "53200": _too_many_locks,  # out of (shared) memory
    "57014": _stopped,  # query cancelled
    "22021": lambda error, doing: complaints.bad_encoding(sentence(error), doing),  # character not in repertoire
    "22P05": lambda error, doing: complaints.bad_encoding(sentence(error), doing),  # untranslatable character
}
