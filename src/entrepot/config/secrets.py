"""Values that live in the environment."""

from __future__ import annotations

from collections.abc import Mapping

from entrepot.model.errors import InputError


def resolve_secret(value: str, environment: Mapping[str, str]) -> str:
    """`env:NAME` → the variable's value; anything else → itself."""
    if not value.startswith("env:"):
        return value
    name = value.removeprefix("env:")
    if name not in environment:
        raise InputError(
            "missing_variable",
            f"The settings refer to the environment variable {name}, which is not set.",
            remedy=f"Set {name}, or write the value into the settings.",
        )
    return environment[name]
