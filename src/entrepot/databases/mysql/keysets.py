"""Keys that are remembered and looked for, as the server compares them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from entrepot.databases.compile import ROWS, Compiler
from entrepot.databases.conditions import Conditions
from entrepot.databases.csv_rows import csv_rows
from entrepot.databases.mysql.kept import KEPT, Kept
from entrepot.databases.mysql.refusals import rows_of
from entrepot.databases.mysql.running import Running
from entrepot.databases.mysql.staging import NUMBER, Staging
from entrepot.databases.mysql.stream import only_texts
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk

CHUNK = 10_000


@dataclass(frozen=True, kw_only=True)
class KeySets:
    running: Running
    compiler: Compiler
    staging: Staging
    kept: dict[str, Kept] = field(default_factory=dict)
    """By name."""
    loose: dict[str, Kept] = field(default_factory=dict)
    """Keys as they came, where some of them equal others."""

    def keep(self, name: str, kept: Kept, rows: Iterable[bytes]) -> int:
        """Each once; how many."""
        loose = replace(kept, table=self.compiler.dialect.rowset(f"{name} loose"))
        self._create(kept, indexed=True)
        self._create(loose, indexed=False)
        came = 0
        for before, _ in self.staging.counted(kept.keys + kept.numbered, rows):
            with rows_of(kept.entity, before, kept.fields):
                came += self.running.execute(loose.take_keys())
        count = self.running.execute(kept.take_single(loose.table))
        self.kept[name] = kept
        self.loose.pop(name, None)
        if kept.numbered and came > count:
            self.loose[name] = loose
        else:
            self.running.execute(loose.drop())
        return count

    def doubled(self, name: str) -> Iterator[Chunk]:
        if name in self.loose:
            yield from self.chunks(self.kept[name].doubles(self.loose[name].table))

    def matching(self, name: str, query: Query, fields: tuple[str, ...], *, numbered: bool) -> str:
        """A statement of the rows that the query wants and whose fields equal a kept key."""
        kept = replace(self.kept[name], entity=query.entity, fields=fields)
        row, dialect = self.compiler.row(query, csv_rows(query.columns)), self.compiler.dialect
        if numbered:
            row = dialect.concat([f"{KEPT}.{NUMBER}", "','" if query.columns else "''", row])
        if query.where is None:
            return f"SELECT {row} FROM {kept.joined()}"
        wanted = Conditions(dialect, self.compiler.catalog).of(query.where, query.entity, ROWS)
        return f"SELECT {row} FROM {kept.joined()} AND ({wanted})"

    def rows(self, query: Query) -> Iterator[Chunk]:
        """All that it wants, without a key and without a lock."""
        return self.chunks(self.compiler.rows(query, csv_rows(query.columns)))

    def chunks(self, statement: str) -> Iterator[Chunk]:
        for packets in self.running.read(statement, CHUNK):
            yield Chunk(only_texts(packets), len(packets))

    def _create(self, kept: Kept, *, indexed: bool) -> None:
        for statement in kept.create(self.staging.abilities.scratch, indexed=indexed):
            self.running.execute(statement)
