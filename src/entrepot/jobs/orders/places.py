"""Which database an order is about, said so that any process finds it, and nothing secret is written down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from entrepot.config.load import from_folder
from entrepot.config.settings import Loaded
from entrepot.model.errors import InputError

FROM_ENVIRONMENT = "env:ENTREPOT_DB"
SECRETS = ("passw", "pwd", "secret")
"""In the names of options, as drivers call them."""


@dataclass(frozen=True, kw_only=True)
class Place:
    db: str | None
    """A name of the settings, a URL without a password, or the variable that holds one; None: the only one there is."""
    settings: str | None
    """The settings file."""
    folder: str
    """Where relative names start."""


def place_of(db: str | None, loaded: Loaded, folder: Path) -> Place:
    return Place(
        db=_said(db, loaded, folder),
        settings=str(loaded.file.absolute()) if loaded.file else None,
        folder=str(folder.absolute()),
    )


def source_of(db: str, folder: Path) -> str:
    """Of a copy: where the rows come from."""
    return _open_to_all(db, folder)


def _said(db: str | None, loaded: Loaded, folder: Path) -> str | None:
    if db is not None:
        return _open_to_all(db, folder)
    by_default = loaded.default_database
    if by_default is not None and _has_secret(by_default):
        return FROM_ENVIRONMENT
    return None if by_default is None else _open_to_all(by_default, folder)


def _open_to_all(db: str, folder: Path) -> str:
    if _has_secret(db):
        raise InputError(
            "secret_in_job",
            "A job keeps what it was asked for, and the password in the URL of the database must not be kept.",
            remedy='Name the database in the settings, with url = "env:NAME" if its URL holds a password.',
        )
    return from_folder(db, folder.absolute())


def _has_secret(url: str) -> bool:
    if "://" not in url:
        return False
    try:
        found = urlsplit(url)
        options = {name.lower() for name, _ in parse_qsl(found.query, keep_blank_values=True)}
        user = unquote(found.username or "")
        return found.password is not None or ":" in user or any(word in name for name in options for word in SECRETS)
    except ValueError:
        return True
