"""Random jobs over tables that refer to each other, what others do afterwards, and what an undo must make of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

Row = Mapping[str, int | None]
Rows = Mapping[int, Row]
World = Mapping[str, Rows]
"""By table and id."""
NUMBERS = range(1, 7)
ACTIONS = ("NO ACTION", "NO ACTION", "CASCADE", "SET NULL")


@dataclass(frozen=True, kw_only=True)
class Reference:
    name: str
    parent: str
    needed: bool
    action: str

    @property
    def definition(self) -> str:
        null = " NOT NULL" if self.needed else ""
        return f"{self.name} integer{null} REFERENCES {self.parent} (id) ON DELETE {self.action}"


@dataclass(frozen=True, kw_only=True)
class Table:
    """Its key is `id`, no two rows have the same `u`, and `v` is anything."""

    name: str
    references: tuple[Reference, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        return ("id", "u", "v", *(it.name for it in self.references))

    @property
    def definition(self) -> str:
        references = "".join(f", {it.definition}" for it in self.references)
        return f"CREATE TABLE {self.name} (id integer PRIMARY KEY, u integer UNIQUE, v integer{references})"


@dataclass(frozen=True)
class Dice:
    """Everything that is random about one case."""

    random: Random

    def tables(self) -> list[Table]:
        names = [f"t{number}" for number in range(self.random.randint(2, 4))]
        return [Table(name=name, references=tuple(self.references(names, at))) for at, name in enumerate(names)]

    def references(self, names: Sequence[str], at: int) -> Iterator[Reference]:
        """To earlier tables, and at times to itself or to a later one."""
        for number in range(self.random.randint(0, 2)):
            to = self.random.choice(names if self.random.random() < 0.3 else names[: at or 1])
            needed = to != names[at] and self.random.random() < 0.5
            plain = to == names[at] or (needed and to > names[at])
            action = ACTIONS[0] if plain else self.random.choice(ACTIONS[:3] if needed else ACTIONS)
            yield Reference(name=f"r{number}", parent=to, needed=needed, action=action)

    def world(self, tables: Sequence[Table]) -> World:
        chosen = {table.name: self.random.sample(NUMBERS, self.random.randint(0, 4)) for table in tables}
        return sound(
            tables, {table.name: {key: self.row(table, key, chosen) for key in chosen[table.name]} for table in tables}
        )

    def row(self, table: Table, key: int, there: Mapping[str, Sequence[int]]) -> Row:
        references = {it.name: self.parent(it, there) for it in table.references}
        return {"id": key, "u": self.maybe(range(8)), "v": self.maybe(range(3)), **references}

    def parent(self, reference: Reference, there: Mapping[str, Sequence[int]]) -> int | None:
        parents = sorted(there[reference.parent])
        return self.random.choice(parents) if parents and self.random.random() < 0.8 else None

    def maybe(self, values: Sequence[int]) -> int | None:
        return None if self.random.random() < 0.3 else self.random.choice(values)

    def job(self, tables: Sequence[Table], before: World) -> World:
        """What it leaves: rows come, change and go."""
        chosen = {table.name: self.survivors(before[table.name]) for table in tables}
        new = {
            table.name: {
                key: self.edited(table, before[table.name].get(key), key, chosen) for key in chosen[table.name]
            }
            for table in tables
        }
        return sound(tables, new)

    def survivors(self, rows: Rows) -> list[int]:
        stay = [key for key in rows if self.random.random() < 0.8]
        fresh = [key for key in NUMBERS if key not in rows and self.random.random() < 0.4]
        return sorted((*stay, *fresh))

    def edited(self, table: Table, row: Row | None, key: int, there: Mapping[str, Sequence[int]]) -> Row:
        new = self.row(table, key, there)
        if row is None:
            return new
        return {name: new[name] if self.random.random() < 0.3 else row[name] for name in table.fields}

    def edits(self, tables: Sequence[Table]) -> Iterator[str]:
        """Of others, of which the database refuses some."""
        there = {table.name: list(NUMBERS) for table in tables}
        for _ in range(self.random.randint(0, 4)):
            table, key = self.random.choice(tables), self.random.choice(NUMBERS)
            row = self.row(table, key, there)
            name = self.random.choice(table.fields[1:])
            yield self.random.choice(
                (
                    f"UPDATE {table.name} SET {name} = {sql(row[name])} WHERE id = {key}",
                    f"DELETE FROM {table.name} WHERE id = {key}",
                    f"INSERT INTO {table.name} VALUES ({', '.join(sql(row[it]) for it in table.fields)})",
                )
            )


def sql(value: int | None) -> str:
    return "NULL" if value is None else str(value)


def sound(tables: Sequence[Table], world: World) -> World:
    """Without doubles and loose ends."""
    found = {name: distinct(rows) for name, rows in world.items()}
    while True:
        fixed = {table.name: dict(anchored(table, found)) for table in tables}
        if fixed == found:
            return fixed
        found = fixed


def distinct(rows: Rows) -> dict[int, Row]:
    seen: set[int | None] = {None}
    found: dict[int, Row] = {}
    for key, row in rows.items():
        found[key] = {**row, "u": None if row["u"] in seen else row["u"]}
        seen.add(row["u"])
    return found


def anchored(table: Table, world: World) -> Iterator[tuple[int, Row]]:
    for key, row in world[table.name].items():
        loose = [it for it in table.references if row[it.name] not in (None, *world[it.parent])]
        empty = [it for it in table.references if row[it.name] is None]
        if not any(it.needed for it in (*loose, *empty)):
            yield key, {**row, **dict.fromkeys((it.name for it in loose), None)}


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a job did to one table."""

    table: Table
    created: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    compared: tuple[str, ...] = ()
    """The fields that it set in rows that it changed."""

    @property
    def all_keys(self) -> set[int]:
        return {*self.created, *self.removed, *self.updated}


def change(table: Table, before: Rows, after: Rows) -> Change:
    both = [key for key in before if key in after]
    names = [name for name in table.fields if any(before[key][name] != after[key][name] for key in both)]
    return Change(
        table=table,
        created=[key for key in after if key not in before],
        removed=[key for key in before if key not in after],
        updated=[key for key in both if before[key] != after[key]],
        compared=tuple(names),
    )
