"""What servers refuse or break off, in our words: the same sentence whichever server says it.

`doing` completes «while …». The password never appears in any of them.
"""

from __future__ import annotations

from entrepot.model.changes import Mark
from entrepot.model.errors import AccessError, BugError, CancelledError, ChangedError, InputError, UnavailableError


def schema_changed(detail: str) -> ChangedError:
    return ChangedError(
        "schema_changed",
        f"The schema is no longer what it was: {detail}.",
        remedy="Run it again; nothing was published.",
    )


def locked(doing: str) -> UnavailableError:
    return UnavailableError(
        "locked",
        f"Somebody else holds a lock that did not go away in time, while {doing}.",
        remedy="Wait until the migration or maintenance that runs on the database is done, then run it again.",
    )


def timed_out(doing: str) -> UnavailableError:
    return UnavailableError(
        "timeout", f"The server ended the read after its time limit, while {doing}.", remedy="Raise the limit."
    )


def connection_lost(sentence: str, doing: str) -> UnavailableError:
    return UnavailableError(
        "connection_lost",
        f"The database ended the connection, while {doing}: {sentence}.",
        remedy="Run it again when the server is back; nothing was published.",
    )


def hidden_table(what: str, missing: str) -> AccessError:
    return AccessError(
        "permission_denied",
        f"The database user may not read {what} in full.",
        remedy=f"Ask for {missing}, or leave it out.",
    )


def refused(server: str, sentence: str) -> AccessError:
    return AccessError(
        "permission_denied",
        f"{server} refuses: {sentence}.",
        remedy="Ask for the right that is named, or connect as a user who has it.",
    )


def not_exclusive(why: str) -> AccessError:
    return AccessError(
        "not_exclusive",
        f"The exclusive lane is not open: the database user {why}.",
        remedy="Leave out --exclusive, or connect as the owner of the tables.",
    )


def missing_right(right: str, table: str) -> AccessError:
    return AccessError(
        "permission_denied",
        f"The database user lacks the right {right} on '{table}'.",
        remedy=f"Ask for GRANT {right} on {table}.",
    )


def bad_encoding(sentence: str, doing: str) -> InputError:
    return InputError(
        "bad_encoding",
        f"The database holds text that is not in the encoding it claims, while {doing}: {sentence}.",
        remedy="Repair the value, or leave the field out.",
    )


def complaint(server: str, number: str, sentence: str, doing: str) -> InputError:
    return InputError(
        "database_error",
        f"{server} complains ({number}), while {doing}: {sentence}.",
        remedy="Look at the value, view or filter that it names.",
    )


def database_refused(table: str, words: str, *, constraint: str | None = None, remedy: str = "") -> InputError:
    """`words` are the server's own."""
    rule = f" (rule '{constraint}')" if constraint else ""
    return InputError(
        "database_refused",
        f"The database refuses a row of '{table}'{rule}: {words}. Nothing was written.",
        remedy=remedy or "Correct the row, or leave it out.",
    )


def deadlock(doing: str) -> UnavailableError:
    return UnavailableError(
        "deadlock",
        f"The database ended the transaction, because it and another one waited for each other, while {doing}. "
        "Nothing was written.",
        remedy="Run it again.",
    )


def serialization_failure(doing: str) -> ChangedError:
    return ChangedError(
        "serialization_failure",
        f"Somebody else changed the same rows at the same time, while {doing}. Nothing was written.",
        remedy="Run it again.",
    )


def outcome_unknown(sentence: str) -> UnavailableError:
    return UnavailableError(
        "outcome_unknown",
        f"The connection broke off while the database was committing ({sentence}), so it may have happened or not.",
        remedy="Ask again when the database is back: what was committed left its mark there, and is not done twice.",
    )


def already_applied(mark: Mark) -> ChangedError:
    return ChangedError(
        "already_applied",
        f"Part {mark.unit} of the job {mark.job} has been committed before. Nothing was written this time.",
        remedy="Nothing is left to do. To bring the same rows in again, begin a new import.",
    )


def stopped() -> CancelledError:
    return CancelledError("cancelled", "Stopped on request.", remedy="Nothing was left behind.")


def rows_missing(table: str, made: int, given: int) -> InputError:
    """A trigger may keep a row out without a word."""
    words = f"of {given} rows it made {made}, so a trigger or rule of the table kept the others out"
    return database_refused(table, words, remedy="Look at the triggers of the table.")


def only_looking(doing: str) -> BugError:
    return BugError("only_looking", f"A transaction that was opened to look was used for {doing}.")


def transaction_over(doing: str) -> BugError:
    return BugError("transaction_over", f"The transaction had ended before, while {doing}.")
