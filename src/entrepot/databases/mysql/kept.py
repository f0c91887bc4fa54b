"""Values in temporary tables of the fields' own types, so that the server compares them as it compares its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.databases.compile import ROWS
from entrepot.databases.mysql.conversions import value_of
from entrepot.databases.mysql.names import quote, table_name
from entrepot.databases.mysql.staging import NUMBER, STAGE, texts
from entrepot.databases.mysql.types import GEOMETRIES
from entrepot.model.catalog import Entity, Field, Index, Key
from entrepot.model.types import Kind

KEPT = "k"
INDEX = "kept"
PREFIX = 190
"""Characters of a long text that an index can always hold."""
SPELLED = frozenset({Kind.TEXT, Kind.BYTES, Kind.JSON})


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A temporary table whose columns c0, c1, … have the types of `fields`; the first `keys` of them name a row."""

    table: str
    """Quoted."""
    entity: Entity
    fields: tuple[str, ...]
    keys: int
    numbered: bool = False
    """Each row has its giver's number besides."""

    def create(self, scratch: str, *, indexed: bool) -> Iterator[str]:
        """Statements. None of them ends the transaction, as CREATE INDEX would."""
        yield self.drop()
        own = [f"{NUMBER} BIGINT UNSIGNED"] if self.numbered else []
        index = [self._index()] if indexed and self._index() else []
        yield self.definition(scratch, ", ".join([*own, *index]))

    def definition(self, scratch: str, extra: str) -> str:
        columns = ", ".join(f"{quote(name)} AS c{n}" for n, name in enumerate(self.fields))
        extra = f"({extra}) " if extra else ""
        return (
            f"CREATE TEMPORARY TABLE {self.table} {extra}ENGINE={scratch} "
            f"AS SELECT {columns} FROM {table_name(self.entity)} LIMIT 0"
        )

    def drop(self) -> str:
        return f"DROP TEMPORARY TABLE IF EXISTS {self.table}"

    def take_keys(self) -> str:
        """What is on the stage comes in. A key with a NULL in it is none: it equals nothing."""
        first = int(self.numbered)
        given = " AND ".join(f"{text} IS NOT NULL" for text in texts(self.keys + first)[first:])
        values = [*([f"CAST({texts(1)[0]} AS UNSIGNED)"] if self.numbered else []), *self._values()]
        return (
            f"INSERT INTO {self.table} SELECT {', '.join(values)} FROM {quote(STAGE)} WHERE {given} ORDER BY {NUMBER}"
        )

    def take_single(self, others: str) -> str:
        """Each key once, out of another such table."""
        if not self.numbered:
            return f"INSERT INTO {self.table} SELECT DISTINCT * FROM {others}"
        columns = ", ".join(f"c{number}" for number in range(self.keys))
        return f"INSERT INTO {self.table} SELECT min({NUMBER}), {columns} FROM {others} GROUP BY {columns}"

    def doubles(self, others: str) -> str:
        """The numbers of those that equal another one here, and its number, as a row."""
        same = " AND ".join(f"o.c{number} = {KEPT}.c{number}" for number in range(self.keys))
        forced = f" FORCE INDEX ({INDEX})" if self._index() else ""
        joined = f"{others} AS o STRAIGHT_JOIN {self.table} AS {KEPT}{forced} ON {same}"
        return f"SELECT CONCAT(o.{NUMBER}, ',', {KEPT}.{NUMBER}, '\n') FROM {joined} AND o.{NUMBER} <> {KEPT}.{NUMBER}"

    def take_rows(self, before: int) -> str:
        """With their numbers; so many came `before`."""
        columns = ", ".join(f"c{number}" for number in range(len(self.fields)))
        rows = f"SELECT {NUMBER} + {before:d}, {', '.join(self._values())} FROM {quote(STAGE)} ORDER BY {NUMBER}"
        return f"INSERT INTO {self.table} ({NUMBER}, {columns}) {rows}"

    def _values(self) -> list[str]:
        return values_of(self.entity, self.fields, first=int(self.numbered))

    def update(self, fields: Sequence[str]) -> str:
        """They stand behind the key."""
        pairs = enumerate(fields, start=self.keys)
        values = ", ".join(f"{ROWS}.{quote(name)} = {KEPT}.c{number}" for number, name in pairs)
        return f"UPDATE {self.joined()} SET {values}"

    def joined(self) -> str:
        """Both tables, the one in front that has no index to be found by. The index is forced: a scan of the entity
        would lock all its rows, and of tables without statistics the server thinks nothing."""
        pairs = enumerate(self.fields[: self.keys])
        same = " AND ".join(f"{KEPT}.c{n} = {ROWS}.{quote(name)}" for n, name in pairs)
        rows, kept = f"{table_name(self.entity)} AS {ROWS}", f"{self.table} AS {KEPT}"
        if self.found_by:
            return f"{kept} STRAIGHT_JOIN {rows} FORCE INDEX ({quote(self.found_by)}) ON {same}"
        forced = f" FORCE INDEX ({INDEX})" if self._index() else ""
        return f"{rows} STRAIGHT_JOIN {kept}{forced} ON {same}"

    @property
    def found_by(self) -> str | None:
        """The index of the entity that begins with a key of ours; the longer the better."""
        keys = self.fields[: self.keys]
        found = max(_indexes(self.entity), key=lambda index: _depth(index.fields, keys), default=None)
        return found.name if found and _depth(found.fields, keys) else None

    def _index(self) -> str:
        columns = [self.entity.field(name) for name in self.fields[: self.keys]]
        parts = [f"c{n}{prefix(field, len(columns))}" for n, field in enumerate(columns) if can_index(field)]
        return f"KEY {INDEX} ({', '.join(parts)})" if parts else ""


def _indexes(entity: Entity) -> Iterator[Key | Index]:
    if entity.primary_key:
        yield Key(name="PRIMARY", fields=entity.primary_key)
    yield from entity.keys
    yield from entity.indexes


def _depth(fields: Sequence[str], keys: Sequence[str]) -> int:
    """How many fields in front of an index are keys."""
    return next((depth for depth, name in enumerate(fields) if name not in keys), len(fields))


def values_of(entity: Entity, fields: Sequence[str], *, first: int = 0) -> list[str]:
    """The texts of the stage, from the `first` on, as values of `fields`."""
    pairs = zip(texts(first + len(fields))[first:], fields, strict=True)
    return [value_of(text, entity.field(name)) for text, name in pairs]


def insertion(entity: Entity, fields: Sequence[str]) -> str:
    """What is on the stage goes to where it belongs."""
    names = ", ".join(map(quote, fields))
    values = ", ".join(values_of(entity, fields))
    return f"INSERT INTO {table_name(entity)} ({names}) SELECT {values} FROM {quote(STAGE)} ORDER BY {NUMBER}"


def has_moments(entity: Entity, fields: Sequence[str]) -> bool:
    """Whether what a text means hangs on the session's time zone."""
    return any(entity.field(name).type.kind is Kind.TIMESTAMP_TZ for name in fields)


def can_index(field: Field) -> bool:
    return field.native.lower().split("(")[0] not in GEOMETRIES


def prefix(field: Field, parts: int) -> str:
    """All parts of an index together have 3072 bytes (1000 in Aria), four per character."""
    most = max(PREFIX // parts, 1)
    long = field.type.length is None or field.type.length > most
    return f"({most})" if field.type.kind in SPELLED and long else ""
