"""What PostgreSQL says against a change, in our words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from entrepot.databases import complaints
from entrepot.databases.postgres.failures import AWAY, sentence, translate
from entrepot.databases.remedies import DOUBLE, MISSING, REFERENCE, RULE, TRIGGER, VALUE
from entrepot.model.errors import AccessError, EntrepotError, StorageError

if TYPE_CHECKING:
    import psycopg

REFUSED: Mapping[str, str] = {
    "23502": MISSING,
    "23503": REFERENCE,
    "23505": DOUBLE,
    "23P01": DOUBLE,  # exclusion
    "428C9": "The database computes this field: leave it out of the import.",
    "P0": TRIGGER,
    "27": TRIGGER,
    "23": RULE,
    "44": RULE,  # the check option of a view
    "21": VALUE,
    "22": VALUE,
}
"""SQLSTATE or class of them → what to do about that row."""


def _no_room(doing: str) -> EntrepotError:
    return StorageError(
        "server_full",
        f"The database server has no room left, while {doing}. Nothing was written.",
        remedy="Make room on the server's disk, then run it again.",
    )


def _read_only(doing: str) -> EntrepotError:
    return AccessError(
        "read_only",
        f"The database only lets us read, while {doing}.",
        remedy="Name the primary server instead of a copy, or ask who set default_transaction_read_only.",
    )


KNOWN: Mapping[str, Callable[[str], EntrepotError]] = {
    "25006": _read_only,
    "40001": complaints.serialization_failure,
    "40P01": complaints.deadlock,
    "53100": _no_room,
}


PLACE = re.compile(r'(?<=, )line \d+(, column "?[^":]+"?)?')
"""`COPY people, line 3, column age: "old"`; the value stands in the sentence already."""


@contextmanager
def changing(doing: str, about: str, stopped: Callable[[], bool]) -> Iterator[None]:
    """Driver errors in the block leave it as ours. What breaks because somebody asked to stop is that. `about` is the
    table in question."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise complaints.stopped() if stopped() else refusal(error, doing, about) from error


def refusal(error: psycopg.Error, doing: str, about: str = "") -> EntrepotError:
    state = error.sqlstate or ""
    if state in KNOWN:
        return KNOWN[state](doing)
    remedy = REFUSED.get(state) or REFUSED.get(state[:2])
    if remedy is None:
        return translate(error, doing)
    return complaints.database_refused(
        error.diag.table_name or about or "a table",
        words_of(error),
        constraint=error.diag.constraint_name,
        remedy=remedy,
    )


def words_of(error: psycopg.Error) -> str:
    """The sentence, what the server adds to it, and where in the rows it was."""
    detail = (error.diag.message_detail or "").strip().rstrip(".")
    place = PLACE.search(error.diag.context or "")
    more = [part for part in (detail, place[0] if place else "") if part]
    return f"{sentence(error)} ({'; '.join(more)})" if more else sentence(error)


def lost_at_commit(error: psycopg.Error) -> EntrepotError:
    """Whoever was sent away may have been sent away just after it was done."""
    state = error.sqlstate or ""
    if not state or state.startswith(AWAY):
        return complaints.outcome_unknown(sentence(error))
    return refusal(error, "committing")
