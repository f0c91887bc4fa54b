"""Where the files of each collection are: the same for all databases, unless one says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from entrepot.config.settings import Loaded
from entrepot.model.suggest import unknown


@dataclass(frozen=True, kw_only=True)
class FilePlace:
    collection: str
    where: str
    """As it stands in the settings."""
    said: str
    """The setting that says it."""


def file_places(loaded: Loaded, db: str | None) -> dict[str, FilePlace]:
    """By collection, for one database: the one that `db` names, or that is used where nobody names one."""
    databases = loaded.settings.databases
    name = db or loaded.default_database or (next(iter(databases)) if len(databases) == 1 else "")
    return {place.collection: place for place in (*_of_all(loaded), *_of_one(loaded, name))}


def all_places(loaded: Loaded) -> tuple[FilePlace, ...]:
    """Of all databases."""
    named = (place for name in loaded.settings.databases for place in _of_one(loaded, name))
    return (*_of_all(loaded), *named)


def _of_all(loaded: Loaded) -> Iterator[FilePlace]:
    for name, files in loaded.settings.files.items():
        yield FilePlace(collection=name, where=files.folder, said=f"[files.{name}]")


def _of_one(loaded: Loaded, database: str) -> Iterator[FilePlace]:
    settings = loaded.settings.databases.get(database)
    for name, where in settings.files.items() if settings else ():
        if name not in loaded.settings.files:
            raise unknown("file collection", name, loaded.settings.files)
        yield FilePlace(collection=name, where=where, said=f"[databases.{database}] files.{name}")
