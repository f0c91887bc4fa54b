"""Errors on their way from the child to the program: the same class, code and words on both sides."""

from __future__ import annotations

from entrepot.model import errors
from entrepot.model.errors import EntrepotError, StorageError
from entrepot.workbench.protocol import Failed


def failure(error: EntrepotError) -> Failed:
    return Failed(
        error=type(error).__name__,
        code=error.code,
        message=error.message,
        remedy=error.remedy,
        problems=error.problems,
    )


def rebuilt(failed: Failed) -> EntrepotError:
    """The error that the child raised."""
    kind = getattr(errors, failed.error, errors.BugError)
    return kind(failed.code, failed.message, remedy=failed.remedy, problems=failed.problems)


def out_of_memory(words: str) -> StorageError:
    return StorageError(
        "workbench_out_of_memory",
        f"The workbench reached its memory limit: {words}.",
        remedy="Give it more ([workbench] memory_mb in entrepot.toml), or leave out the fields with very large values.",
    )
