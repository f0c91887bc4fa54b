"""Why a text is no value of a type. Callers turn it into an InputError that names the field."""

from __future__ import annotations


class LiteralError(ValueError):
    """Its message completes «'abc' does not fit: …»."""
