"""Imports into MariaDB in the tests: one transaction of one engine, and what its rows are afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from contract.databases.mariadb_case import MariaPlace
from entrepot.databases.mysql.change import MySqlTarget
from entrepot.databases.mysql.engine import MySqlEngine
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.selection import Column
from entrepot.model.templates import Chunk
from servers.mariadb import MariaDatabase

WAYS = ("load", "insert")
"""Over LOAD DATA LOCAL, and over INSERT where the server has that switched off."""


@contextmanager
def way_of(database: MariaDatabase, way: str) -> Iterator[None]:
    database.execute(f"SET GLOBAL local_infile = {int(way == 'load')}")
    try:
        yield
    finally:
        database.execute("SET GLOBAL local_infile = 0")


class Importer:
    """Sees the tables as they were when it was made."""

    def __init__(self, database: MariaDatabase, work: Path, url: str | None = None) -> None:
        self.place = MariaPlace(database)
        self.engine = MySqlEngine(url or database.url)
        self.catalog: Catalog = self.engine.introspect()
        self.work = work

    def __getitem__(self, name: str) -> Entity:
        return self.catalog.entity(name)

    @contextmanager
    def change(self, *names: str, write: bool = True) -> Iterator[MySqlTarget]:
        entities = [self[name] for name in names] or list(self.catalog.entities)
        with self.engine.change(self.catalog, entities, self.work, write=write) as target:
            yield target

    def do(self, action: Callable[[MySqlTarget], object]) -> None:
        with self.change() as target:
            action(target)
            target.commit()

    def insert(self, name: str, fields: Sequence[str], *blocks: bytes) -> None:
        self.do(lambda target: target.insert(self[name], fields, blocks))


def all_columns(entity: Entity) -> tuple[Column, ...]:
    return tuple(Column(field=field, name=field.name) for field in entity.fields)


def joined(chunks: Iterable[Chunk]) -> bytes:
    return b"".join(chunk.data for chunk in chunks)


@contextmanager
def beside(action: Callable[[], object]) -> Iterator[threading.Thread]:
    """Something else goes on in another thread, to its end."""
    thread = threading.Thread(target=action)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(timeout=30)
        assert not thread.is_alive()
