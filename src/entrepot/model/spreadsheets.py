"""Words that writing and reading workbooks share: addresses of cells, what a sheet holds, and how a workbook of ours
says which sheet is which entity."""

from __future__ import annotations

import re

FORMATS = ("xlsx", "xls", "xlsb", "ods")
"""What workbooks are called here; xlsm is xlsx with macros in it."""
MOST_ROWS = 1_048_576
"""What a sheet of Excel holds, its header included."""
MOST_COLUMNS = 16_384
LEGEND = "urn:entrepot:legend:1"
LEGEND_PART = "customXml/item1.xml"
APP_PART = "docProps/app.xml"
"""Whoever saves a workbook says there who it is."""
TOOL = "entrepot"
ABOUT = "About"
ABOUT_FACTS = ("Database", "Scope", "Created", "Snapshot", "Made by")
"""What our words about a workbook are called, and what they begin with below their title."""
BARE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LIKE_AN_ADDRESS = re.compile(r"[A-Za-z]{1,3}[0-9]+|[RrCc]([0-9]*[Cc]?[0-9]*)")


def letters(column: int) -> str:
    """A column's name; columns count from 1.

    >>> letters(1), letters(26), letters(27), letters(16384)
    ('A', 'Z', 'AA', 'XFD')
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def column_number(letters: str) -> int:
    """
    >>> column_number("A"), column_number("AA"), column_number("XFD")
    (1, 27, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def address(sheet: str, row: int, column: int | None = None) -> str:
    """As a spreadsheet program takes it to go there; without a column, the row.

    >>> address("Sheet1", 7, 3), address("Bob's list", 7), address("A1", 2, 1)
    ('Sheet1!C7', "'Bob''s list'!7:7", "'A1'!A2")
    """
    return f"{quoted(sheet)}!{row}:{row}" if column is None else f"{quoted(sheet)}!{letters(column)}{row}"


def quoted(sheet: str) -> str:
    plain = BARE_NAME.fullmatch(sheet) and not LIKE_AN_ADDRESS.fullmatch(sheet)
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"
