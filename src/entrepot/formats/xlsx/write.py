"""Writing a workbook front to back: sheets as their rows come, then what lists them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from entrepot.formats.port import Document, Result, Tools, Written
from entrepot.formats.rows import lane_of, outgoing_kind
from entrepot.formats.xlsx import parts
from entrepot.formats.xlsx.about import TITLE, WIDTHS, about_lines
from entrepot.formats.xlsx.baseline import Baseline, baseline_of, baseline_problems
from entrepot.formats.xlsx.cells import LONGEST_TEXT, row_template
from entrepot.formats.xlsx.names import SheetNames
from entrepot.formats.xlsx.options import XlsxOptions
from entrepot.formats.xlsx.parts import Sheet
from entrepot.formats.xlsx.sheets import Frame, Pages, sheet_path, write_rows, write_words
from entrepot.formats.xlsx.styles import Styles, styles_for
from entrepot.formats.xlsx.widths import column_widths
from entrepot.formats.zipping import ZipOutlet
from entrepot.model.baselines import SHEET as BASELINE
from entrepot.model.errors import InputError
from entrepot.model.ports import Outlet, RowSource
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.selection import Query
from entrepot.model.spreadsheets import APP_PART, LEGEND_PART, MOST_COLUMNS
from entrepot.model.types import Kind

XML = "application/xml"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_xlsx(document: Document, source: RowSource, outlet: Outlet, options: XlsxOptions, tools: Tools) -> Result:
    check_columns(document)
    baseline = baseline_of(document, source, tools) if options.baseline else None
    look = styles_for(column for query in document.queries for column in query.columns)
    with outlet.open(f"{document.stem}.xlsx", MEDIA_TYPE) as sink, ZipOutlet(sink, receipts=False) as archive:
        open_container(archive, document, look)
        book = Book(archive=archive, source=source, options=options, look=look)
        book.reserve(document)
        written = tuple(book.write(query) for query in document.queries)
        if options.about or not written:
            book.write_about(document, written)
        if baseline is not None:
            book.write_baseline(baseline)
        close_container(archive, book.sheets)
    without = baseline_problems(document) if baseline is not None else ()
    return Result(written=written, problems=(*cut_problems(document, book.cut), *without))


@dataclass(kw_only=True)
class Book:
    """A workbook while its sheets are written."""

    archive: ZipOutlet
    source: RowSource
    options: XlsxOptions
    look: Styles
    sheets: list[Sheet] = field(default_factory=list)
    cut: dict[str, int] = field(default_factory=dict)
    """Entity → texts that did not fit."""
    names: SheetNames = field(default_factory=SheetNames)
    named: dict[str, str] = field(default_factory=dict)

    def reserve(self, document: Document) -> None:
        """First come the names that entities want, then those of continued sheets."""
        for query in document.queries:
            self.named[query.entity.name] = self.names.take(query.title)

    def write(self, query: Query) -> Written:
        template = row_template(query.columns, self.look)
        widths = tuple(column_widths(query, self.source))
        frame = Frame(headers=tuple(column.name for column in query.columns), widths=widths)
        pages = Pages(self.source.render(query, template), self.options.row_limit - 1)
        member = name = self.named[query.entity.name]
        rows = self.write_sheet(query, name, member, frame, pages)
        while pages.more:
            rows += self.write_sheet(query, self.names.take(query.title), member, frame, pages)
        return Written(entity=query.entity.name, rows=rows, lane=lane_of(self.source, query, template), member=member)

    def write_sheet(self, query: Query, name: str, member: str, frame: Frame, pages: Pages) -> int:
        part = sheet_path(len(self.sheets) + 1)
        counts = write_rows(self.archive, part, frame, pages.page())
        entity = query.entity.name
        self.cut[entity] = self.cut.get(entity, 0) + counts.cut
        sheet = Sheet(name=name, part=part, rows=counts.rows, entity=entity, member=member, zoned=tuple(zoned(query)))
        self.sheets.append(replace(sheet, columns=len(frame.headers)))
        return counts.rows

    def write_about(self, document: Document, written: tuple[Written, ...]) -> None:
        sheet = Sheet(name=self.names.take(TITLE), part=sheet_path(len(self.sheets) + 1), rows=0)
        write_words(self.archive, sheet.part, WIDTHS, about_lines(document, written, self.cut))
        self.sheets.append(sheet)

    def write_baseline(self, baseline: Baseline) -> None:
        sheet = Sheet(name=BASELINE, part=sheet_path(len(self.sheets) + 1), rows=0, hidden=True)
        baseline.write(self.archive, sheet.part, self.sheets)
        self.sheets.append(sheet)


def zoned(query: Query) -> Iterator[str]:
    return (column.name for column in query.columns if outgoing_kind(column) is Kind.TIMESTAMP_TZ)


def open_container(archive: ZipOutlet, document: Document, look: Styles) -> None:
    put(archive, "_rels/.rels", parts.root_relations())
    put(archive, "docProps/core.xml", parts.core(document.title, document.created_at))
    put(archive, APP_PART, parts.app(document.tool))
    put(archive, "xl/styles.xml", look.xml())


def close_container(archive: ZipOutlet, sheets: list[Sheet]) -> None:
    put(archive, LEGEND_PART, parts.legend([sheet for sheet in sheets if sheet.entity is not None]))
    put(archive, "xl/workbook.xml", parts.workbook(sheets))
    put(archive, "xl/_rels/workbook.xml.rels", parts.workbook_relations(sheets))
    put(archive, "[Content_Types].xml", parts.content_types(sheets))


def put(archive: ZipOutlet, name: str, text: str) -> None:
    with archive.open(name, XML) as sink:
        sink.write(text.encode())


def cut_problems(document: Document, cut: Mapping[str, int]) -> Iterator[Problem]:
    for query in document.queries:
        if cut.get(query.entity.name):
            yield cut_problem(query, cut[query.entity.name])


def cut_problem(query: Query, count: int) -> Problem:
    what = "1 text is" if count == 1 else f"{count:,} texts are"
    return Problem(
        code="cell_cut",
        message=f"{what} longer than the {LONGEST_TEXT:,} characters of an Excel cell and cut; the cells are orange.",
        remedy="Export that entity as CSV, JSON or a package to have all of it.",
        severity=Severity.WARNING,
        category=Category.FIDELITY,
        place=Place(entity=query.title),
        value=str(count),
    )


def check_columns(document: Document) -> None:
    for query in document.queries:
        if len(query.columns) > MOST_COLUMNS:
            raise InputError(
                "too_many_columns",
                f"{query.title} has {len(query.columns):,} fields; a sheet holds {MOST_COLUMNS:,}.",
                remedy="Choose fewer fields, or another format.",
            )
