"""What a terminal shows, as a picture: lines with colours become SVG that every browser shows alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from entrepot.cli.text import width

COLOURS = {"31": "#f38ba8", "32": "#a6e3a1", "33": "#f9e2af", "36": "#89dceb", "2": "#9399b2"}
PAPER, INK = "#1e1e2e", "#cdd6f4"
ACROSS, DOWN, EDGE = 8.4, 18, 16
"""Of a character, in pixels, and around all of them."""
CLEARED = re.compile(r"[^\n]*\r\x1b\[2K")
STYLE = re.compile(r"\x1b\[([0-9;]*)m")


def lines_of(shown: str) -> list[str]:
    """What is left on the screen when progress has come and gone."""
    return CLEARED.sub("", shown.replace("\r\n", "\n")).rstrip("\n").split("\n")


def picture(lines: list[str], title: str, columns: int = 80) -> str:
    across, down = columns * ACROSS + 2 * EDGE, len(lines) * DOWN + 2 * EDGE
    texts = "\n".join(text for row, line in enumerate(lines) for text in _texts(line, EDGE + (row + 0.75) * DOWN))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across:g}" height="{down:g}"'
        f' viewBox="0 0 {across:g} {down:g}"'
        ' font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>\n{texts}\n</svg>\n'
    )


def _texts(line: str, y: float) -> Iterator[str]:
    """One for each run of a style, where it begins; so long as it is, whatever the font."""
    at, style = 0, ""
    for number, part in enumerate(STYLE.split(line)):
        if number % 2:
            style = part
        elif part.strip():
            start = len(part) - len(part.lstrip(" "))
            text = part.strip(" ")
            bold = ' font-weight="bold"' if style == "1" else ""
            yield (
                f'<text x="{EDGE + (at + start) * ACROSS:g}" y="{y:g}" textLength="{width(text) * ACROSS:g}"'
                f' fill="{COLOURS.get(style, INK)}"{bold}>{escape(text)}</text>'
            )
        if not number % 2:
            at += width(part)
