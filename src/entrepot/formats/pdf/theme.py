"""Colours, sizes and distances of the report, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from entrepot.formats.pdf.faces import READER_FACES, TrueTypeFace, chosen_face, file_face, reader_face
from entrepot.formats.pdf.page import Color, Style
from entrepot.formats.pdf.systemfonts import system_fonts
from entrepot.formats.pdf.typeface import Fallbacks, Typeface

FONTS = Path(__file__).parent / "fonts"

INK: Color = (0.13, 0.16, 0.20)
SOFT: Color = (0.42, 0.46, 0.52)
FAINT: Color = (0.66, 0.69, 0.73)
ACCENT: Color = (0.16, 0.38, 0.58)
RULE: Color = (0.80, 0.83, 0.86)
BAND: Color = (0.960, 0.968, 0.976)
HEAD: Color = (0.905, 0.928, 0.950)
TRACK: Color = (0.935, 0.945, 0.955)

MARGIN = 40.0
FOOT = 34.0
"""Height kept for the footer, above the lower edge."""
CELL_SIZE = 7.5
LEADING = 9.6
"""From one line of a cell to the next."""
PAD_X, PAD_Y = 4.0, 2.6


@dataclass(frozen=True, kw_only=True)
class Theme:
    """The styles of one report. They share their faces, so that each is embedded once."""

    regular: Typeface
    bold: Typeface
    fallbacks: Fallbacks

    @property
    def title(self) -> Style:
        return Style(face=self.bold, size=26, color=INK)

    @property
    def heading(self) -> Style:
        return Style(face=self.bold, size=14, color=INK)

    @property
    def running(self) -> Style:
        """A heading that goes on."""
        return Style(face=self.bold, size=9.5, color=INK)

    @property
    def label(self) -> Style:
        return Style(face=self.regular, size=8.5, color=SOFT)

    @property
    def body(self) -> Style:
        return Style(face=self.regular, size=9.5, color=INK)

    @property
    def strong(self) -> Style:
        return Style(face=self.bold, size=9.5, color=INK)

    @property
    def small(self) -> Style:
        return Style(face=self.regular, size=7.5, color=SOFT)

    @property
    def cell(self) -> Style:
        return Style(face=self.regular, size=CELL_SIZE, color=INK)

    @property
    def null(self) -> Style:
        return Style(face=self.regular, size=CELL_SIZE, color=FAINT)

    @property
    def column(self) -> Style:
        """A column's name."""
        return Style(face=self.bold, size=CELL_SIZE, color=INK)


def make_theme(font: str | None) -> Theme:
    """DejaVu Sans, then the font that was asked for, then what the system has, then what readers have."""
    asked = [chosen_face(Path(font))] if font else []
    for maker in asked:
        maker("X")  # an error now rather than in the middle of the rows
    makers = [*asked, *map(file_face, system_fonts()), *(reader_face(*words) for words in READER_FACES)]
    fallbacks = Fallbacks(makers)
    regular = Typeface(TrueTypeFace("F", FONTS / "DejaVuSans.ttf"), fallbacks)
    bold = Typeface(TrueTypeFace("B", FONTS / "DejaVuSans-Bold.ttf"), fallbacks)
    return Theme(regular=regular, bold=bold, fallbacks=fallbacks)
