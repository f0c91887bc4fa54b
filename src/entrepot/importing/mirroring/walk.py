"""What the database has of the rows that go, step by step in the workbench."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from entrepot.importing.asking import KEYS
from entrepot.importing.mirroring.reach import Reach, Table
from entrepot.importing.request import Work
from entrepot.model.changes import Target
from entrepot.model.templates import Chunk

FOUND, NAMED = "found_rows", "named_rows"
REFERRING = f"{KEYS}_going_to"


@dataclass(frozen=True, kw_only=True)
class Walk:
    work: Work
    target: Target
    reach: Reach
    going: dict[str, int] = field(default_factory=dict)
    """How many rows, by entity."""
    keyless: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)
    held: dict[str, int] = field(default_factory=dict)
    """Rows without a key, which no table keeps."""

    @property
    def root(self) -> Table:
        """The entity whose rows the file names."""
        return self.reach.tables[self.work.prepared.entity.name]

    def take(self, table: str, names: Iterable[str], rows: Iterable[Chunk]) -> int:
        """How many."""
        with self.work.bench.take(table, tuple(names)) as taken:
            for chunk in rows:
                self.work.run.cancel.check()
                taken.write(chunk.data)
            return taken.finish()
