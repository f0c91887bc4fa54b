"""The errors file: the records that failed, as they stood in the file, each with all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

ROW, ERROR, TEXT = "__row", "__error", "__text"
"""Columns of ours: the record's number, what is wrong with it, and its text where nothing else could be read."""
OURS = (ROW, ERROR, TEXT)
VALUE = "\x01"
"""Stands in the words of a finding for its value."""
CLASH = "changed_by_both"
WHOLE = (CLASH, "database_refused", "too_few_values", "too_many_values", "broken_json")
"""Codes whose value is a sentence, or a part of one, and shown as it is."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The words of one kind of finding."""

    code: str
    field: int | None
    """Number of the field; None: the record as a whole."""
    words: str | None = None
    """What a rule of rows says."""
    text: str


@dataclass(frozen=True, kw_only=True)
class FailedForm:
    """How the file is written. JSON goes out as lines, everything else as CSV."""

    lines: bool
    columns: tuple[str, ...]
    """Of the file that is imported."""
    delimiter: str = ","
    null: str = ""
    places: tuple[int, ...] = ()
    """Where the columns stand among those of a table that several files are; empty: as they are."""
    before: int = 0
    """How many records of other files stand in front."""

    def at(self, column: int) -> int:
        return self.places[column] if self.places else column

    @property
    def kept(self) -> tuple[int, ...]:
        """Numbers of the columns that go out: names of ours are for what is wrong this time."""
        return tuple(at for at, name in enumerate(self.columns) if name not in OURS)


@dataclass(frozen=True, kw_only=True)
class ErrorsFile:
    """One on its way; it can be read once."""

    name: str
    media_type: str
    blocks: Iterable[bytes]


class KeepsErrors(Protocol):
    def __call__(self, file: ErrorsFile) -> str:
        """Keep it; under what."""
        ...
