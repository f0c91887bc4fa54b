"""What is not to be touched: the application's own files by exports, and ours by anybody."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.config.file_places import all_places
from entrepot.config.load import database_url, sqlite_urls
from entrepot.config.settings import Loaded
from entrepot.model.errors import InputError
from entrepot.model.ports import Engine
from entrepot.model.shared import Shared

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


def not_attached(loaded: Loaded, engine: Engine, environment: Mapping[str, str]) -> frozenset[Path]:
    """No file of a package comes among ours, or becomes one of the application that is just not there."""
    return frozenset(path.resolve() for path in (*export_guard(loaded, engine, environment).files, loaded.state))


def must_be_apart(loaded: Loaded) -> None:
    """A file of two collections would be read by whoever may read one, and taken away while the other refers to it."""
    from entrepot.storage.guard import is_same, lies_in

    homes = [(place, _home(loaded, place.where)) for place in all_places(loaded)]
    for (one, home), (other, around) in permutations(homes, 2):
        shared = one.collection == other.collection and is_same(home, around)
        if lies_in(home, around) and not shared:
            where = "is the folder" if is_same(home, around) else "lies in the folder"
            raise InputError(
                "folders_overlap",
                f"The folder of {one.said}, {_called(one.where, home)}, {where} of {other.said}, so that both have the"
                " same files.",
                remedy="Give each its own folder, outside of the other; or let the fields name one of them.",
            )


def _called(where: str, home: Path) -> str:
    return where if "://" in where else str(home)


def _home(loaded: Loaded, where: str) -> Path:
    """That of a bucket is where no folder is."""
    return Path("/dev/null", where) if "://" in where else Path(os.path.realpath(loaded.folder / where))


def export_guard(loaded: Loaded, engine: Engine, environment: Mapping[str, str]) -> Guard:
    """Whatever is typed, no export replaces a file of the application, or lies among them or ours."""
    from entrepot.databases.registry import open_engine
    from entrepot.storage.guard import Guard

    settings = {loaded.file: "the settings file"} if loaded.file else {}
    engines = (engine, *map(open_engine, sqlite_urls(loaded, environment)))
    files = {loaded.folder / it.where: it.said for it in all_places(loaded) if "://" not in it.where}
    return Guard(
        files={**settings, **{file: "a file of a database" for engine in engines for file in engine.files}},
        folders={**files, loaded.state: "where Entrepot keeps its own records"},
    )


def must_differ(source: Engine, target: Engine) -> None:
    """Rows that are copied onto themselves are a mistake, by whatever name both databases were called."""
    if _is_same(source, target):
        raise InputError(
            "same_database",
            "The rows would be copied from a database into itself.",
            remedy="Name two databases.",
        )


def _is_same(source: Engine, target: Engine) -> bool:
    from entrepot.storage.guard import is_same

    if source.name != target.name:
        return False
    if source.files and target.files:
        return is_same(source.files[0], target.files[0])
    if not isinstance(source, Shared) or not isinstance(target, Shared):
        return False
    word = secrets.randbits(62)
    with source.claimed(word):
        return target.is_claimed(word)
