"""The report as a whole: pages in order, footers, bookmarks, and what is known only at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from entrepot.formats.pdf.container import PdfFile, text_string
from entrepot.formats.pdf.page import Page, Style
from entrepot.formats.pdf.theme import FOOT, MARGIN, RULE, Theme
from entrepot.formats.pdf.wrap import shortened
from entrepot.model.ports import Sink

TOTAL = "Total"


class Book:
    def __init__(self, sink: Sink, size: tuple[float, float], theme: Theme, footer: str) -> None:
        self.file = PdfFile(sink)
        self.size = size
        self.theme = theme
        self.pages = 0
        self._footer = footer
        self._forms = {TOTAL: self.file.reserve()}
        self._bookmarks: list[tuple[str, int]] = []

    @property
    def left(self) -> float:
        return MARGIN

    @property
    def right(self) -> float:
        return self.size[0] - MARGIN

    @property
    def top(self) -> float:
        return self.size[1] - MARGIN

    @property
    def bottom(self) -> float:
        return FOOT + 17

    @contextmanager
    def page(self, number: int | None = None) -> Iterator[Page]:
        """The next page; `number` is an object reserved for it, because others point to it."""
        page = Page(self.size)
        yield page
        self.pages += 1
        self._foot(page)
        self.file.page(page.content(), self.size, page.links, number or self.file.reserve())

    def bookmark(self, title: str, page: int) -> None:
        self._bookmarks.append((title, page))

    def later(self, name: str) -> str:
        """A place for a text that is not known yet, to be drawn with `Page.form`."""
        self._forms[name] = self.file.reserve()
        return name

    def fill(self, name: str, text: str, style: Style, *, right: bool = False) -> None:
        """What stands in the places of that name: from their point on, or up to it."""
        width = style.width(text)
        start = -width if right else 0.0
        page = Page(self.size)
        page.text(start, 0, text, style)
        box = (start - 1, -style.size, start + width + 1, style.size)
        self.file.form(page.content(), box, self._forms[name])

    def _foot(self, page: Page) -> None:
        style = self.theme.small
        page.line(self.left, FOOT + 8, self.right, RULE, 0.4)
        words = f"Page {self.pages} of "
        page.text(self.left, FOOT - 4, words, style)
        page.form(self.left + style.width(words), FOOT - 4, TOTAL)
        page.right(self.right, FOOT - 4, shortened(self._footer, 500 / style.size, style.face.widths), style)

    def close(self, title: str, created: str, tool: str) -> None:
        self.fill(TOTAL, str(self.pages), self.theme.small)
        faces = [self.theme.regular.main, self.theme.bold.main, *self.theme.fallbacks.used()]
        fonts = {face.name: face.embed(self.file) for face in faces}
        moment = "(D:" + "".join(char for char in created[:19] if char.isdigit()) + "Z)"
        info = {
            "Title": text_string(title),
            "Creator": text_string(tool),
            "Producer": text_string(tool),
            "CreationDate": moment,
            "ModDate": moment,
        }
        shown = "/PageMode /UseOutlines /ViewerPreferences << /DisplayDocTitle true >>"
        catalog = f"/Outlines {self._outlines()} 0 R {shown}"
        self.file.close(catalog, info, fonts, self._forms)

    def _outlines(self) -> int:
        root = self.file.reserve()
        numbers = [self.file.reserve() for _ in self._bookmarks]
        for place, (title, page) in enumerate(self._bookmarks):
            before = f"/Prev {numbers[place - 1]} 0 R " if place else ""
            after = f"/Next {numbers[place + 1]} 0 R " if place + 1 < len(numbers) else ""
            body = f"<< /Title {text_string(title)} /Parent {root} 0 R {before}{after}/Dest [{page} 0 R /Fit] >>"
            self.file.put(body, numbers[place])
        return self.file.put(
            f"<< /Type /Outlines /First {numbers[0]} 0 R /Last {numbers[-1]} 0 R /Count {len(numbers)} >>", root
        )
