"""One root, classes by remedy: fix the input, ask for access, retry, out of room, stopped, our bug.

Every error has a stable `code`, a sentence, a `remedy`, and through its class an exit code and an HTTP
status. Adapters translate driver errors into these at their edge and keep the cause.
docs/reference/errors.md is generated from this file.
"""

from __future__ import annotations

from typing import ClassVar

from entrepot.model.problems import Problem


class EntrepotError(Exception):
    """The root. Raise a subclass."""

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500
    means: ClassVar[str] = "something went wrong"

    def __init__(self, code: str, message: str, *, remedy: str = "", problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.problems = problems


class InputError(EntrepotError):
    """What was asked for, or the file given, is wrong."""

    exit_code = 2
    http_status = 422
    means = "fix what you typed, the settings or the file"


class MissingExtraError(InputError):
    """An optional part is not installed; the remedy is the install line."""

    http_status = 501


class AccessError(EntrepotError):
    """The database, a file or a rule refuses us."""

    exit_code = 3
    http_status = 403
    means = "ask for access"


class UnavailableError(EntrepotError):
    """Something outside did not answer, or was busy: trying again may help."""

    exit_code = 4
    http_status = 503
    means = "try again when the other side is back"


class ChangedError(EntrepotError):
    """The schema or data changed under our feet; nothing was published."""

    exit_code = 5
    http_status = 409
    means = "run it again"


class StorageError(EntrepotError):
    """Writing or reading files failed: no room, no right, name taken."""

    exit_code = 6
    http_status = 507
    means = "make room, or choose another place"


class QuotaError(StorageError):
    """More would be stored than a tenant, or all of them together, may."""

    http_status = 413
    means = "remove something, or have the quota raised"


class DamagedError(EntrepotError):
    """A file is not what its receipt, checksum or manifest says."""

    exit_code = 7
    http_status = 422
    means = "get an undamaged copy"


class UnverifiedError(EntrepotError):
    """Nothing declares what a file should hold, so that nobody can say whether it does. What `inspect` ends with."""

    exit_code = 8
    http_status = 422
    means = "keep the receipt with the export, or name it"


class PartialError(EntrepotError):
    """Some records were left out, as was asked for. What an import with skipped errors ends with."""

    exit_code = 9
    http_status = 200
    means = "correct the records that were left out, and bring them in"


class CancelledError(EntrepotError):
    """Stopped on request; nothing was left behind."""

    exit_code = 130
    http_status = 409
    means = "it was stopped on request"


class BugError(EntrepotError):
    """Our own mistake: a state that should not exist."""

    exit_code = 70
    means = "report it"


def missing_extra(extra: str, purpose: str) -> MissingExtraError:
    """The error for an optional dependency that is not installed.

    >>> missing_extra("postgres", "reading PostgreSQL").remedy
    "Install it: pip install 'entrepot[postgres]'"
    """
    return MissingExtraError(
        "missing_extra",
        f"{purpose} needs the optional part '{extra}', which is not installed.",
        remedy=f"Install it: pip install 'entrepot[{extra}]'",
    )
