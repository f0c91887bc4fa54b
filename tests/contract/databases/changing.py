"""The few moves of every test that changes a database: a transaction, rows in, rows out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from contract.databases.case import EngineCase, Place
from contract.databases.reading import opened, query_of, texts
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.changes import Changing, Target
from entrepot.model.ports import Engine, Heedful
from entrepot.model.selection import Column, Order
from entrepot.model.templates import Chunk

VALUE = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n)')
"""Quoted, or bare; and what stands behind it."""
Row = Sequence[str | None]


class ChangingEngine(Engine, Changing, Heedful, Protocol):
    """What all engines are."""


@contextmanager
def changing(engine: ChangingEngine, work: Path, *, write: bool = True) -> Iterator[tuple[Catalog, Target]]:
    """A transaction over everything."""
    catalog = engine.introspect()
    with over(engine, catalog, work, write=write) as target:
        yield catalog, target


def over(engine: ChangingEngine, catalog: Catalog, work: Path, *, write: bool = True) -> AbstractContextManager[Target]:
    folder = work / "change"
    folder.mkdir(exist_ok=True)
    return engine.change(catalog, catalog.entities, folder, write=write)


@contextmanager
def taking_files(case: EngineCase, place: Place) -> Iterator[None]:
    """MariaDB does, unless somebody forbids it, as the servers of the tests do."""
    if case.name != "mysql":
        yield
        return
    place.execute("SET GLOBAL local_infile = 1")
    try:
        yield
    finally:
        place.execute("SET GLOBAL local_infile = 0")


def lines(target: Target, rows: Iterable[Row]) -> Iterator[bytes]:
    """Rows as a target takes them, some to a block."""
    held = [line(target.null, row) for row in rows]
    for start in range(0, len(held), 3):
        yield b"".join(held[start : start + 3])


def line(null: str, row: Row) -> bytes:
    return (",".join(null if value is None else quoted(value, null) for value in row) + "\n").encode()


def quoted(value: str, null: str) -> str:
    """Only where it must be, as whoever sends many rows does it."""
    if value and value != null and not set(value) & set(',"\r\n'):
        return value
    return f'"{value.replace(chr(34), chr(34) * 2)}"'


def given(chunks: Iterable[Chunk]) -> list[tuple[str | None, ...]]:
    """Rows as they come out of a target: NULL bare and empty, an empty text quoted."""
    data = b""
    count = 0
    for chunk in chunks:
        data += chunk.data
        count += chunk.rows
    rows = read(data.decode())
    assert len(rows) == count, "a chunk must say how many rows it has"
    return rows


def read(text: str) -> list[tuple[str | None, ...]]:
    """Python's own reader cannot tell an empty text from nothing."""
    rows: list[tuple[str | None, ...]] = []
    row: list[str | None] = []
    place = 0
    while place < len(text):
        found = VALUE.match(text, place)
        assert found, f"no CSV from here on: {text[place : place + 80]!r}"
        row.append(found[2] or None if found[1] is None else found[1].replace('""', '"'))
        if found[3] == "\n":
            rows.append(tuple(row))
            row = []
        place = found.end()
    assert not row, "the last row must end"
    return rows


def columns_of(entity: Entity, *names: str) -> list[Column]:
    return [Column(field=field, name=field.name) for field in entity.fields if not names or field.name in names]


def stored(engine: Engine, work: Path, table: str) -> list[tuple[str | None, ...]]:
    """What the table holds, by the way out."""
    with opened(engine, work, table) as (catalog, session):
        return texts(session, query_of(catalog.entity(table), order=Order.KEY))
