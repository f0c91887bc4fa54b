"""Row templates: how a text format says what a row looks like, without knowing SQL.

A template is a tuple of literal texts and slots. An engine (and the workbench) compiles it to one SQL
expression that renders a row; whole chunks of rows then leave the database as finished bytes. That is
what removes both engine x format code and per-row Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """In what form a value becomes text, before escaping. docs/reference/values.md shows each with examples."""

    TEXT = "text"
    """The text form: 12.50, true, 2024-01-02 10:00:00.5+00, \\xdeadbeef, JSON text, arrays as JSON text."""
    ISO = "iso"
    """As TEXT, but timestamps with `T` and a full offset: 2024-01-02T10:00:00.5+00:00."""
    BIT = "bit"
    """As TEXT, but booleans as 1 and 0."""
    NAIVE = "naive"
    """As BIT, but zoned timestamps in UTC without the offset: 2024-01-02 10:00:00.5."""
    HEX = "hex"
    """Bytes as bare lowercase hex without the `\\x` in front."""
    SERIAL = "serial"
    """Dates and timestamps as a spreadsheet's day number (days since 1899-12-30, zone dropped in UTC);
    NULL where a spreadsheet cannot hold it (before 1900-03-01, after 9999, infinite)."""
    NUMBER = "number"
    """A number as TEXT where a spreadsheet's double holds it exactly, a boolean as 1 and 0. NULL for every other value:
    integers and decimals whose text is longer than 15 characters, NaN, infinities, and (SQLite) what is stored
    in the field but is no number, or for a boolean field neither 1 nor 0."""


CELLS = frozenset({Form.SERIAL, Form.NUMBER})
"""The forms that some values of their own type do not have."""


@dataclass(frozen=True, kw_only=True)
class Escape:
    """How the text of a slot is made safe for its surroundings.

    A NULL becomes `null`, alone. Anything else becomes `open` + escaped text + `close`.
    """

    name: str
    """A stable name; an engine may know a faster native way for it (`json`, `csv`), proven equal by contract."""
    null: str
    open: str = ""
    close: str = ""
    replace: tuple[tuple[str, str], ...] = ()
    """Applied in this order to every value."""
    rare_characters: str = ""
    """Only a value that contains one of these is run through `rare` (also in order, after `replace`)."""
    rare_texts: tuple[str, ...] = ()
    """So is a value that contains one of these texts (of two or more characters, case-sensitive)."""
    rare: tuple[tuple[str, str], ...] = ()
    rare_open: str | None = None
    """What such a value is opened with instead of `open` and `over`; None: nothing special."""
    rare_close: str | None = None
    """What such a value is closed with instead of `close`."""
    wrap_when: str | None = None
    """If given, `open`, `close` and `replace` apply only to values that contain one of these characters,
    that equal `null`, or that are empty; other values stand bare (CSV)."""
    limit: int | None = None
    """Values longer than this many characters are cut to it and opened with `over` instead of `open`."""
    over: str = ""
    guard_first: str = ""
    """A value that begins with one of these characters gets `guard` in front of it, before anything else is done
    (spreadsheets read such text as a formula)."""
    guard: str = ""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A place for the value of one column of the query (by the name it goes out under)."""

    column: str
    form: Form
    escape: Escape
    otherwise: Slot | None = None
    """How a value is written that is not NULL and that `form` and `escape` are not made for: one whose `form` is NULL
    (SERIAL, NUMBER), one that a transform left as it was, and one that is not of its field's type, which only SQLite
    stores. A slot of the same column whose escape is safe for any text. Only a NULL value becomes `escape.null`."""


@dataclass(frozen=True, kw_only=True)
class CsvDialect:
    """A CSV way of writing that a database's own COPY may know."""

    delimiter: str = ","
    quote: str = '"'
    null: str = ""
    newline: str = "\n"


@dataclass(frozen=True, kw_only=True)
class RowTemplate:
    """One row, its terminator included.

    `csv` and `copy_text` are promises of the format: the parts describe exactly the bytes that this CSV
    dialect, or PostgreSQL's COPY text format, would give; an engine that can stream those natively may
    forward its own bytes instead.
    """

    parts: tuple[str | Slot, ...]
    csv: CsvDialect | None = None
    copy_text: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """Finished bytes of a whole number of rows, UTF-8."""

    data: bytes
    rows: int
