"""One pollution of a clean file: the result is that of the clean file, or carries a problem. Never a silent change."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.workbench.source import Database
from unit.workbench.reading.staging import Row, staged

ROWS: list[tuple[str, ...]] = [
    ("id", "name", "note", "price"),
    *((str(n), f"Zoë {n}", "plain" if n % 3 else 'said "hi",\nand left', f"{n}.50") for n in range(1, 40)),
]
Lines = list[str]
Pollution = Callable[[Lines, random.Random], bytes]


def line_of(row: tuple[str, ...]) -> str:
    return ",".join('"' + v.replace('"', '""') + '"' if set(v) & set(',"\n') else v for v in row)


def joined(lines: Lines, end: str = "\n") -> bytes:
    return (end.join(lines) + end).encode()


def at_a_place(put: str, *, anywhere: bool = True) -> Pollution:
    """Put something into a record, or only where nothing is quoted: within quotes it would be as good as any text."""

    def pollute(lines: Lines, chance: random.Random) -> bytes:
        number = chance.choice([n for n, line in enumerate(lines) if n and (anywhere or '"' not in line)])
        at = chance.randrange(len(lines[number]) + 1)
        lines[number] = lines[number][:at] + put + lines[number][at:]
        return joined(lines)

    return pollute


def without_a_delimiter(lines: Lines, chance: random.Random) -> bytes:
    return without(",", [n for n, line in enumerate(lines) if '"' not in line], lines, chance)


def without_a_quote(lines: Lines, chance: random.Random) -> bytes:
    return without('"', [n for n, line in enumerate(lines) if '"' in line], lines, chance)


def without(lost: str, among: list[int], lines: Lines, chance: random.Random) -> bytes:
    number = chance.choice(among)
    at = chance.choice([at for at, char in enumerate(lines[number]) if char == lost])
    lines[number] = lines[number][:at] + lines[number][at + 1 :]
    return joined(lines)


def cut(lines: Lines, chance: random.Random) -> bytes:
    """Anywhere but behind a record: such a file is as whole as any."""
    data = joined(lines)
    borders = {len(joined(lines[:number])) for number in range(len(lines))}
    return data[: chance.choice(sorted(set(range(len(data) // 2, len(data))) - borders))]


def with_a_wrong_byte(lines: Lines, chance: random.Random) -> bytes:
    data = joined(lines)
    at = chance.randrange(len(lines[0]) + 1, len(data))
    return data[:at] + bytes([chance.choice([0x80, 0xC3, 0xFF])]) + data[at:]


def one_other_end(lines: Lines, chance: random.Random) -> bytes:
    number = chance.randrange(1, len(lines))
    data = joined(lines[:number])
    return data[:-1] + chance.choice([b"\r\n", b"\r"]) + joined(lines[number:])


def in_encoding(encoding: str) -> Pollution:
    return lambda lines, _: joined(lines).decode().encode(encoding)


def swapped(old: str, new: str) -> Pollution:
    return lambda lines, _: joined(lines).replace(old.encode(), new.encode())


def behind(first: bytes) -> Pollution:
    return lambda lines, _: first + joined(lines)


POLLUTIONS: dict[str, Pollution] = {
    "a byte order mark": behind(b"\xef\xbb\xbf"),
    "utf-16 with a mark": in_encoding("utf-16"),
    "utf-16 without a mark": in_encoding("utf-16-le"),
    "cp1252": in_encoding("cp1252"),
    "iso-8859-2": in_encoding("iso8859-2"),
    "a wrong byte": with_a_wrong_byte,
    "a NUL": at_a_place("\0"),
    "a quote": at_a_place('"'),
    "two quotes": at_a_place('""', anywhere=False),
    "a quote behind a blank": at_a_place(' "'),
    "a comma": at_a_place(",", anywhere=False),
    "a line feed": at_a_place("\n", anywhere=False),
    "a blank line": at_a_place("\n\n", anywhere=False),
    "a lone carriage return": at_a_place("\r", anywhere=False),
    "a carriage return and line feed": at_a_place("\r\n", anywhere=False),
    "one other end of a line": one_other_end,
    "all ends CRLF": lambda lines, _: joined(lines, "\r\n"),
    "all ends CR": lambda lines, _: joined(lines, "\r"),
    "no end of the last line": lambda lines, _: joined(lines)[:-1],
    "blank lines at the end": lambda lines, _: joined(lines) + b"\n\n \n",
    "a lost delimiter": without_a_delimiter,
    "a lost quote": without_a_quote,
    "a cut file": cut,
    "a repeated header name": swapped("name,note", "name,name"),
    "an empty header name": swapped("name,note", "name,"),
    "a missing header name": swapped("name,note", "name"),
    "a line sep=": behind(b"sep=,\r\n"),
    "a preamble": behind(b"Report of all\n\n"),
    "blanks behind commas": swapped(",", ", "),
}


def same(found: dict[int, Row], names: tuple[str, ...]) -> bool:
    return [names, *found.values()] == ROWS


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("what", POLLUTIONS)
def test_one_pollution_changes_nothing_or_is_told(database: Database, what: str, seed: int) -> None:
    data = POLLUTIONS[what]([line_of(row) for row in ROWS], random.Random(seed))
    try:
        result = staged(database, data, Reading(format="csv"))
    except InputError as error:
        assert error.remedy
        return
    assert result.told or same(result.rows, result.names), f"seed {seed}: {data!r}"


def test_the_clean_file_is_clean(database: Database) -> None:
    result = staged(database, joined([line_of(row) for row in ROWS]))
    assert same(result.rows, result.names)
    assert not result.told
