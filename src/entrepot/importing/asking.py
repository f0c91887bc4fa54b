"""What the database answers goes into the workbench, as tables beside the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from entrepot.importing.request import Run
from entrepot.model.bench import Bench
from entrepot.model.catalog import Entity
from entrepot.model.selection import Column
from entrepot.model.templates import Chunk

KEYS = "entrepot_keys"
RECORD = "record"
DOUBLED = (RECORD, "first")


class Asking(Protocol):
    """Whoever works with both."""

    @property
    def run(self) -> Run: ...

    @property
    def bench(self) -> Bench: ...


def take(table: str, names: Sequence[str], rows: Iterable[Chunk], work: Asking) -> None:
    with work.bench.take(table, names) as taken:
        for chunk in rows:
            work.run.cancel.check()
            taken.write(chunk.data)
        taken.finish()


def columns(entity: Entity, names: Iterable[str]) -> tuple[Column, ...]:
    return tuple(Column(field=entity.field(name), name=name) for name in names)
