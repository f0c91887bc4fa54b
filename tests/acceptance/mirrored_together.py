"""What a mirror of several random tables must come to, in plain Python: people and their orders, which refer to each
other, items, and notes that no file is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

Row = dict[str, object]
World = dict[str, dict[int, Row]]
Rows = set[tuple[str, int]]
TABLES = ("people", "orders", "items", "notes")
PLAIN = {"people": ("region",), "orders": ("code",), "items": (), "notes": ()}
REFERENCES = (
    ("people", "boss_id", "people"),
    ("people", "main_id", "orders"),
    ("orders", "person_id", "people"),
    ("items", "order_id", "orders"),
    ("notes", "person_id", "people"),
)
FIELDS = {table: ("id", *(field for its, field, _ in REFERENCES if its == table), *PLAIN[table]) for table in TABLES}
EMPTY = ("UPDATE people SET boss_id = NULL, main_id = NULL", *(f"DELETE FROM {one}" for one in reversed(TABLES)))


@dataclass(frozen=True, kw_only=True)
class Case:
    world: World
    rules: tuple[str, ...]
    """ON DELETE, of each reference."""
    records: World
    """Of each file."""
    fills: frozenset[tuple[str, str]]
    """The references that the files have a column for."""
    where: str
    """Which people the file is to be equal to."""


def schema(rules: tuple[str, ...], *, inline: bool) -> Iterator[str]:
    for table in TABLES:
        fields = [f"{field} integer" for its, field, _ in REFERENCES if its == table]
        fields += [f"{name} varchar(9){' UNIQUE' if name == 'code' else ''}" for name in PLAIN[table]]
        keys = [key(at, rules) for at, one in enumerate(REFERENCES) if inline and one[0] == table]
        yield f"CREATE TABLE {table} ({', '.join(['id integer PRIMARY KEY', *fields, *keys])})"
    if not inline:
        for at, (table, _, _) in enumerate(REFERENCES):
            yield f"ALTER TABLE {table} ADD CONSTRAINT refers_{at} {key(at, rules)}"


def key(at: int, rules: tuple[str, ...]) -> str:
    _, field, parent = REFERENCES[at]
    return f"FOREIGN KEY ({field}) REFERENCES {parent} (id) ON DELETE {rules[at]}"


def statements(world: World) -> Iterator[str]:
    yield from EMPTY
    for table in TABLES:
        for row in world[table].values():
            first = {**row, "boss_id": None, "main_id": None} if table == "people" else row
            yield f"INSERT INTO {table} VALUES ({', '.join(text(first[name]) for name in FIELDS[table])})"
    for row in world["people"].values():
        references = f"boss_id = {text(row['boss_id'])}, main_id = {text(row['main_id'])}"
        yield f"UPDATE people SET {references} WHERE id = {row['id']}"


def text(value: object) -> str:
    return "NULL" if value is None else repr(value)


def drawn(random: Random, rules: tuple[str, ...]) -> Case:
    ids = {table: random.sample(range(1, 9), random.randint(1, 5)) for table in TABLES}
    world: World = {
        table: {one: row_of(random, table, one, {name: [None, *ids[name]] for name in TABLES}) for one in ids[table]}
        for table in TABLES
    }
    where = random.choice(("", "", "region = 'eu'"))
    files = random.choice((("people", "orders"), ("people", "orders", "items"), ("orders", "items")))
    known: dict[str, list[int]] = {}
    for table in files:
        inside = [one for one in ids[table] if table != "people" or not where or world[table][one]["region"] == "eu"]
        kept = [one for one in inside if random.random() < 0.7]
        known[table] = [*kept, *random.sample(range(20, 24), random.randint(0 if kept else 1, 2))]
    likely = {
        table: [None, *known.get(table, ids[table]), *(ids[table] if random.random() < 0.2 else ())] for table in TABLES
    }
    records = {table: {one: row_of(random, table, one, likely) for one in known[table]} for table in files}
    for row in records.get("people", {}).values():
        row["region"] = "eu" if where and random.random() < 0.95 else row["region"]
    freed = [row["code"] for one, row in world["orders"].items() if one not in known["orders"]]
    for code, one in zip(freed, [one for one in known["orders"] if one >= 20], strict=False):
        records["orders"][one]["code"] = code
    fills = frozenset((table, field) for table, field, _ in REFERENCES if random.random() < 0.7)
    return Case(world=world, rules=rules, records=records, fills=fills, where=where if "people" in files else "")


def row_of(random: Random, table: str, one: int, parents: dict[str, list[int | None]]) -> Row:
    row: Row = {"id": one}
    row |= {field: random.choice(parents[parent]) for its, field, parent in REFERENCES if its == table}
    if table == "people":
        row["region"] = random.choice(("eu", "us"))
    if table == "orders":
        row["code"] = f"c{one}"
    return row


def mirrored(case: Case) -> tuple[World, Rows] | None:
    """What must come of it, and which rows go; None: it must be refused."""
    going = followed(case)
    losing = {(table, one, at) for table, one, at in referring(case, going) if case.rules[at] == "SET NULL"}
    if is_wrong(case, going) or any(reference not in losing for reference in referring(case, going)):
        return None
    after: World = {table: {} for table in TABLES}
    for table in TABLES:
        for one, row in case.world[table].items():
            if (table, one) not in going:
                lost = {REFERENCES[at][1] for its, its_id, at in losing if (its, its_id) == (table, one)}
                after[table][one] = {name: None if name in lost else value for name, value in row.items()}
    for table, records in case.records.items():
        for one, record in records.items():
            old = after[table].get(one, dict.fromkeys(FIELDS[table]))
            after[table][one] = {**old, **{name: record[name] for name in columns(case, table)}}
    return None if "orders" in last(case, going) and is_taken(case, going) else (after, going)


def last(case: Case, going: Rows) -> set[str]:
    """The tables whose rows go when all else is written: a row that stays, and that is imported, refers to one."""
    found = {
        parent
        for table, field, parent in REFERENCES
        for one, row in case.world[table].items()
        if table in case.records and (parent, row[field]) in going and (table, one) not in going
    }
    gone = {table for table, _ in going}
    while more := {parent for table, _, parent in REFERENCES if table in found and parent in gone} - found:
        found |= more
    return found


def is_taken(case: Case, going: Rows) -> bool:
    """Whether a new order has what must be unique of one that goes."""
    codes = {row["code"] for one, row in case.world["orders"].items() if ("orders", one) in going}
    return any(record["code"] in codes for record in case.records["orders"].values())


def columns(case: Case, table: str) -> list[str]:
    references = [field for its, field, _ in REFERENCES if its == table]
    return [name for name in FIELDS[table] if name not in references or (table, name) in case.fills]


def followed(case: Case) -> Rows:
    going = {
        (table, one)
        for table, records in case.records.items()
        for one, row in case.world[table].items()
        if one not in records and (table != "people" or not case.where or row["region"] == "eu")
    }
    while True:
        more = {
            (table, one)
            for table, one, at in referring(case, going)
            if case.rules[at] == "CASCADE" and one not in case.records.get(table, {})
        }
        if not more:
            return going
        going |= more


def referring(case: Case, going: Rows) -> set[tuple[str, int, int]]:
    """Rows that stay, and that no file changes for it."""
    return {
        (table, one, at)
        for at, (table, field, parent) in enumerate(REFERENCES)
        for one, row in case.world[table].items()
        if (parent, row[field]) in going
        and (table, one) not in going
        and not ((table, field) in case.fills and one in case.records.get(table, {}))
    }


def is_wrong(case: Case, going: Rows) -> bool:
    """A record is of another scope, or refers to what goes or never was."""
    people = case.records.get("people", {})
    if case.where and any(
        record["region"] != "eu" or case.world["people"].get(one, record)["region"] != "eu"
        for one, record in people.items()
    ):
        return True
    return any(
        record[field] is not None
        and record[field] not in case.records.get(parent, {})
        and (record[field] not in case.world[parent] or (parent, record[field]) in going)
        for table, field, parent in REFERENCES
        if (table, field) in case.fills
        for record in case.records.get(table, {}).values()
    )


def csv_of(case: Case, table: str) -> str:
    names = columns(case, table)
    rows = case.records[table].values()
    lines = (",".join("" if row[name] is None else str(row[name]) for name in names) for row in rows)
    return "\n".join([",".join(names), *lines, ""])
