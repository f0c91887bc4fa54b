"""SQL scripts: what an export asks of the engine that they are for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from entrepot.model.catalog import Catalog, Entity
from entrepot.model.selection import Column
from entrepot.model.templates import Slot


class ScriptDialect(Protocol):
    """How an engine writes its own SQL scripts: all a `.sql` export needs to know about its target."""

    name: str

    def opening(self, catalog: Catalog, entities: Sequence[Entity]) -> str:
        """What stands first: settings, transaction, types, sequences."""
        ...

    def create(self, entity: Entity, catalog: Catalog) -> str: ...

    def begin_rows(self, entity: Entity, columns: Sequence[Column]) -> str:
        """Text before each chunk of rows (`INSERT INTO … VALUES`), or before all of them if `one_block`."""
        ...

    def end_rows(self) -> str: ...

    one_block: bool
    """True: one block per entity (COPY … FROM stdin), rows joined by nothing. False: a statement per chunk."""
    row_open: str
    row_close: str
    row_separator: str
    """What stands between two rows of a statement."""
    field_separator: str

    def slot(self, column: Column) -> Slot:
        """How one value is written."""
        ...

    copy_text: bool
    """True if rows are PostgreSQL COPY text."""

    def closing(self, catalog: Catalog, entities: Sequence[Entity]) -> str:
        """What stands last: indexes, foreign keys, counters, commit."""
        ...

    def notes(self, entity: Entity, source_engine: str) -> Iterator[str]:
        """What does not arrive unchanged when `entity` of `source_engine` is written for this engine, in words."""
        ...
