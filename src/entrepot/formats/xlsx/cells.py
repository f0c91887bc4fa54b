"""Cells: how each kind of value stands in a sheet, as a row template that the database renders.

Cells carry no address: their order says where they are, so a NULL is an empty cell. Every typed cell has a text
cell as its `otherwise`: a value that Excel cannot hold exactly is never rounded, it becomes text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import hexdigits

from entrepot.formats.rows import outgoing_kind
from entrepot.formats.xlsx import styles
from entrepot.formats.xlsx.styles import Styles
from entrepot.model.selection import Column
from entrepot.model.templates import Escape, Form, RowTemplate, Slot
from entrepot.model.types import MOMENTS, NUMBERS, Kind

LONGEST_TEXT = 32_767
EMPTY = "<c/>"
TEXT_CLOSE = "</t></is></c>"

MARKUP = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"))
"""A bare carriage return would be read as a line feed."""
FORBIDDEN = "".join(chr(code) for code in (*range(0x20), 0xFFFE, 0xFFFF) if chr(code) not in "\t\n\r")
"""Characters that XML cannot hold at all; Excel reads `_x0001_` as the character itself."""
LOOKALIKES = tuple((f"_x{digit}", f"_x005F_x{digit}") for digit in hexdigits)
"""Text that Excel would take for such a character. `_x0` comes first, because the others put one in."""


def opening(style: int) -> str:
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">'


TEXT = Escape(
    name="xlsx_text",
    null=EMPTY,
    open=opening(styles.TEXT),
    close=TEXT_CLOSE,
    replace=MARKUP,
    rare_characters=FORBIDDEN,
    rare_texts=("_x",),
    rare=(*LOOKALIKES, *((c, f"_x{ord(c):04X}_") for c in FORBIDDEN)),
    limit=LONGEST_TEXT,
    over=opening(styles.CUT),
)
CUT_MARK = TEXT.over.encode()
"""Stands nowhere but before a cut text: `<` in values is escaped."""
CUT_HINT = f'="{styles.CUT}"'.encode()
"""A part of it that other cells hardly ever have, and short enough to be looked for at full speed."""


def row_template(columns: Sequence[Column], look: Styles) -> RowTemplate:
    return RowTemplate(parts=tuple(row(columns, look)))


def row(columns: Sequence[Column], look: Styles) -> Iterator[str | Slot]:
    yield "<row>"
    for column in columns:
        yield cell(column, look)
    yield "</row>"


def cell(column: Column, look: Styles) -> Slot:
    text = Slot(column=column.name, form=Form.TEXT, escape=TEXT)
    kind = outgoing_kind(column)
    if kind in MOMENTS:
        return Slot(column=column.name, form=Form.SERIAL, escape=value(moment_style(kind)), otherwise=text)
    if kind is Kind.BOOLEAN:
        return Slot(column=column.name, form=Form.NUMBER, escape=BOOLEAN, otherwise=text)
    if kind in NUMBERS:
        return Slot(column=column.name, form=Form.NUMBER, escape=value(number_style(column, look)), otherwise=text)
    return text


def value(style: int) -> Escape:
    """A number: digits need no escape."""
    attribute = f' s="{style}"' if style else ""
    return Escape(name="xlsx_value", null=EMPTY, open=f"<c{attribute}><v>", close="</v></c>")


BOOLEAN = Escape(name="xlsx_value", null=EMPTY, open=f'<c s="{styles.TRUTH}" t="b"><v>', close="</v></c>")


def moment_style(kind: Kind) -> int:
    return styles.DATE if kind is Kind.DATE else styles.MOMENT


def number_style(column: Column, look: Styles) -> int:
    scale = styles.decimals(column)
    if scale:
        return look.decimal(scale)
    return styles.WHOLE if outgoing_kind(column) is Kind.INTEGER else 0


def text_cell(text: str, style: int = styles.TEXT) -> str:
    """A cell of our own words, by the same rules."""
    return opening(style) + escaped(text[:LONGEST_TEXT]) + TEXT_CLOSE


def number_cell(number: int, style: int = styles.WHOLE) -> str:
    return f'<c s="{style}"><v>{number}</v></c>'


def escaped(text: str) -> str:
    for old, new in (*TEXT.replace, *TEXT.rare):
        text = text.replace(old, new)
    return text
