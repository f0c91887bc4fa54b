"""Opening a SQLite file safely: never made, never trusted, and never changed unless that is what was asked for."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote, unquote

from entrepot.databases.sqlite.failures import translated
from entrepot.databases.sqlite.functions import register
from entrepot.databases.sqlite.waiting import WAIT_SECONDS, Check, in_turns, nobody
from entrepot.model.errors import AccessError, InputError, UnavailableError

OLDEST = (3, 37)
"""The first with `PRAGMA table_list` and STRICT tables."""
CACHE_KILOBYTES = 24 << 10
"""Of a connection that writes: pages that no longer fit are written early, which shuts readers out of some files."""
FORBIDDEN = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH})
FORBIDDEN_FUNCTIONS = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})


def path_of(url: str) -> Path:
    """The file of a URL: `sqlite:///app.db` is relative, `sqlite:////var/app.db` absolute.

    >>> str(path_of("sqlite:////var/my%20app.db"))
    '/var/my app.db'
    """
    _, _, rest = url.partition("://")
    name = unquote(rest.partition("?")[0])
    if not name.startswith("/") or len(name) < 2 or ":memory:" in name:
        raise InputError(
            "sqlite_url",
            f"'{url}' names no SQLite file.",
            remedy="Write sqlite:///app.db (relative) or sqlite:////full/path/app.db.",
        )
    return Path(name[1:])


def connect(path: Path, check: Check = nobody) -> sqlite3.Connection:
    """A read-only connection; temporary tables are possible. `cancel` may come from another thread."""
    return _connected(path, "ro", check)


def connect_to_change(path: Path, check: Check = nobody) -> sqlite3.Connection:
    """Foreign keys hold, as applications mean them to."""
    connection = _connected(path, "rw", check)
    try:
        with translated(path, "opening"):
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA cache_size = {-CACHE_KILOBYTES:d}")
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(path: Path, mode: str, check: Check) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        found = f"This Python brings SQLite {sqlite3.sqlite_version}; reading needs {wanted} or newer."
        raise UnavailableError("sqlite_too_old", found, remedy="Use a newer Python.")
    _check_file(path)
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    with translated(path, "opening"):
        connection = sqlite3.connect(
            address, uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
    try:
        with translated(path, "opening"):
            _harden(connection, check)
    except BaseException:
        connection.close()
        raise
    return connection


def _harden(connection: sqlite3.Connection, check: Check) -> None:
    """The schema is somebody else's: views and defaults of it may only call harmless functions."""
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    register(connection)
    connection.set_authorizer(_allowed)
    in_turns(connection, check, lambda: connection.execute("SELECT count(*) FROM sqlite_schema").fetchone())


def _allowed(action: int, first: str | None, second: str | None, database: str | None, source: str | None) -> int:
    if action in FORBIDDEN:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and second in FORBIDDEN_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _check_file(path: Path) -> None:
    """Without opening it: closing a descriptor of ours would end the locks that an application in this very process
    holds on its database (POSIX locks belong to processes)."""
    if path.is_dir():
        raise InputError("sqlite_folder", f"'{path}' is a folder.", remedy="Name the database file inside it.")
    if not path.exists():
        raise InputError(
            "sqlite_missing",
            f"There is no file '{path}'.",
            remedy=f"Check the name; relative names start at '{Path.cwd()}'.",
        )
    if path.stat().st_size == 0:
        raise InputError(
            "sqlite_empty",
            f"'{path}' is an empty file: there is no database in it.",
            remedy="Check the name, or let the application create its tables first.",
        )
    if not os.access(path, os.R_OK):
        raise AccessError("sqlite_no_access", f"'{path}' may not be read.", remedy="Ask for the right to read it.")
