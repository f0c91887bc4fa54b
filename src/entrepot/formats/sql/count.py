"""Counting a script's rows: the header says how they stand, so only quotes and separators are looked at.

Never executes anything. A statement (500 rows) or a block of a COPY at a time, without a row in Python.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import msgspec

from entrepot.formats.sql.header import COMPLETE, FIRST_WORDS, LAYOUT, Section
from entrepot.model.errors import DamagedError, InputError
from entrepot.model.problems import Category, Place, Problem

BLOCK_BYTES = 1 << 20


def count_script(path: Path) -> Mapping[str, int]:
    """Rows by entity. Raises DamagedError where the script breaks off or holds other rows than it declares."""
    with path.open("rb") as file:
        text = Text(file, path.name)
        sections = layout(text)
        counts = {section.entity: count_section(section, text) for section in sections}
        text.skip_past(f"\n{COMPLETE}\n".encode())
    for section in sections:
        if counts[section.entity] != section.rows:
            raise differs(section, counts[section.entity], path.name)
    return counts


class Text:
    """A window on the file that only moves forward."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.file, self.name = file, name
        self.data = b""
        self.byte = 0

    def more(self) -> None:
        """Read on. The end of the file is never expected here."""
        block = self.file.read(BLOCK_BYTES)
        if not block:
            raise damaged("truncated", "it breaks off", Place(file=self.name, byte=self.byte + len(self.data)))
        self.data += block

    def drop(self, size: int) -> None:
        self.data = self.data[size:]
        self.byte += size

    def skip_past(self, mark: bytes) -> None:
        for _ in self.until(mark):
            pass

    def until(self, mark: bytes) -> Iterator[bytes]:
        """The text before `mark`, in blocks; the window then stands behind it."""
        while (found := self.data.find(mark)) < 0:
            keep = len(mark) - 1
            if len(self.data) > keep:
                yield self.data[: len(self.data) - keep]
                self.drop(len(self.data) - keep)
            self.more()
        yield self.data[:found]
        self.drop(found + len(mark))

    def starts_with(self, words: bytes) -> bool:
        while len(self.data) < len(words):
            self.more()
        return self.data.startswith(words)


def layout(text: Text) -> list[Section]:
    """Read from the header, which announces itself in the first line."""
    if not text.starts_with(FIRST_WORDS.encode()):
        raise foreign(text.name)
    text.skip_past(b"\n" + LAYOUT.encode())
    line = b"".join(text.until(b"\n"))
    try:
        return msgspec.json.decode(line, type=list[Section])
    except msgspec.DecodeError as error:
        raise damaged("broken_header", "its layout line is not readable", Place(file=text.name)) from error


def count_section(section: Section, text: Text) -> int:
    text.skip_past(f"\n{section.mark}\n".encode())
    if section.rows == 0:
        return 0
    return count_block(section, text) if section.one_block else sum(statements(section, text))


def count_block(section: Section, text: Text) -> int:
    """Lines of a COPY; a line break inside a value is written as `\\n`."""
    if not text.starts_with(section.begin.encode()):
        place = Place(file=text.name, entity=section.entity, byte=text.byte)
        raise damaged("broken_script", "the rows do not begin as the header says", place)
    text.drop(len(section.begin.encode()))
    return sum(block.count(b"\n") for block in text.until(b"\n" + section.end.encode())) + 1


def statements(section: Section, text: Text) -> Iterator[int]:
    """Rows of one statement after the other."""
    begin, between = section.begin.encode(), section.between.encode()
    while text.starts_with(begin[:1]) and text.starts_with(begin):
        text.drop(len(begin))
        outside = b"".join(statement(section.end.encode(), text).split(b"'")[::2])
        yield outside.count(between) + 1


def statement(end: bytes, text: Text) -> bytes:
    """The rows of a statement: up to the first `end` that does not stand in quotes, which come in pairs."""
    start, odd = 0, False
    while True:
        found = text.data.find(end, start)
        if found < 0:
            text.more()
            continue
        odd ^= text.data.count(b"'", start, found) % 2 == 1
        if not odd:
            rows = text.data[:found]
            text.drop(found + len(end))
            return rows
        start = found + 1
        odd ^= text.data.count(b"'", found, start) % 2 == 1


def differs(section: Section, counted: int, file: str) -> DamagedError:
    fact = f"{section.entity}: the file declares {section.rows:,} rows and holds {counted:,}"
    return damaged("count_differs", fact, Place(file=file, entity=section.entity), Category.COUNT)


def damaged(code: str, fact: str, place: Place, category: Category = Category.FORMAT) -> DamagedError:
    problem = Problem(code=code, message=f"In this script, {fact}.", place=place, category=category)
    message = f"Damaged script ({place.describe()}): {fact}."
    return DamagedError(code, message, remedy="Get an undamaged copy, or export again.", problems=(problem,))


def foreign(name: str) -> InputError:
    return InputError(
        "foreign_script",
        f"{name} was not written by Entrepot: its rows cannot be counted without running it.",
        remedy="Load it into an empty database and count there.",
    )
