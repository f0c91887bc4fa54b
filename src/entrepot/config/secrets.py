"""Values that live in the environment, and URLs that may be printed."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

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


def redact_url(url: str) -> str:
    """The URL without its password.

    >>> redact_url("postgresql://app:geheim@localhost/app?sslmode=require")
    'postgresql://app:***@localhost/app'
    """
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return urlunsplit(parts._replace(query="", fragment=""))
    account, _, host = parts.netloc.rpartition("@")
    user, colon, _ = account.partition(":")
    return urlunsplit(parts._replace(netloc=f"{user}{':***' if colon else ''}@{host}", query="", fragment=""))
