"""Databases made at random: tables of any types and names, with keys of all kinds, that refer to each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from acceptance.zoo import FIRST, specimens
from contract.databases.case import EngineCase, Place

NAMES = (
    *("order", "select", "Weird name", "ünï çödé", 'quo"te', "semi;colon", "it's", "CamelCase", "dotted.name", "a,b"),
    *("1st", "=1+1", "per%cent", "back\\slash", "slash/name", "漢字", "x" * 40, "plain", "under_score", "new\nline"),
)
TEXT_KEYS = (
    *("'k1'", "'k 2, \"q\"'", "'K-3;'", "'ü4'", "'=5'", "'NULL'"),
    *("'7.0'", "'it''s 8'", "'%9'", "'007'", "'-'", "'é'"),
)
MOST_TABLES, MOST_COLUMNS, MOST_ROWS = 5, 6, 12


@dataclass(frozen=True)
class Column:
    name: str
    native: str
    values: Sequence[str]
    """As SQL."""
    parent: Table | None = None
    """Whose key it is."""

    @property
    def is_required(self) -> bool:
        return self.native.endswith("NOT NULL")


@dataclass(frozen=True, eq=False)
class Table:
    name: str
    key: tuple[Column, ...]
    columns: tuple[Column, ...]
    keys: Sequence[tuple[str, ...]] = field(default=())
    """Of its rows."""


@dataclass(frozen=True)
class SmallDatabase:
    case: EngineCase
    random: Random

    def made(self) -> list[Table]:
        names = self.random.sample(NAMES, self.random.randint(2, MOST_TABLES))
        tables: list[Table] = []
        for name in names:
            tables.append(self.table(name, tables))
        return tables

    def table(self, name: str, before: Sequence[Table]) -> Table:
        names = iter(self.random.sample(NAMES, len(NAMES)))
        keys = self.keys()
        natives = ["integer"] * 2 if keys and len(keys[0]) == 2 else [self.key_type(keys)]
        key = tuple(Column(next(names), native, ()) for native in natives)
        own = Table(name, key, (), keys)
        columns = [self.column(next(names)) for _ in range(self.random.randint(0, MOST_COLUMNS))]
        parents = [one for one in [*before, own] if len(one.key) == 1 and self.random.random() < 0.6]
        references = [Column(next(names), parent.key[0].native, (), parent) for parent in parents]
        return Table(name, key, (*columns, *references), keys)

    def key_type(self, keys: Sequence[tuple[str, ...]]) -> str:
        return self.case.key_text if keys and keys[0][0].startswith("'") else "integer"

    def keys(self) -> Sequence[tuple[str, ...]]:
        rows = self.random.randint(0, MOST_ROWS)
        kind = self.random.choice(("numbers", "texts", "pairs"))
        if kind == "texts":
            return [(text,) for text in self.random.sample(TEXT_KEYS, rows)]
        numbers = self.random.sample(range(-5, 100), rows)
        return [(str(n),) if kind == "numbers" else (str(n // 10), str(n)) for n in numbers]

    def column(self, name: str) -> Column:
        native, values = self.random.choice(specimens(self.case, importable=True))
        return Column(name, native, values)

    def schema(self, tables: Sequence[Table]) -> Iterator[str]:
        yield from FIRST.get(self.case.name, ())
        for table in tables:
            yield f"CREATE TABLE {self.case.quote(table.name)} ({', '.join(self.parts(table))})"

    def parts(self, table: Table) -> Iterator[str]:
        quote = self.case.quote
        yield from (f"{quote(column.name)} {column.native} NOT NULL" for column in table.key)
        yield from (f"{quote(column.name)} {column.native}" for column in table.columns)
        yield f"PRIMARY KEY ({', '.join(quote(column.name) for column in table.key)})"
        for column in table.columns:
            if column.parent is not None:
                (key,) = column.parent.key
                yield f"FOREIGN KEY ({quote(column.name)}) REFERENCES {quote(column.parent.name)} ({quote(key.name)})"

    def fill(self, place: Place, tables: Sequence[Table]) -> None:
        """Rows that refer to others of their own table refer to those that came before."""
        for table in tables:
            for at, key in enumerate(table.keys):
                values = [*key, *(self.value(column, table, at) for column in table.columns)]
                place.execute(f"INSERT INTO {self.case.quote(table.name)} VALUES ({', '.join(values)})")

    def value(self, column: Column, table: Table, at: int) -> str:
        choices = column.values
        if column.parent is not None:
            own = column.parent.name == table.name
            choices = [key[0] for key in (table.keys[:at] if own else column.parent.keys)]
        if column.is_required:
            return self.random.choice(choices)
        return self.random.choice([*choices, "NULL"])
