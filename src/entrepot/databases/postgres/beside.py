"""Rows of a file in a temporary table, typed as the fields are: one join says which rows of the table they meet, and
which of those they change. Nothing of it is stored, so the join is made anew wherever it is asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from entrepot.databases.csv_rows import named_fields
from entrepot.databases.postgres import keysets
from entrepot.databases.postgres.copying import csv_options
from entrepot.databases.postgres.dialect import PostgresDialect
from entrepot.databases.postgres.forms import native_line, text_form
from entrepot.databases.postgres.loading import ALIAS, NUMBER, Loader, quoted
from entrepot.databases.postgres.names import quote, table_name
from entrepot.databases.postgres.stream import copy_lines
from entrepot.model.beside import Met
from entrepot.model.catalog import Entity, Field
from entrepot.model.matching import Difference
from entrepot.model.templates import Chunk, CsvDialect, Form
from entrepot.model.types import Kind

ROWS_PER_CHUNK = 1000
FIRST = 10_000
"""How many rows are compared again first for those that are shown; mostly that is enough."""
NUMBERED = "GENERATED ALWAYS AS IDENTITY (CACHE 1000)"
"""As rows come; their counter is not asked for each of them."""
HASHED_SINCE = 140_000
"""The version that hashes whole rows; older ones make a text of them, which takes four times as long."""
BY_VALUE = frozenset(
    {Kind.BOOLEAN, Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT, Kind.BYTES, Kind.DATE, Kind.TIME, Kind.UUID}
    | {Kind.TIMESTAMP, Kind.TIMESTAMP_TZ}
)
"""Kinds of which equal values are the same value."""
BY_TEXT = frozenset({Kind.TEXT, Kind.ENUM})
"""Kinds whose collations and types may call others equal."""
EXACT = 'COLLATE pg_catalog."C"'
DOCUMENT = "jsonb"
"""Equal as documents; `json` knows no equality."""

Doing = Callable[[str, Entity | None], AbstractContextManager[None]]
Reading = Callable[[Callable[[], Iterator[Chunk]]], Iterator[Chunk]]


def can_tell(fields: Iterable[Field]) -> bool:
    """Whether the database and we mean the same by equal values."""
    return all(
        field.type.kind in BY_VALUE | BY_TEXT or (field.type.kind is Kind.JSON and field.native == DOCUMENT)
        for field in fields
    )


def differ(field: Field, theirs: str, ours: str) -> str:
    """By the server's own operator, whatever people's settings find under its name."""
    equal = f"{_plain(field, theirs)} OPERATOR(pg_catalog.=) {_plain(field, ours)}"
    if not field.nullable:
        return f"NOT ({equal})"
    return f"(({equal}) IS NOT TRUE AND ({theirs} IS NOT NULL OR {ours} IS NOT NULL))"


def _plain(field: Field, value: str) -> str:
    return f"({value})::pg_catalog.text {EXACT}" if field.type.kind in BY_TEXT else value


@dataclass(frozen=True, kw_only=True)
class PostgresBeside:
    """`looking`, `changing` and `read` are how its target does things."""

    loader: Loader
    entity: Entity
    key: Sequence[Field]
    fields: Sequence[Field]
    looking: Doing
    changing: Doing
    read: Reading
    table: str

    def keep(self, rows: Iterable[bytes]) -> int:
        with self.looking("sending rows for ", self.entity):
            return self.loader.copy(self.table, self._names(), rows)

    def is_single(self) -> bool:
        with self.looking("looking for keys that are the same in ", self.entity):
            wanted = [self._name(field) for field in self.key]
            is_single = keysets.is_indexed(self.loader, self.table, wanted)
            self.loader.run(f"ANALYZE {self.table} ({', '.join([*wanted, NUMBER])})")
            return is_single

    def met(self) -> Met:
        with self.looking("comparing with ", self.entity):
            values = ", ".join(f"j.o{at}" for at, _ in self._compared())
            told = f"CASE WHEN j.differs THEN {self._hash(f'j.n, {values}')} ELSE {self._hash('j.n')} END"
            statement = (
                f"SELECT count(*) FILTER (WHERE j.differs), count(*), coalesce(sum({told}), 0)::text"
                f" FROM ({self._joined()}) AS j"
            )
            updated, met, digest = self.loader.connection.execute(statement.encode()).fetchone() or (0, 0, "")
            return Met(updated=int(updated), unchanged=int(met) - int(updated), digest=f"{met}-{digest}")

    def differences(self, most: int) -> Sequence[Difference]:
        with self.looking("comparing with ", self.entity):
            found = self._first_of(most, f"{self._meeting()} AND {ALIAS}.{NUMBER} <= {FIRST:d}")
            return found if len(found) == most else self._first_of(most, self._meeting())

    def _first_of(self, most: int, meeting: str) -> Sequence[Difference]:
        compared = [field for _, field in self._compared()]
        shown = [_text(field, self._ours(field)) for field in self.key]
        shown += [_text(field, side(field)) for side in (self._theirs, self._ours) for field in compared]
        first = f"SELECT {ALIAS}.{NUMBER} {meeting} AND ({self._differs()}) ORDER BY 1 LIMIT {most:d}"
        statement = (
            f"SELECT {ALIAS}.{NUMBER}, {', '.join(shown)} {meeting} AND {ALIAS}.{NUMBER} IN ({first}) ORDER BY 1"
        )
        found = self.loader.connection.execute(statement.encode()).fetchall()
        keys, width = len(self.key), len(compared)
        return [
            Difference(record=record, key=values[:keys], before=values[keys:-width], after=values[-width:])
            for record, *rest in found
            for values in [tuple(rest)]
        ]

    def before(self, *, all_differ: bool = False) -> Iterator[Chunk]:
        return self._copied(self._theirs, f"{self._meeting()}{self._and_differs(all_differ)}")

    def changed(self, *, all_differ: bool = False) -> Iterator[Chunk]:
        return self._copied(self._ours, f"{self._meeting()}{self._and_differs(all_differ)}")

    def new(self) -> Iterator[Chunk]:
        return self._copied(self._ours, self._unmet())

    def update(self, *, all_differ: bool = False) -> int:
        with self.changing("changing rows of ", self.entity):
            pairs = ", ".join(f"{quote(field.name)} = {self._ours(field)}" for _, field in self._compared())
            source = f"FROM {self.table} AS {ALIAS} WHERE {self._same()}{self._and_differs(all_differ)}"
            return self.loader.change(f"UPDATE {PostgresDialect().table(self.entity)} AS t SET {pairs} {source}")

    def insert(self) -> int:
        """OVERRIDING: a given number stands where the database would insist on its own."""
        with self.changing("adding rows to ", self.entity):
            rows = f"SELECT {', '.join(map(self._ours, self.fields))} {self._unmet()} ORDER BY {ALIAS}.{NUMBER}"
            names = ", ".join(quoted(self.fields))
            return self.loader.change(f"INSERT INTO {table_name(self.entity)} ({names}) OVERRIDING SYSTEM VALUE {rows}")

    def _copied(self, value: Callable[[Field], str], source: str) -> Iterator[Chunk]:
        with self.looking("reading rows of ", self.entity):
            values = ", ".join(native_line(value(field), field.type) for field in self.fields)
            asked = f"COPY (SELECT {values} {source}) TO STDOUT ({csv_options(CsvDialect())})"
            yield from self.read(lambda: copy_lines(self.loader.connection, asked, ROWS_PER_CHUNK))

    def _joined(self) -> str:
        """Each row with what is compared once; OFFSET 0 keeps it from being asked again wherever it is used."""
        values = "".join(f", {_plain(field, self._theirs(field))} AS o{at}" for at, field in self._compared())
        return f"SELECT {ALIAS}.{NUMBER} AS n, ({self._differs()}) AS differs{values} {self._meeting()} OFFSET 0"

    def _meeting(self) -> str:
        return f"FROM {PostgresDialect().table(self.entity)} AS t, {self.table} AS {ALIAS} WHERE {self._same()}"

    def _unmet(self) -> str:
        there = f"SELECT 1 FROM {PostgresDialect().table(self.entity)} AS t WHERE {self._same()}"
        return f"FROM {self.table} AS {ALIAS} WHERE NOT EXISTS ({there})"

    def _same(self) -> str:
        ours, theirs = (list(map(side, self.key)) for side in (self._theirs, self._ours))
        return keysets.equal(self.loader.connection, self.entity, self.key, ours, theirs)

    def _differs(self) -> str:
        return " OR ".join(differ(field, self._theirs(field), self._ours(field)) for _, field in self._compared())

    def _and_differs(self, all_differ: bool) -> str:
        """The transaction sees what it saw when they were compared."""
        return "" if all_differ else f" AND ({self._differs()})"

    def _hash(self, values: str) -> str:
        row = f"ROW({values})"
        if self.loader.connection.info.server_version >= HASHED_SINCE:
            return f"hash_record_extended({row}, 0)"
        return f"('x' || left(md5({row}::text), 16))::bit(64)::bigint"

    def _compared(self) -> Iterator[tuple[int, Field]]:
        return ((at, field) for at, field in enumerate(self.fields) if field not in self.key)

    def _names(self) -> list[str]:
        return [f"v{at}" for at, _ in enumerate(self.fields)]

    def _name(self, field: Field) -> str:
        return f"v{self.fields.index(field)}"

    def _ours(self, field: Field) -> str:
        return f"{ALIAS}.{self._name(field)}"

    def _theirs(self, field: Field) -> str:
        return f"t.{quote(field.name)}"


def _text(field: Field, value: str) -> str:
    return text_form(value, field.type, Form.TEXT)


class KeepingBeside(ABC):
    """The part of a target that makes such a place."""

    _loader: Loader

    @abstractmethod
    def _at_work(self, doing: str, entity: Entity | None = None) -> AbstractContextManager[None]: ...

    @abstractmethod
    def _changing(self, doing: str, entity: Entity | None = None) -> AbstractContextManager[None]: ...

    @abstractmethod
    def _undisturbed(self, read: Callable[[], Iterator[Chunk]]) -> Iterator[Chunk]: ...

    def beside(self, entity: Entity, key: Sequence[str], fields: Sequence[str]) -> PostgresBeside | None:
        wanted, found_by = named_fields(entity, fields), named_fields(entity, key)
        if not can_tell(wanted) or set(found_by) == set(wanted):
            return None
        with self._at_work("making room beside ", entity):
            columns = [f"v{at}" for at, _ in enumerate(wanted)]
            table = self._loader.make_like("rows beside", entity, wanted, columns)
            self._loader.run(f"ALTER TABLE {table} ADD COLUMN {NUMBER} bigint {NUMBERED}")
        return PostgresBeside(
            loader=self._loader,
            entity=entity,
            key=found_by,
            fields=wanted,
            looking=self._at_work,
            changing=self._changing,
            read=self._undisturbed,
            table=table,
        )
