"""What the database has of the rows that go, step by step in the workbench."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from entrepot.importing.asking import KEYS
from entrepot.importing.mirroring.reach import Reach, Table
from entrepot.importing.request import Run, Work
from entrepot.importing.tenancy import Tenancy
from entrepot.model.bench import Bench
from entrepot.model.changes import Target
from entrepot.model.drafts import Mode
from entrepot.model.templates import Chunk

FOUND = "found_rows"
REFERRING = f"{KEYS}_going_to"


@dataclass(frozen=True, kw_only=True)
class Walk:
    works: Mapping[str, Work]
    """The tables of the import, by their entities: rows that their records name go with no others."""
    target: Target
    reach: Reach
    scopes: dict[str, int] = field(default_factory=dict)
    """How many rows there are that a table is to be equal to, by entity."""
    unnamed: dict[str, int] = field(default_factory=dict)
    """How many of them no record names."""
    going: dict[str, int] = field(default_factory=dict)
    """How many rows, by entity."""
    last: set[str] = field(default_factory=set)
    """The entities whose rows go when all else is written."""
    keyless: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)
    held: dict[str, int] = field(default_factory=dict)
    """Rows without a key, which no table keeps."""

    @property
    def run(self) -> Run:
        return self._first.run

    @property
    def bench(self) -> Bench:
        """What goes is nobody's in particular."""
        return self._first.bench.part(0)

    @property
    def tenancy(self) -> Tenancy | None:
        return self._first.prepared.tenancy

    @property
    def _first(self) -> Work:
        return next(iter(self.works.values()))

    def mirrored(self) -> Iterator[tuple[Work, Table]]:
        """The tables that are to be equal to files."""
        for name, work in self.works.items():
            if work.prepared.request.mode is Mode.MIRROR:
                yield work, self.reach.tables[name]

    def gone(self) -> Iterator[Table]:
        """The tables of which some rows go, parents first."""
        return (table for table in self.reach.tables.values() if self.going.get(table.entity.name))

    def take(self, table: str, names: Iterable[str], rows: Iterable[Chunk]) -> int:
        """How many."""
        with self.bench.take(table, tuple(names)) as taken:
            for chunk in rows:
                self.run.cancel.check()
                taken.write(chunk.data)
            return taken.finish()
