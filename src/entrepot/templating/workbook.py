"""An Excel template: a sheet for each entity, whose columns know what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from entrepot.formats.xlsx.names import SheetNames
from entrepot.model.catalog import Catalog
from entrepot.model.errors import BugError, InputError, missing_extra
from entrepot.model.example_rows import marked
from entrepot.model.spreadsheets import MOST_COLUMNS, MOST_ROWS
from entrepot.model.types import MOMENTS, NUMBERS, Kind
from entrepot.templating.entities import EntityTemplate, TemplateField
from entrepot.templating.lists import Lists, write_value
from entrepot.templating.looks import Looks, column_width
from entrepot.templating.validation import Validation, cut, validation_of
from entrepot.templating.words import field_words

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

PLAINLY = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""What looks like a formula, a link or a number is a text all the same."""
LONGEST_COMMENT = 30_000
COMMENT_WIDTH, LINE_HEIGHT, LINE_CHARACTERS = 320, 18, 46
PROPERTY = "Entrepot template"


def workbook(templates: Sequence[EntityTemplate], catalog: Catalog, *, example: bool, made: datetime) -> bytes:
    try:
        from xlsxwriter.workbook import Workbook
    except ImportError as error:
        raise missing_extra("excel", "Writing Excel templates") from error
    _check_columns(templates)
    data = BytesIO()
    book = Workbook(data, PLAINLY)
    book.set_properties({"title": "Template", "created": made.replace(tzinfo=None)})
    book.set_custom_property(PROPERTY, cut(", ".join(template.title for template in templates), 255))
    _Writing(book, catalog, example).sheets(templates)
    book.close()
    return data.getvalue()


@dataclass
class _Writing:
    book: Workbook
    catalog: Catalog
    example: bool

    def sheets(self, templates: Sequence[EntityTemplate]) -> None:
        """Entities have their names first; the hidden sheet takes what is left."""
        names = SheetNames()
        sheets = [self.book.add_worksheet(names.take(template.title)) for template in templates]
        self.looks, self.lists = Looks(self.book), Lists(book=self.book, names=names)
        for template, sheet in zip(templates, sheets, strict=True):
            self.sheet(template, sheet)

    def sheet(self, template: EntityTemplate, sheet: Worksheet) -> None:
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_row(0, 21)
        for at, item in enumerate(template.fields):
            first = (marked(item.example) if not at else item.example or "") if self.example else ""
            sheet.set_column(at, at, column_width(item, first), self.looks.value(item))
            _written(sheet.write_string(0, at, item.title, self.looks.name(item)))
            comment(sheet, at, field_words(item, template, self.catalog))
            self.validated(sheet, at, item)
            if self.example:
                self.shown(sheet, at, item)

    def validated(self, sheet: Worksheet, at: int, item: TemplateField) -> None:
        rule: Validation | None = self.lists.validation_of(item) or validation_of(item)
        if rule is not None:
            _written(sheet.data_validation(1, at, MOST_ROWS - 1, at, rule))

    def shown(self, sheet: Worksheet, at: int, item: TemplateField) -> None:
        look, text, kind = self.looks.value(item, example=True), item.example, item.type.kind
        if not at or text is None:
            sheet.write_string(1, at, marked(text) if not at else "", look)
        elif kind in MOMENTS:
            day = datetime.fromisoformat(text.removesuffix("+00"))
            _written(sheet.write_datetime(1, at, day, look))
        elif kind is Kind.BOOLEAN:
            _written(sheet.write_boolean(1, at, text == "true", look))
        elif kind in NUMBERS and kind is not Kind.INTEGER:
            _written(sheet.write_number(1, at, float(text), look))
        else:
            write_value(sheet, 1, at, text, item, look)


def comment(sheet: Worksheet, at: int, lines: Sequence[str]) -> None:
    """As high as its text needs."""
    text = cut("\n".join(lines), LONGEST_COMMENT)
    rows = sum(1 + len(line) // LINE_CHARACTERS for line in text.splitlines())
    size = {"width": COMMENT_WIDTH, "height": LINE_HEIGHT * rows + 8}
    _written(sheet.write_comment(0, at, text, {"author": "Entrepot", "font_size": 9, **size}))


def _written(code: int) -> None:
    """XlsxWriter leaves out what does not fit, and says so by a number."""
    if code:
        raise BugError("template_cell", f"A cell of the template could not be written ({code}).", remedy="Report it.")


def _check_columns(templates: Sequence[EntityTemplate]) -> None:
    for template in templates:
        if len(template.fields) > MOST_COLUMNS:
            raise InputError(
                "too_many_columns",
                f"{template.title} has {len(template.fields):,} fields; a sheet holds {MOST_COLUMNS:,}.",
                remedy="Make a template of CSV.",
            )
