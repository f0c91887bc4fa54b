"""What the rows of one statement hold: which table, which columns, by whose rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from entrepot.model.problems import Place
from entrepot.workbench.reading.sql.dialect import MYSQL
from entrepot.workbench.reading.sql.names import Column, TableName
from entrepot.workbench.reading.sql.rows import Value
from entrepot.workbench.reading.sql.runs import Quick
from entrepot.workbench.reading.sql.settings import Settings
from entrepot.workbench.reading.sql.shapes import is_shape
from entrepot.workbench.reading.sql.values import is_binary, is_bits, is_bytea


@dataclass(kw_only=True)
class Table:
    """As far as the file was read."""

    name: TableName
    created: tuple[Column, ...] | None = None
    """Its columns, as a CREATE TABLE has them."""
    filled: tuple[str, ...] = ()
    """Those that its rows bring, if there are some."""
    first: Place | None = None
    """Of its rows."""
    heads: set[bytes] = field(default_factory=set)
    """What its statements say before their rows, as far as they differ."""

    def columns(self, names: Sequence[str]) -> tuple[Column, ...]:
        """With the types that are known."""
        known = {column.name.lower(): column for column in reversed(self.created or ())}
        known |= {column.name: column for column in self.created or ()}
        return tuple(known.get(name) or known.get(name.lower()) or Column(name=name) for name in names)


@dataclass(frozen=True, kw_only=True, eq=False)
class Shape:
    table: Table
    columns: tuple[Column, ...]
    """Of each value of a row."""
    head: bytes
    """What stands before the rows."""
    settings: Settings
    copied: bool = False
    careful: bool = False
    """Look at each row."""
    kept: tuple[int, ...]
    """The numbers of the values that are the file's to say: generated ones are not."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.columns[at].name for at in self.kept)

    @cached_property
    def has_bytea(self) -> bool:
        return any(is_bytea(column, self.settings.dialect.name) for column in self.columns)

    @cached_property
    def quick(self) -> Quick | None:
        """None: each row must be looked at."""
        dialect = self.settings.dialect
        columns = self.columns
        awkward = any(c.generated or is_bits(c, dialect.name) or is_shape(c, dialect.name) for c in columns)
        recoded = self.settings.encoding != "utf-8" and any(is_binary(column, dialect.name) for column in columns)
        if self.careful or self.copied or awkward or recoded or not columns or b"'" in self.head:
            return None
        if b'"' in self.head and dialect.name == MYSQL and not dialect.ansi_quotes:
            return None
        return Quick(columns, self.head, dialect)


@dataclass(frozen=True, kw_only=True)
class Run:
    """Rows one after the other that are plain."""

    shape: Shape
    text: bytes
    at: int
    """In the window."""


@dataclass(frozen=True, kw_only=True)
class Single:
    shape: Shape
    values: tuple[Value, ...]
    at: int
    fault: str | None = None
    """The row as such is none: a code."""


Piece = Run | Single
