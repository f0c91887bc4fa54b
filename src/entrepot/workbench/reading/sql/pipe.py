"""The rows of one table on their way into the workbench, plain stretches as they stand and the others one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

import msgspec

from entrepot.model.templates import CsvDialect
from entrepot.workbench.reading.sql.copying import single
from entrepot.workbench.reading.sql.forms import CopyForm, Form, InsertForm
from entrepot.workbench.reading.sql.names import Column
from entrepot.workbench.reading.sql.rows import Value, read_row
from entrepot.workbench.reading.sql.runs import OddRunError, recoded
from entrepot.workbench.reading.sql.shape import Piece, Run, Shape, Single
from entrepot.workbench.reading.sql.values import FaultError, value_of

BUFFER_CHARACTERS = 1 << 16
LONGEST_SHOWN = 200


class WiderError(Exception):
    """Rows came that have other columns."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__(columns)
        self.columns = tuple(columns)


@dataclass(kw_only=True)
class Pipe:
    """Fulfils `csv_feed.Checked`."""

    pieces: Iterator[Piece]
    columns: tuple[Column, ...]
    form: Form
    sent: int = 0
    rejected: int = 0
    absent: list[tuple[int, int]] = field(default_factory=list)
    """Record, number of the column that its statement does not name."""
    waiting: list[str] = field(default_factory=list)
    size: int = 0

    def __post_init__(self) -> None:
        self.names = tuple(column.name for column in self.columns)

    @property
    def dialect(self) -> CsvDialect:
        return self.form.dialect

    @property
    def quote(self) -> bytes:
        return self.dialect.quote.encode()

    def blocks(self) -> Iterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, Single):
                self.add(piece)
            else:
                yield from self.flushed()
                yield from self.run(piece)
            if self.size > BUFFER_CHARACTERS:
                yield from self.flushed()
        yield from self.flushed()

    def flushed(self) -> Iterator[bytes]:
        if self.waiting:
            block = "".join(self.waiting).encode()
            self.waiting.clear()
            self.size = 0
            yield block

    def run(self, piece: Run) -> Iterator[bytes]:
        try:
            block, rows = self.whole(piece)
        except OddRunError:
            for one in singles(piece):
                self.add(one)
            yield from self.flushed()
            return
        self.sent += rows
        yield block

    def whole(self, piece: Run) -> tuple[bytes, int]:
        """Raises OddRunError where the rows must be taken one by one."""
        shape = piece.shape
        if shape.names != self.names or shape.copied != isinstance(self.form, CopyForm):
            raise OddRunError
        if shape.quick is not None:
            return shape.quick.csv(piece.text, shape.settings.encoding)
        return recoded(piece.text, shape.settings.encoding), piece.text.count(b"\n")

    def add(self, piece: Single) -> None:
        self.sent += 1
        try:
            line = self.form.line(self.values(piece), self.columns)
        except FaultError as error:
            self.rejected += 1
            line = self.form.rejected(self.told(piece, error), len(self.names))
        self.waiting.append(line)
        self.size += len(line)

    def values(self, piece: Single) -> Sequence[str | None]:
        """Raises FaultError."""
        shape = piece.shape
        if piece.fault or len(piece.values) != len(shape.columns):
            few = len(piece.values) < len(shape.columns)
            code = piece.fault or ("too_few_values" if few else "too_many_values")
            raise FaultError(code, str(len(piece.values)))
        found = {shape.columns[at].name: self.value(piece, at) for at in shape.kept}
        if shape.names == self.names:
            return tuple(found.values())
        return self.arranged(found)

    def arranged(self, found: dict[str, str | None]) -> Sequence[str | None]:
        """As the columns of the table stand. Raises WiderError."""
        if found.keys() - set(self.names):
            raise WiderError([*self.columns, *(Column(name=name) for name in found if name not in self.names)])
        self.absent += [(self.sent, at) for at, name in enumerate(self.names) if name not in found]
        return [found.get(name) for name in self.names]

    def value(self, piece: Single, at: int) -> str | None:
        value, column = piece.values[at], piece.shape.columns[at]
        try:
            if value.literal is None:
                raise FaultError("no_literal", value.text[:LONGEST_SHOWN].decode("utf-8", "backslashreplace"))
            return value_of(value.literal, column, piece.shape.settings.dialect.name)
        except FaultError as error:
            error.column = column.name
            raise

    def told(self, piece: Single, error: FaultError) -> str:
        """Why it is no record: number of the column, code, what is shown, and all its values."""
        at = self.names.index(error.column) if error.column in self.names else None
        given = [shown_value(value, piece.shape) for value in piece.values]
        return msgspec.json.encode([at, error.code, error.shown, given]).decode()


def singles(piece: Run) -> Iterator[Single]:
    """Its rows, one by one."""
    shape, at = piece.shape, piece.at
    if shape.quick is not None:
        for start in shape.quick.starts(piece.text):
            row = read_row(piece.text, start, shape.settings.dialect, shape.settings.encoding)
            yield Single(shape=shape, values=row.values, at=at + start)
        return
    for line in piece.text.split(b"\n")[:-1]:
        yield single(shape, line, at)
        at += len(line) + 1


def shown_value(value: Value, shape: Shape) -> str | None:
    """For the file of errors: as far as it can be told."""
    if value.literal is None:
        return value.text.decode("utf-8", "backslashreplace")
    try:
        return value_of(value.literal, Column(name=""), shape.settings.dialect.name)
    except FaultError as error:
        return error.shown


def form_of(shape: Shape) -> Form:
    return CopyForm() if shape.copied else InsertForm(shape.settings.dialect.name)


def only(pieces: Iterator[Piece], first: Piece | None) -> Iterator[Piece]:
    """With the first one, that was looked at, before them."""
    return chain(() if first is None else (first,), pieces)
