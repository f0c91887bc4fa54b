"""Breaking text into lines: at spaces where it can, inside words where it must. Nothing is ever left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

WORDS = re.compile(r"\S+\s*|\s+")
BREAKABLE = re.compile(r"(?<=[-/,;:_.@&?=|}\]])(?=\w)")
"""Where a long word breaks well."""


def wrap(text: str, room: float, widths: Mapping[str, float]) -> tuple[str, ...]:
    """`room` at size 1. A trailing space may stick out."""
    if "\n" not in text and sum(map(widths.__getitem__, text)) <= room:
        return (text,)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(fold(paragraph, room, widths))
    return tuple(lines)


def fold(paragraph: str, room: float, widths: Mapping[str, float]) -> Iterator[str]:
    line, used = "", 0.0
    for piece in pieces(paragraph, room, widths):
        needed = sum(map(widths.__getitem__, piece.rstrip()))
        if line and used + needed > room:
            yield line
            line, used = "", 0.0
        line += piece
        used += sum(map(widths.__getitem__, piece))
    yield line


def pieces(paragraph: str, room: float, widths: Mapping[str, float]) -> Iterator[str]:
    """Words; parts of words where a word is wider than the room; characters where a part is."""
    for word in WORDS.findall(paragraph):
        if sum(map(widths.__getitem__, word.rstrip())) <= room:
            yield word
            continue
        for part in BREAKABLE.split(word):
            yield from [part] if sum(map(widths.__getitem__, part.rstrip())) <= room else part


def shortened(text: str, room: float, widths: Mapping[str, float]) -> str:
    """On one line, with … where it ends early. For headings that stand in full elsewhere."""
    text = " ".join(text.split())
    if sum(map(widths.__getitem__, text)) <= room:
        return text
    used, kept = widths["…"], 0
    for char in text:
        used += widths[char]
        if used > room:
            break
        kept += 1
    return text[:kept].rstrip() + "…"
