"""What a mirror of random tables must come to, in plain Python: people, their orders with items, and notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

Row = dict[str, object]
World = dict[str, dict[int, Row]]
REFERENCES = {"people": ("boss_id", "people"), "orders": ("person_id", "people"), "items": ("order_id", "orders")}
REFERENCES["notes"] = ("person_id", "people")
TABLES = ("people", "orders", "items", "notes")
FIELDS = {"people": ("id", "boss_id", "region"), "orders": ("id", "person_id"), "items": ("id", "order_id")}
FIELDS["notes"] = ("id", "person_id")


@dataclass(frozen=True, kw_only=True)
class Case:
    world: World
    rules: dict[str, str]
    """ON DELETE, by table."""
    records: dict[int, Row]
    has_boss: bool
    where: str


def schema(rules: dict[str, str]) -> Iterator[str]:
    for table in TABLES:
        field, parent = REFERENCES[table]
        others = [name for name in FIELDS[table] if name not in ("id", field)]
        yield (
            f"CREATE TABLE {table} (id integer PRIMARY KEY, {field} integer,"
            f" {''.join(f'{name} varchar(9), ' for name in others)}"
            f"FOREIGN KEY ({field}) REFERENCES {parent} (id) ON DELETE {rules[table]})"
        )


def statements(world: World) -> Iterator[str]:
    yield "UPDATE people SET boss_id = NULL"
    yield from (f"DELETE FROM {table}" for table in reversed(TABLES))
    for table in TABLES:
        for row in world[table].values():
            first = {**row, "boss_id": None} if table == "people" else row
            values = ", ".join(text(first[name]) for name in FIELDS[table])
            yield f"INSERT INTO {table} VALUES ({values})"
    for row in world["people"].values():
        if row["boss_id"]:
            yield f"UPDATE people SET boss_id = {row['boss_id']} WHERE id = {row['id']}"


def text(value: object) -> str:
    return "NULL" if value is None else repr(value)


def drawn(random: Random, rules: dict[str, str]) -> Case:
    ids = random.sample(range(1, 9), random.randint(1, 7))
    people: dict[int, Row] = {
        one: {"id": one, "boss_id": random.choice([None, *ids]), "region": random.choice(("eu", "us"))} for one in ids
    }
    orders: dict[int, Row] = {
        one: {"id": one, "person_id": random.choice([None, *ids])} for one in range(1, random.randint(1, 5))
    }
    world: World = {"people": people, "orders": orders, "items": {}, "notes": {}}
    for one in range(1, random.randint(1, 4)):
        world["items"][one] = {"id": one, "order_id": random.choice([None, *orders])}
        world["notes"][one] = {"id": one, "person_id": random.choice([None, *ids])}
    where = random.choice(("", "", "region = 'eu'"))
    kept = [one for one in ids if random.random() < 0.7 and (not where or people[one]["region"] == "eu")]
    new = random.sample(range(20, 24), random.randint(0 if kept else 1, 2))
    region = ("eu",) if where and random.random() < 0.9 else ("eu", "us")
    bosses = [None, *kept, *(ids if random.random() < 0.3 else ())]
    records: dict[int, Row] = {
        one: {"id": one, "boss_id": random.choice(bosses), "region": random.choice(region)} for one in (*kept, *new)
    }
    if kept and new:
        records[kept[0]]["boss_id"] = new[0]
        records[new[0]]["boss_id"] = None
    return Case(world=world, rules=rules, records=records, has_boss=random.random() < 0.7, where=where)


def mirrored(case: Case) -> tuple[World, dict[str, int]] | None:
    """What must come of it, and how many rows go; None: it must be refused."""
    going = followed(case)
    empties = {(table, one) for table, one in referring(case, going) if case.rules[table] == "SET NULL"}
    if is_wrong(case, going) or any(reference not in empties for reference in referring(case, going)):
        return None
    after: World = {table: {} for table in TABLES}
    for table in TABLES:
        for one, row in case.world[table].items():
            if (table, one) not in going:
                after[table][one] = {**row, REFERENCES[table][0]: None} if (table, one) in empties else dict(row)
    for one, record in case.records.items():
        old = after["people"].get(one, {"id": one, "boss_id": None, "region": None})
        after["people"][one] = {**old, **(record if case.has_boss else {**record, "boss_id": old["boss_id"]})}
    return after, {table: sum(name == table for name, _ in going) for table in TABLES}


def followed(case: Case) -> set[tuple[str, int]]:
    people = case.world["people"]
    inside = {one for one, row in people.items() if not case.where or row["region"] == "eu"}
    going = {("people", one) for one in inside - set(case.records)}
    while True:
        more = {
            (table, one)
            for table, one in referring(case, going)
            if case.rules[table] == "CASCADE" and not (table == "people" and one in case.records)
        }
        if not more:
            return going
        going |= more


def referring(case: Case, going: set[tuple[str, int]]) -> set[tuple[str, int]]:
    """Rows that stay, and that the file does not change for it."""
    return {
        (table, one)
        for table in TABLES
        for one, row in case.world[table].items()
        if (REFERENCES[table][1], row[REFERENCES[table][0]]) in going
        and (table, one) not in going
        and not (case.has_boss and table == "people" and one in case.records)
    }


def is_wrong(case: Case, going: set[tuple[str, int]]) -> bool:
    """A record is of another scope, or refers to what goes or never was."""
    for one, record in case.records.items():
        row = case.world["people"].get(one)
        if case.where and (record["region"] != "eu" or (row is not None and row["region"] != "eu")):
            return True
        boss = record["boss_id"] if case.has_boss else None
        there = boss in case.records or (boss in case.world["people"] and ("people", boss) not in going)
        if boss is not None and not there:
            return True
    return False


def csv_of(case: Case) -> str:
    names = ["id", *(["boss_id"] if case.has_boss else []), "region"]
    lines = (",".join("" if row[name] is None else str(row[name]) for name in names) for row in case.records.values())
    return "\n".join([",".join(names), *lines, ""])
