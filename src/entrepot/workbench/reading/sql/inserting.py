"""INSERT statements: what they say before their rows, and the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from entrepot.workbench.reading.sql.literal import UnendedError
from entrepot.workbench.reading.sql.names import LIST, NAMES
from entrepot.workbench.reading.sql.refusals import DUMP_ROWS, cut_off, refusal
from entrepot.workbench.reading.sql.rows import BrokenError, Row, read_row
from entrepot.workbench.reading.sql.shape import Piece, Run, Shape, Single
from entrepot.workbench.reading.sql.tokens import SPACE
from entrepot.workbench.reading.sql.window import HEAD_ROOM, Window

INSERT_HEAD = re.compile(
    rb"(?:INSERT|REPLACE)\s++(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE|OR\s++(?:IGNORE|REPLACE|ABORT|FAIL|ROLLBACK))"
    rb"\s++)*+(?:INTO\s++)?+(?P<table>" + NAMES + rb")\s*+(?P<columns>" + LIST + rb")?+\s*+"
    rb"(?:OVERRIDING\s++(?:SYSTEM|USER)\s++VALUE\s++)?+VALUES\s*+(?=\()",
    re.IGNORECASE,
)
NOTHING = re.compile(rb"ON\s++CONFLICT\s++DO\s++NOTHING\b", re.IGNORECASE)


def inserted(window: Window, shape: Shape) -> Iterator[Piece]:
    """The window stands at the first row, and behind the end of the statement then, or of one that is made alike."""
    while True:
        end = shape.quick.end(window.data, window.at) if shape.quick else window.at
        if end > window.at:
            yield Run(shape=shape, text=window.data[window.at : end], at=window.at)
            window.at = end
        if len(window.data) - window.at < HEAD_ROOM and window.more():
            continue
        row = careful_row(window, shape)
        yield Single(shape=shape, values=row.values, at=window.at)
        window.at = row.end
        if ended(window):
            return


def careful_row(window: Window, shape: Shape) -> Row:
    while True:
        try:
            return read_row(window.data, window.at, shape.settings.dialect, shape.settings.encoding)
        except UnendedError:
            if not window.more():
                raise cut_off(window.place(window.at), "the row that begins here has no end") from None
        except BrokenError as error:
            raise refusal("broken_sql", window.place(error.at), error.fact) from None


def ended(window: Window) -> bool:
    """Behind a row: whether the statement ends there. The window then stands behind it, or at the next row."""
    following = behind_space(window)
    if nothing := NOTHING.match(window.data, window.at):
        window.at = nothing.end()
        following = behind_space(window)
    if following == b",":
        window.at += 1
        if behind_space(window):
            return False
        following = b""
    if following == b";":
        window.at += 1
        return True
    if not following:
        raise cut_off(window.place(window.at), "the statement has no end")
    raise refusal(
        "refused_statement",
        window.place(window.at),
        "what stands behind the rows would change what becomes of them, and is not read",
        DUMP_ROWS,
    )


def behind_space(window: Window) -> bytes:
    """The next byte that is neither white space nor comment; nothing at the end."""
    window.fill()
    match = SPACE.match(window.data, window.at)
    window.at = match.end() if match else window.at
    return window.data[window.at : window.at + 1]
