"""Text on a terminal: what can be shown, how wide it is, and how much of it fits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, east_asian_width

from entrepot.cli.plainly import ELLIPSIS

STRANGE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufff9-\ufffb]")
"""What moves the cursor, breaks the line, turns the direction or cannot be seen. Somebody else's file must not be able
to write over what we say. Joiners of letters (200c, 200d) stay."""
SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x00": "\\0"}


def visible(text: str) -> str:
    r"""
    >>> visible("two\nlines \x1b[2J and more")
    'two\\nlines \\x1b[2J and more'
    """
    return STRANGE.sub(_named, text)


def _named(found: re.Match[str]) -> str:
    code = ord(found[0])
    return SHORT.get(found[0]) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def width(text: str) -> int:
    """Columns: wide characters of East Asia take two, those that combine with others none.

    >>> width("日本"), width("e\u0301")
    (4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def pad(text: str, columns: int, *, to_the_right: bool = False) -> str:
    space = " " * (columns - width(text))
    return space + text if to_the_right else text + space


def cut(text: str, columns: int) -> str:
    """As much of it as fits, with a sign that there is more.

    >>> cut("a long story", 8)
    'a long …'
    """
    if width(text) <= columns:
        return text
    taken, left = 0, columns - width(ELLIPSIS)
    for character in text:
        left -= _columns(character)
        if left < 0:
            break
        taken += 1
    return text[:taken] + ELLIPSIS


def wrapped(text: str, columns: int) -> Iterator[str]:
    """Lines broken between words, or within those that are longer than a line."""
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined) <= columns:
            line = joined
            continue
        if line:
            yield line
        line = word
        while width(line) > columns:
            head = _fitting(line, columns)
            yield head
            line = line[len(head) :]
    yield line


def _fitting(word: str, columns: int) -> str:
    """The start of it, at least one character."""
    taken = 0
    for character in word:
        columns -= _columns(character)
        if columns < 0:
            break
        taken += 1
    return word[: max(taken, 1)]


def quoted(value: str | None) -> str:
    """So that blanks at its ends, and no value at all, can be seen."""
    return "nothing" if value is None else f"'{visible(value)}'"


def contrasted(before: str, after: str, columns: int) -> tuple[str, str]:
    """Two texts, each in so many columns, so that the first difference can be seen.

    >>> contrasted("the same beginning, then a", "the same beginning, then b", 12)
    ('…g, then a', '…g, then b')
    """
    same = next((at for at, pair in enumerate(zip(before, after, strict=False)) if len({*pair}) > 1), None)
    start = min(len(before), len(after)) if same is None else same
    if max(width(before), width(after)) <= columns or start < columns // 2:
        return cut(before, columns), cut(after, columns)
    skipped = start - columns // 3 * 2
    return cut(ELLIPSIS + before[skipped:], columns), cut(ELLIPSIS + after[skipped:], columns)
