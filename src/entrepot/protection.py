"""What is not to be touched: the application's own files by exports, and ours by anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from entrepot.config.load import database_url, sqlite_urls
from entrepot.config.settings import Loaded
from entrepot.model.errors import InputError
from entrepot.model.ports import Engine

if TYPE_CHECKING:
    from entrepot.storage.guard import Guard


def named_engine(loaded: Loaded, db: str | None, environment: Mapping[str, str]) -> Engine:
    """The database that `db` means; our own records are none."""
    from entrepot.databases.registry import open_engine
    from entrepot.storage.guard import lies_in

    engine = open_engine(database_url(loaded, db, environment))
    for file in engine.files:
        if lies_in(file, loaded.state):
            raise InputError(
                "protected_source",
                f"{file} belongs to Entrepot's own records, in {loaded.state}.",
                remedy="Name the database of an application.",
            )
    return engine


def export_guard(loaded: Loaded, engine: Engine, environment: Mapping[str, str]) -> Guard:
    """Whatever is typed, no export replaces a file of the application, or lies among them or ours."""
    from entrepot.databases.registry import open_engine
    from entrepot.storage.guard import Guard

    settings = {loaded.file: "the settings file"} if loaded.file else {}
    engines = (engine, *map(open_engine, sqlite_urls(loaded, environment)))
    files = {loaded.folder / it.folder: f"[files.{name}]" for name, it in loaded.settings.files.items()}
    return Guard(
        files={**settings, **{file: "a file of a database" for engine in engines for file in engine.files}},
        folders={**files, loaded.state: "where Entrepot keeps its own records"},
    )
