"""Things worth knowing about a selection, and things to be warned of, that are no mistakes."""

from __future__ import annotations

from entrepot.model.problems import Category, Problem, Severity


def note(code: str, message: str, remedy: str = "") -> Problem:
    return Problem(code=code, message=message, remedy=remedy, severity=Severity.INFO, category=Category.REFERENCE)


def warning(code: str, message: str, remedy: str = "") -> Problem:
    return Problem(code=code, message=message, remedy=remedy, severity=Severity.WARNING, category=Category.REFERENCE)
