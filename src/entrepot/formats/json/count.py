"""Counting a document's records against what it declares, in blocks of lines, without a record in Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

import msgspec

from entrepot.formats.json.blocks import Block, damaged, line_blocks, parse_list
from entrepot.model.errors import DamagedError
from entrepot.model.problems import Category, Place, Problem

FRAME = re.compile(rb"^[^{\n][^\n]*|^\{$|^$", re.MULTILINE)
"""A line that is not a record: records begin with `{` and go on."""


class Part(Enum):
    START = auto()
    HEAD = auto()
    ENTITIES = auto()
    RECORDS = auto()
    END = auto()


class Metadata(msgspec.Struct):
    counts: dict[str, int]


def count_document(path: Path) -> Mapping[str, int]:
    """Records by entity. Raises DamagedError where the document breaks off, is not JSON, or declares other counts."""
    scan = Scan()
    line = 1
    with closing(line_blocks(path)) as blocks:
        for block in blocks:
            scan.take(block)
            line = block.line + block.data.count(b"\n")
    if scan.part is not Part.END:
        raise damaged("truncated", "it breaks off", Place(file=path.name, line=line))
    compare(scan.declared, scan.counts, path.name)
    return scan.counts


@dataclass
class Scan:
    """Where the scan stands between two lines."""

    part: Part = Part.START
    entity: str = ""
    comma: bool = True
    """Whether something may follow: the last thing ended with a comma, or nothing came yet."""
    counts: dict[str, int] = field(default_factory=dict)
    declared: dict[str, int] | None = None

    def take(self, block: Block) -> None:
        done = 0
        for match in FRAME.finditer(block.data):
            if match.start() == len(block.data):
                break
            self.records(block, done, match.start())
            self.frame(block, match.start(), match.group())
            done = match.end() + 1
        self.records(block, done, len(block.data))

    def records(self, block: Block, start: int, end: int) -> None:
        run = block.data[start:end].rstrip(b"\n")
        if not run:
            return
        if self.part is not Part.RECORDS:
            raise damaged("broken_document", "a record stands where none belongs", block.place(start))
        if not self.comma:
            raise damaged("broken_record", "there is no comma before this record", block.place(start))
        self.comma = run.endswith(b",")
        self.counts[self.entity] += parse_list(block, start, start + len(run) - self.comma)

    def frame(self, block: Block, start: int, line: bytes) -> None:
        """One line between the records."""
        try:
            understood = self.understand(line)
        except (msgspec.DecodeError, RecursionError):
            understood = False
        if not understood:
            raise damaged("broken_document", "this line does not belong here", block.place(start))

    def understand(self, line: bytes) -> bool:
        match self.part:
            case Part.START:
                self.part = Part.HEAD
                return line == b"{"
            case Part.HEAD:
                return self.head(line)
            case Part.ENTITIES:
                return self.begin(line)
            case Part.RECORDS:
                return self.end(line)
            case Part.END:
                return False

    def head(self, line: bytes) -> bool:
        if line == b'"entities":{':
            self.part = Part.ENTITIES
            return True
        member = msgspec.json.decode(b"{" + line.removesuffix(b",") + b"}", type=dict[str, msgspec.Raw])
        if "metadata" in member:
            self.declared = msgspec.json.decode(member["metadata"], type=Metadata).counts
        return line.endswith(b",")

    def begin(self, line: bytes) -> bool:
        """An entity's list begins, or the document ends."""
        if line == b"}}":
            self.part = Part.END
            return not self.counts or not self.comma
        self.entity = msgspec.json.decode(line.removesuffix(b":["), type=str)
        fresh = self.entity not in self.counts
        self.counts[self.entity] = 0
        allowed, self.comma, self.part = self.comma, True, Part.RECORDS
        return allowed and fresh and line.endswith(b":[")

    def end(self, line: bytes) -> bool:
        """An entity's list ends; its last record had no comma."""
        dangling = self.comma and self.counts[self.entity] > 0
        self.comma, self.part = line == b"],", Part.ENTITIES
        return not dangling and line in {b"]", b"],"}


def compare(declared: Mapping[str, int] | None, counted: Mapping[str, int], file: str) -> None:
    """A document without metadata declares nothing."""
    names = {**counted, **declared} if declared is not None else {}
    problems = tuple(
        differs(name, (declared or {}).get(name), counted.get(name), file)
        for name in names
        if (declared or {}).get(name) != counted.get(name)
    )
    if problems:
        remedy = "Get an undamaged copy, or export again."
        raise DamagedError("count_differs", problems[0].message, remedy=remedy, problems=problems)


def differs(entity: str, declared: int | None, counted: int | None, file: str) -> Problem:
    said = "does not declare it" if declared is None else f"declares {declared:,} rows"
    has = "does not hold it" if counted is None else f"holds {counted:,}"
    message = f"{entity}: the file {said} and {has}."
    return Problem(
        code="count_differs", message=message, category=Category.COUNT, place=Place(file=file, entity=entity)
    )
