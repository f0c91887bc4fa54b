"""What the database answers goes into the workbench, as tables beside the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from entrepot.importing.request import Run
from entrepot.model.bench import Bench
from entrepot.model.catalog import Entity
from entrepot.model.changes import Target
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


@dataclass(frozen=True, kw_only=True)
class Beside:
    """No table that is worked with, but what is asked besides."""

    run: Run
    bench: Bench


def take_alike(tables: tuple[str, str], entity: Entity, fields: Sequence[str], target: Target, work: Asking) -> str:
    """Of the rows `n, p0…` of the first table in the workbench those that the database takes for the same, as the
    second one; under which name it keeps them."""
    given, taken = tables
    names, kept = ["n", *(f"p{at}" for at in range(len(fields)))], f"{KEYS}_{given}"
    target.keep_keys(kept, entity, fields, work.bench.give(given, names, null=target.null), numbered=True)
    take(taken, DOUBLED, target.doubled(kept), work)
    return kept


def take(table: str, names: Sequence[str], rows: Iterable[Chunk], work: Asking) -> None:
    with work.bench.take(table, names) as taken:
        for chunk in rows:
            work.run.cancel.check()
            taken.write(chunk.data)
        taken.finish()


def columns(entity: Entity, names: Iterable[str]) -> tuple[Column, ...]:
    return tuple(Column(field=entity.field(name), name=name) for name in names)
