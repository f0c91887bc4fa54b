"""A large file with errors of twenty kinds, each planted at a place that is written down while the file is made."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from entrepot.model.drafts import Rule, TargetField
from entrepot.model.types import Kind, LogicalType

SEED = 20
RECORDS, PLANTED = 100_000, 1_000
NAMES = ("id", "amount", "day", "seen", "ok", "ref", "label", "note", "email", "score")
KINDS: dict[str, LogicalType] = {
    "id": LogicalType(kind=Kind.INTEGER, bits=32),
    "amount": LogicalType(kind=Kind.DECIMAL, precision=10, scale=2),
    "day": LogicalType(kind=Kind.DATE),
    "seen": LogicalType(kind=Kind.TIMESTAMP),
    "ok": LogicalType(kind=Kind.BOOLEAN),
    "ref": LogicalType(kind=Kind.UUID),
    "label": LogicalType(kind=Kind.ENUM, values=("red", "green", "blue")),
    "note": LogicalType(kind=Kind.TEXT, length=60),
    "email": LogicalType(kind=Kind.TEXT, length=80),
    "score": LogicalType(kind=Kind.FLOAT, bits=64),
}
RULES = {"email": (Rule(name="email"),), "amount": (Rule(name="min", argument="0"),)}
FIELDS = tuple(
    TargetField(
        name=name, type=KINDS[name], sources=(at,), required=name == "id", rules=RULES.get(name, ()),
        blank_is_null=name != "note",
    )
    for at, name in enumerate(NAMES)
)  # fmt: skip
VALUES: tuple[tuple[str, str, str], ...] = (
    ("id", "12x", "not_an_integer"),
    ("id", "3000000000", "out_of_range"),
    ("id", "", "required"),
    ("amount", "1,50", "not_a_number"),
    ("amount", "123456789.5", "out_of_range"),
    ("amount", "1.005", "too_precise"),
    ("amount", "-1", "too_small"),
    ("day", "2023-02-30", "no_such_day"),
    ("day", "31.12.2023", "not_a_date"),
    ("seen", "2024-01-01 25:00:00", "no_such_time"),
    ("seen", "yesterday", "not_a_timestamp"),
    ("ok", "perhaps", "not_a_boolean"),
    ("ref", "0f8fad5b-d9cb-469f-a165", "not_a_uuid"),
    ("label", "purple", "unknown_label"),
    ("note", "too long\r\n" + "x" * 60, "too_long"),
    ("email", "nobody at home", "not_an_email"),
    ("score", "1e999", "out_of_range"),
)
"""Wrong values of a field, and what is to be said."""
BROKEN = {"too_few_values": None, "too_many_values": None, "text_after_quote": "email"}
"""Records of CSV that are none, and the column that is to blame."""
BROKEN_LINES = {"broken_json": None, "duplicate_key": "id", "not_an_object": None}
"""The same of NDJSON."""
Found = tuple[int, str, str | None, int, int]
"""Record, code, column, and line and byte of the value; of the record, where no column is to blame."""
Plan = dict[int, tuple[str, str, str] | str]
"""What is wrong with which record."""


@dataclass
class Planted:
    """Bytes, and what is to be found in them."""

    data: bytearray = field(default_factory=bytearray)
    line: int = 1
    errors: set[Found] = field(default_factory=set)

    def add(self, text: str) -> None:
        self.data += text.encode()
        self.line += line_ends(text)

    def note(self, record: int, code: str, column: str | None, front: str) -> None:
        """`front` is what stands in the record in front of the value."""
        self.errors.add((record, code, column, self.line + line_ends(front), len(self.data) + len(front.encode())))


def line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def good(number: int, random: Random) -> dict[str, str]:
    note = random.choice(
        ("plain", "", "über 🚢", "two\nlines", "cr\r\nlf", "\n\nblank\n\n", 'say "x", y', "\\.", "a;b")
    )
    return {
        "id": str(number),
        "amount": f"{random.randrange(10**6)}.{random.randrange(10, 100)}",
        "day": f"2024-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}",
        "seen": f"2024-01-02 {random.randrange(24):02}:00:00",
        "ok": random.choice(("true", "false")),
        "ref": f"0f8fad5b-d9cb-469f-a165-{random.randrange(16**12):012x}",
        "label": random.choice(("red", "green", "blue")),
        "note": note,
        "email": f"a{number}@example.org",
        "score": f"{random.randrange(1, 10**6)}.5",
    }


def chosen(random: Random, broken: Iterable[str]) -> Plan:
    """Kinds in turn, on records anywhere, the first and the last among them."""
    kinds = (*VALUES, *broken)
    records = {1, RECORDS, *random.sample(range(2, RECORDS), PLANTED - 2)}
    return {record: kinds[at % len(kinds)] for at, record in enumerate(sorted(records))}


def as_csv() -> Planted:
    """Line ends and blank lines of all kinds between the records and within the quotes."""
    random, made = Random(SEED), Planted()
    made.add(",".join(NAMES) + "\r\n")
    plan = chosen(random, BROKEN)
    for number in range(1, RECORDS + 1):
        if random.random() < 0.01:
            made.add(random.choice(("\n", "\r\n", "\n\n")))
        row, wrong = planned(number, random, plan)
        cells = [quoted(row[name], always=random.random() < 0.1) for name in NAMES]
        end = random.choice(("\n", "\r\n", "\r\n", "\r\n"))
        if wrong:
            code, column = (wrong, BROKEN[wrong]) if isinstance(wrong, str) else (wrong[2], wrong[0])
            front = cells[: NAMES.index(column)] if column else []
            made.note(number, code, column, "".join(f"{cell}," for cell in front))
        made.add((",".join(cells) if not isinstance(wrong, str) else damaged(wrong, cells)) + end)
    return made


def planned(number: int, random: Random, plan: Plan) -> tuple[dict[str, str], tuple[str, str, str] | str | None]:
    """A record with the wrong value, if it is to have one."""
    row, wrong = good(number, random), plan.get(number)
    if isinstance(wrong, tuple):
        row[wrong[0]] = wrong[1]
    return row, wrong


def quoted(value: str, *, always: bool) -> str:
    needed = always or any(one in value for one in ',"\r\n')
    return '"' + value.replace('"', '""') + '"' if needed else value


def damaged(code: str, cells: list[str]) -> str:
    match code:
        case "too_few_values":
            return ",".join(cells[:-1])
        case "too_many_values":
            return ",".join([*cells, "more"])
        case _:
            return ",".join([*cells[:8], '"a"b', *cells[9:]])


def as_lines() -> Planted:
    random, made = Random(SEED), Planted()
    plan = chosen(random, BROKEN_LINES)
    for number in range(1, RECORDS + 1):
        if random.random() < 0.01:
            made.add(random.choice(("\n", "  \r\n", "\t\n")))
        row, wrong = planned(number, random, plan)
        text = broken_line(wrong, row) if isinstance(wrong, str) else json.dumps(row)
        note_member(made, number, wrong, text)
        made.add(text + "\n")
    return made


def note_member(made: Planted, number: int, wrong: tuple[str, str, str] | str | None, text: str) -> None:
    """Of a name that stands twice, the second one is wrong."""
    if wrong:
        code, column = (wrong, BROKEN_LINES[wrong]) if isinstance(wrong, str) else (wrong[2], wrong[0])
        name = f'"{column}": '
        made.note(number, code, column, text[: text.rindex(name) + len(name)] if column else "")


def broken_line(code: str, row: dict[str, str]) -> str:
    text = json.dumps(row, ensure_ascii=False)
    return {"broken_json": text[:-1], "duplicate_key": text[:-1] + ', "id": "1"}', "not_an_object": "[1]"}[code]


def as_list() -> Planted:
    """One document: what is broken there is the whole file, so only values are wrong."""
    random, made = Random(SEED), Planted()
    plan = chosen(random, ())
    made.add("[\r\n\n")
    for number in range(1, RECORDS + 1):
        row, wrong = planned(number, random, plan)
        text = json.dumps(row, indent=random.choice((None, None, None, 1)))
        note_member(made, number, wrong, text)
        made.add(text + (random.choice((",", ",\n", " ,\r\n\n ")) if number < RECORDS else "]\n"))
    return made
