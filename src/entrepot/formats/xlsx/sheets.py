"""One entity's rows as sheets: header, chunks as they come, a new sheet where one is full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.formats.xlsx import styles
from entrepot.formats.xlsx.cells import CUT_HINT, CUT_MARK, text_cell
from entrepot.formats.xlsx.parts import OFFICE
from entrepot.formats.xlsx.styles import DECLARATION, MAIN
from entrepot.formats.zipping import ZipOutlet
from entrepot.model.spreadsheets import letters
from entrepot.model.templates import Chunk

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
ROW_END = b"</row>"


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What stands around the rows of every sheet of an entity."""

    headers: tuple[str, ...]
    widths: tuple[int, ...]

    def before(self) -> str:
        header = "".join(text_cell(name, styles.HEADER) for name in self.headers)
        return f"{head(self.widths, frozen=True)}<row>{header}</row>"

    def after(self, rows: int) -> str:
        area = f'<autoFilter ref="A1:{letters(len(self.headers))}{rows + 1}"/>' if self.headers else ""
        return f"</sheetData>{area}</worksheet>"


def head(widths: Sequence[int], *, frozen: bool) -> str:
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if frozen else ""
    columns = "".join(column(number, width) for number, width in enumerate(widths, 1))
    return (
        f'{DECLARATION}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}/relationships">'
        f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>"
    )


def column(number: int, width: int) -> str:
    return f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'


@dataclass
class Counts:
    rows: int = 0
    cut: int = 0
    """Cells that were too long."""


def sheet_path(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def write_rows(outlet: ZipOutlet, part: str, frame: Frame, pieces: Iterator[Chunk]) -> Counts:
    """One sheet of the given pieces."""
    counts = Counts()
    with outlet.open(part, MEDIA_TYPE) as sink:
        sink.write(frame.before().encode())
        for piece in pieces:
            sink.write(piece.data)
            counts.rows += piece.rows
            if CUT_HINT in piece.data:
                counts.cut += piece.data.count(CUT_MARK)
        sink.write(frame.after(counts.rows).encode())
    return counts


class Pages:
    """Chunks dealt out in sheets of at most `limit` rows."""

    def __init__(self, chunks: Iterator[Chunk], limit: int) -> None:
        self._chunks = chunks
        self._limit = limit
        self._next = next(chunks, None)

    @property
    def more(self) -> bool:
        return self._next is not None

    def page(self) -> Iterator[Chunk]:
        """The pieces of the next sheet."""
        room = self._limit
        while room and self._next is not None:
            piece, self._next = divided(self._next, room)
            room -= piece.rows
            yield piece
            self._next = self._next or next(self._chunks, None)


def divided(chunk: Chunk, room: int) -> tuple[Chunk, Chunk | None]:
    """What fits, and the rest."""
    if chunk.rows <= room:
        return chunk, None
    place = 0
    for _ in range(room):
        place = chunk.data.index(ROW_END, place) + len(ROW_END)
    return Chunk(chunk.data[:place], room), Chunk(chunk.data[place:], chunk.rows - room)


def write_words(outlet: ZipOutlet, part: str, widths: Sequence[int], lines: Sequence[Sequence[str]]) -> None:
    """A sheet of our own words: finished cells, line by line."""
    body = "".join(f"<row>{''.join(line)}</row>" for line in lines)
    with outlet.open(part, MEDIA_TYPE) as sink:
        sink.write(f"{head(widths, frozen=False)}{body}</sheetData></worksheet>".encode())
