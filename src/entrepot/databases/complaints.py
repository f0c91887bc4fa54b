"""What servers refuse or break off, in our words: the same sentence whichever server says it.

`doing` completes «while …». The password never appears in any of them.
"""

from __future__ import annotations

from entrepot.model.errors import AccessError, ChangedError, InputError, UnavailableError


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
