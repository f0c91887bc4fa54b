"""Any workbook as tables: what sheets there are, which of them is meant, and its rows."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from entrepot.model.baselines import SHEET as BASELINE
from entrepot.model.spreadsheets import ABOUT, ABOUT_FACTS
from entrepot.workbench.reading.format import format_of
from entrepot.workbench.reading.sheets.book import Book, Sheet, open_book
from entrepot.workbench.reading.sheets.container import opened
from entrepot.workbench.reading.sheets.other_book import Other
from entrepot.workbench.reading.sheets.refusals import no_sheets, no_such_sheet, several_sheets
from entrepot.workbench.reading.sheets.remembered import remembered
from entrepot.workbench.reading.sheets.rows import Rows
from entrepot.workbench.reading.sheets.sheet_rows import SheetReader

OPEN_DOCUMENT = "ods"
ZIPPED = frozenset({"xlsb", OPEN_DOCUMENT})
USUAL_MEMORY_BYTES = 200_000_000


@dataclass(frozen=True, kw_only=True)
class Table:
    """A sheet, or several that go on where the one before was full."""

    name: str
    sheets: tuple[Sheet, ...]
    zoned: frozenset[str] = frozenset()
    """Columns whose moments are in UTC: we wrote them."""

    ours: bool = False
    """We wrote it, and names in its first row."""
    filled: int | None = None
    """How many rows have values, up to two; None: nobody counted them."""

    @property
    def hidden(self) -> bool:
        return self.sheets[0].hidden


@dataclass(frozen=True, kw_only=True)
class Workbook:
    format: str
    book: Book | Other
    tables: tuple[Table, ...]
    beside: tuple[Table, ...] = ()
    """Sheets that are read only if somebody names them: what we say about a workbook of ours."""
    has_words: bool = False
    """They were found by what stands in them."""
    longest: int
    readers: dict[str, SheetReader] = field(default_factory=dict, repr=False)
    """The last one of each sheet."""

    @property
    def file(self) -> str:
        return self.book.file

    @property
    def has_macros(self) -> bool:
        return isinstance(self.book, Book) and self.book.has_macros

    @property
    def hides_errors(self) -> bool:
        return isinstance(self.book, Other) and bool(self.book.unseen)

    def rows(self, sheet: Sheet) -> Iterator[Rows]:
        if isinstance(self.book, Other):
            return self.book.rows(sheet.name)
        reader = self.readers[sheet.name] = SheetReader(book=self.book, sheet=sheet, longest=self.longest)
        return reader.rows()

    def merged(self, sheet: Sheet) -> Sequence[str]:
        """Areas of merged cells, once its rows were read."""
        return self.readers[sheet.name].merged if sheet.name in self.readers else ()

    def chosen(self, wanted: str | None) -> Table:
        if wanted is not None:
            everything = (*self.tables, *self.beside, *self.single())
            named = next((table for table in everything if table.name == wanted), None)
            if named is None:
                raise no_such_sheet(self.file, wanted, [table.name for table in (*self.tables, *self.beside)])
            return named
        visible = [table for table in self.tables if not table.hidden]
        if len(visible) > 1:
            filled = {table.name: self.some_rows(table) for table in visible}
            visible = [table for table in visible if filled[table.name] == max(filled.values()) > 0] or visible[:1]
        if len(visible) == 1:
            return visible[0]
        hidden = [table.name for table in self.tables if table.hidden]
        if not visible:
            raise no_sheets(self.file, hidden)
        raise several_sheets(self.file, [table.name for table in visible], hidden)

    def single(self) -> Iterator[Table]:
        """Each sheet by itself, also one that goes on with another."""
        return (Table(name=sheet.name, sheets=(sheet,)) for table in self.tables for sheet in table.sheets[1:])

    def some_rows(self, table: Table) -> int:
        """With values; two mean that there are records below names."""
        if table.filled is not None:
            return table.filled
        with closing(self.filled_rows(table.sheets[0])) as rows:
            return sum(1 for _ in islice(rows, 2))

    def filled_rows(self, sheet: Sheet) -> Generator[tuple[int, list[str | None]], None, None]:
        for rows in self.rows(sheet):
            yield from filled(rows)


def filled(rows: Rows) -> Iterator[tuple[int, list[str | None]]]:
    for at, number in enumerate(rows.numbers):
        values = [column[at] for column in rows.columns]
        if any(values):
            yield number, values


def open_workbook(path: Path, format: str | None, memory_bytes: int, longest: int) -> Workbook:
    found = format or format_of(path)
    if found == "xlsx":
        return xml_workbook(open_book(path, memory_bytes), longest)
    if found in ZIPPED:
        opened(path).check_whole()
    other = Other(path=path, memory_bytes=memory_bytes, needs_library=found != OPEN_DOCUMENT)
    tables = tuple(
        Table(name=each.name, sheets=(Sheet(name=each.name, part="", hidden=each.hidden),), filled=each.filled)
        for each in other.sheets()
    )
    return without_words(Workbook(format=found, book=other, tables=tables, longest=longest))


def xml_workbook(book: Book, longest: int) -> Workbook:
    if not book.legend:
        book = replace(book, legend=remembered(book, longest))
    sheets = [sheet for sheet in book.sheets if sheet.name != BASELINE]
    ours = [sheet for sheet in sheets if sheet.name in book.legend]
    if not ours:
        tables = tuple(Table(name=sheet.name, sheets=(sheet,)) for sheet in sheets)
        return without_words(Workbook(format="xlsx", book=book, tables=tables, longest=longest))
    members = dict.fromkeys(book.legend[sheet.name].member for sheet in ours)
    others = [sheet for sheet in sheets if sheet not in ours]
    return Workbook(
        format="xlsx",
        book=book,
        tables=tuple(written(book, member, ours) for member in members),
        beside=tuple(Table(name=sheet.name, sheets=(sheet,)) for sheet in others),
        longest=longest,
    )


def without_words(workbook: Workbook) -> Workbook:
    """What we say about a workbook of ours is no table of it, also where a program that saved it lost our legend."""
    words = tuple(table for table in workbook.tables if is_about(workbook, table))
    tables = tuple(table for table in workbook.tables if table not in words)
    return replace(workbook, tables=tables, beside=words, has_words=True) if words and tables else workbook


def is_about(workbook: Workbook, table: Table) -> bool:
    """By its name and what stands in it."""
    if not table.name.startswith(ABOUT):
        return False
    with closing(workbook.filled_rows(table.sheets[0])) as rows:
        first = [values[0] for _, values in islice(rows, 1 + len(ABOUT_FACTS))]
    return tuple(first[1:]) == ABOUT_FACTS


def written(book: Book, member: str, sheets: Sequence[Sheet]) -> Table:
    lines = {sheet: book.legend[sheet.name] for sheet in sheets if book.legend[sheet.name].member == member}
    return Table(
        name=member,
        sheets=tuple(replace(sheet, rows=line.rows) for sheet, line in lines.items()),
        ours=True,
        zoned=frozenset(name for line in lines.values() for name in line.zoned),
    )
