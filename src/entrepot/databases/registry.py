"""Which engine reads a database URL. A third party adds one by an entry point in the group `entrepot.databases`,
whose name is the URL's scheme and whose value makes an engine from the URL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from entrepot.model.errors import InputError
from entrepot.model.ports import Engine
from entrepot.model.suggest import nearest

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "entrepot.databases"
Maker = Callable[[str], Engine]


def open_engine(url: str) -> Engine:
    """The engine for `url`. Nothing is opened or looked at yet."""
    scheme, separator, _ = url.partition("://")
    if not separator:
        raise _not_a_url(url)
    maker = ENGINES.get(scheme.lower()) or _third_party().get(scheme.lower())
    if maker is None:
        raise _unknown(scheme)
    return maker(url)


def _sqlite(url: str) -> Engine:
    from entrepot.databases.sqlite.connect import path_of
    from entrepot.databases.sqlite.engine import SqliteEngine

    return SqliteEngine(path_of(url))


def _postgres(url: str) -> Engine:
    from entrepot.databases.postgres.engine import PostgresEngine

    return PostgresEngine(url)


def _mysql(url: str) -> Engine:
    from entrepot.databases.mysql.engine import MySqlEngine

    return MySqlEngine(url)


ENGINES: Mapping[str, Maker] = {
    "sqlite": _sqlite,
    "postgresql": _postgres,
    "postgres": _postgres,
    "mysql": _mysql,
    "mariadb": _mysql,
}
"""URL scheme → what makes the engine; a driver is imported only when its engine is asked for."""


def _third_party() -> Mapping[str, Maker]:
    return {point.name.lower(): point.load() for point in _points()}


def _schemes() -> list[str]:
    return [*ENGINES, *(point.name for point in _points())]


def _points() -> Iterable[EntryPoint]:
    from importlib.metadata import entry_points  # takes as long to load as an engine of ours

    return entry_points(group=GROUP)


def _not_a_url(url: str) -> InputError:
    """Most often a file name; the URL is not repeated, because it may hold a password."""
    file = url if "@" not in url and "://" not in url else "app.db"
    return InputError(
        "not_a_database_url",
        "A database is named by a URL, which this is not." if file == "app.db" else f"'{url}' is not a database URL.",
        remedy=f"Did you mean 'sqlite:///{file}'? Others: postgresql://user@host/name, mysql://user@host/name.",
    )


def _unknown(scheme: str) -> InputError:
    guess = nearest(scheme, _schemes())
    question = f"Did you mean '{guess}://'? " if guess else ""
    return InputError(
        "unknown_engine",
        f"There is no engine for '{unquote(scheme)}://' URLs.",
        remedy=f"{question}Known: {', '.join(f'{known}://' for known in _schemes())}.",
    )
