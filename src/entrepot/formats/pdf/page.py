"""One page while it is drawn: shapes below, texts above, links."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.formats.pdf.direction import visual
from entrepot.formats.pdf.typeface import Typeface

Color = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a text looks."""

    face: Typeface
    size: float
    color: Color

    def width(self, text: str) -> float:
        return self.face.width(text, self.size)


class Page:
    """Coordinates in points from the lower left corner."""

    def __init__(self, size: tuple[float, float]) -> None:
        self.width, self.height = size
        self.links: list[str] = []
        self._shapes: list[str] = []
        self._texts: list[str] = []
        self._forms: list[str] = []
        self._font = ""
        self._color: Color | None = None

    def text(self, x: float, y: float, text: str, style: Style) -> None:
        """`y` is the base line."""
        if style.color != self._color:
            self._color = style.color
            self._texts.append(f"{paint(style.color)} rg")
        self._texts.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
        for name, codes in style.face.runs(visual(text)):
            font = f"/{name} {style.size:g} Tf"
            if font != self._font:
                self._font = font
                self._texts.append(font)
            self._texts.append(f"<{codes}> Tj")

    def right(self, x: float, y: float, text: str, style: Style) -> None:
        """Ending at `x`."""
        self.text(x - style.width(text), y, text, style)

    def box(self, x: float, y: float, width: float, height: float, color: Color) -> None:
        self._shapes.append(f"{paint(color)} rg {x:.2f} {y:.2f} {width:.2f} {height:.2f} re f")

    def line(self, x: float, y: float, end: float, color: Color, thickness: float = 0.5) -> None:
        """From left to right."""
        self.box(x, y - thickness / 2, end - x, thickness, color)

    def form(self, x: float, y: float, name: str) -> None:
        """What is drawn elsewhere, later."""
        self._forms.append(f"q 1 0 0 1 {x:.2f} {y:.2f} cm /{name} Do Q")

    def link(self, x: float, y: float, width: float, height: float, target: int) -> None:
        box = f"[{x:.2f} {y:.2f} {x + width:.2f} {y + height:.2f}]"
        self.links.append(f"<< /Type /Annot /Subtype /Link /Rect {box} /Border [0 0 0] /Dest [{target} 0 R /Fit] >>")

    def content(self) -> str:
        return "\n".join([*self._shapes, "BT", *self._texts, "ET", *self._forms])


def paint(color: Color) -> str:
    return " ".join(f"{part:g}" for part in color)
