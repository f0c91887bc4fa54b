"""Several tables in one CSV file, one below the other, each behind a line with its name: which one is read.

A section is read as a file would be that begins and ends there; only lines and bytes are counted from the beginning of
the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import count
from mmap import ACCESS_READ, mmap
from pathlib import Path

from entrepot.model.drafts import Reading, SourceTable
from entrepot.workbench.reading.csv_bounds import Bounds, bounds
from entrepot.workbench.reading.csv_marks import begins_with_mark
from entrepot.workbench.reading.csv_section_refusals import no_such_section, several_sections
from entrepot.workbench.reading.encoding import text_file
from entrepot.workbench.reading.text import TextFile

REMEMBERED = 8
BEHIND, BEGINNING = (b"\n[", b'\n"['), 65_536
WIDE = ("utf-16", "utf-32")
"""Bytes of ASCII are no characters by themselves there."""


@dataclass(frozen=True, kw_only=True)
class Section:
    name: str
    """Each once in a file."""
    called: str
    """As it stands there."""
    bounds: Bounds

    def within(self, text: TextFile) -> TextFile:
        where = self.bounds
        return replace(text, mark=where.start, until=where.end, lines_before=where.lines_before)

    def described(self, columns: tuple[str, ...]) -> SourceTable:
        return SourceTable(name=self.name, columns=columns, called=None if self.called == self.name else self.called)


def read_text(path: Path, reading: Reading) -> TextFile:
    """What was staged with that reading."""
    text, _ = text_file(path, reading.encoding)
    section = chosen(text, reading) if reading.entity is not None else None
    return section.within(text) if section else text


def at_first_sight(text: TextFile, reading: Reading) -> tuple[Section, ...]:
    """Files that do not begin like one with sections cost nothing."""
    if reading.entity is None and not (could_have(text, reading) and _looks_so(text)):
        return ()
    return sections_of(text, reading)


def chosen(text: TextFile, reading: Reading) -> Section | None:
    """None where the file is one table. Raises InputError where nobody said which of several."""
    return one_of(sections_of(text, reading), text, reading)


def one_of(found: tuple[Section, ...], text: TextFile, reading: Reading) -> Section | None:
    if not found:
        return None
    names = [section.name for section in found]
    if reading.entity is None and len(found) > 1:
        raise several_sections(text.path.name, names)
    if reading.entity not in (None, *names):
        raise no_such_section(text.path.name, reading.entity or "", names)
    return next(section for section in found if reading.entity in (None, section.name))


def could_have(text: TextFile, reading: Reading) -> bool:
    said_otherwise = reading.sections is False or text.encoding.startswith(WIDE)
    said_otherwise = said_otherwise or not (reading.quote or "").isascii()
    return not said_otherwise and text.path.stat().st_size > text.mark


def _looks_so(text: TextFile) -> bool:
    with text.path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as view:
        behind_a_preamble = any(view.find(mark, text.mark, text.mark + BEGINNING) >= 0 for mark in BEHIND)
        return behind_a_preamble or begins_with_mark(view, text.mark)


def sections_of(text: TextFile, reading: Reading) -> tuple[Section, ...]:
    """None where the file is one table."""
    if not could_have(text, reading):
        return ()
    facts = text.path.stat()
    return _found(
        Looked(
            identity=(facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns),
            encoding=text.encoding,
            mark=text.mark,
            reading=replace(reading, entity=None),
            text=text,
        )
    )


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A file, whatever it is called at the moment."""

    identity: tuple[int, ...]
    encoding: str
    mark: int
    reading: Reading
    text: TextFile = field(compare=False)


@lru_cache(maxsize=REMEMBERED)
def _found(looked: Looked) -> tuple[Section, ...]:
    found = bounds(looked.text, looked.reading)
    names = list(_once([each.name for each in found]))
    return tuple(Section(name=name, called=each.name, bounds=each) for name, each in zip(names, found, strict=True))


def _once(names: list[str]) -> Iterator[str]:
    """
    >>> list(_once(["users", "orders", "users"]))
    ['users', 'orders', 'users (2)']
    """
    taken: set[str] = set()
    for name in names:
        numbered = (name if number == 1 else f"{name} ({number})" for number in count(1))
        taken.add(own := next(each for each in numbered if each not in taken and (each == name or each not in names)))
        yield own
