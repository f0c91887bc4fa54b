"""What the audit calls a database."""

from __future__ import annotations

from entrepot.adapters import Adapters


def named_database(adapters: Adapters) -> str | None:
    """As the settings call it, or where it is. No part of a URL that may hold a password is ever kept."""
    known = adapters.loaded.settings.databases
    wanted = adapters.db or adapters.loaded.default_database or (next(iter(known)) if len(known) == 1 else None)
    if wanted is None or wanted in known:
        return wanted
    return without_secrets(wanted)


def without_secrets(url: str) -> str:
    """
    >>> without_secrets("postgresql://u:p/w?@host/shop?sslmode=require"), without_secrets("sqlite:///a.db")
    ('postgresql://host/shop', 'sqlite:///a.db')
    >>> without_secrets("mysql://host/shop?password=a@b"), without_secrets("u:p@host")
    ('mysql://…', '…')
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return "…"
    if scheme == "sqlite":
        return url
    if -1 < rest.find("?") < rest.rfind("@") and "=" in rest[: rest.rfind("@")]:
        return f"{scheme}://…"
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"
