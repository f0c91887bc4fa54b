"""Drop-downs: short lists stand in the cells themselves, others on a sheet that nobody sees."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from entrepot.formats.xlsx.names import SheetNames
from entrepot.model.types import NUMBERS, Kind
from entrepot.templating.entities import TemplateField
from entrepot.templating.validation import EXACT, Validation, told

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

NAME = "_lists"
SIMPLE = re.compile(r"\w[\w .+/-]*(?<! )")
"""What Excel does not take apart, or for something else, within a list in a cell."""
LONGEST_INLINE = LONGEST_VALUE = 255
WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})")


@dataclass(kw_only=True)
class Lists:
    """The hidden sheet of one workbook; made when the first list needs it."""

    book: Workbook
    names: SheetNames
    columns: dict[tuple[bool, tuple[str, ...]], int] = field(default_factory=dict)
    _sheet: Worksheet | None = None
    _name: str = ""

    def validation_of(self, item: TemplateField) -> Validation | None:
        """None: the field is held to no list, or to one that Excel cannot show."""
        item = replace(item, allowed=tuple(value for value in item.allowed if value))
        if any(len(value) > LONGEST_VALUE for value in (item.parents.keys if item.parents else item.allowed)):
            return None
        if item.parents is not None:
            return self._parents(item)
        if not item.allowed:
            return None
        if item.type.kind is Kind.BOOLEAN:
            return {"validate": "list", "source": ["TRUE", "FALSE"], **told(item, "", stop=True)}
        words = told(item, "Choose one of the list.", stop=True)
        if is_short(item):
            return {"validate": "list", "source": list(item.allowed), **words}
        return {"validate": "list", "source": self._range(item.title, item.allowed, item), **words}

    def _parents(self, item: TemplateField) -> Validation:
        parents = item.parents
        keys = parents.keys if parents else ()
        title = parents.title if parents else ""
        words = f"It was none of the {len(keys):,} {title} when this template was made. Newer ones are taken."
        return {
            "validate": "list",
            "source": self._range(title, keys, item),
            **told(item, words, stop=False),
        }

    def _range(self, title: str, values: tuple[str, ...], item: TemplateField) -> str:
        key = item.type.kind in NUMBERS, values
        sheet, column = self._ready(), self.columns.get(key)
        if column is None:
            column = self.columns[key] = len(self.columns)
            sheet.write_string(0, column, title)
            for row, value in enumerate(values, 1):
                write_value(sheet, row, column, value, item)
        from xlsxwriter.utility import xl_range_abs

        quoted = self._name.replace("'", "''")
        return f"='{quoted}'!{xl_range_abs(1, column, len(values), column)}"

    def _ready(self) -> Worksheet:
        if self._sheet is None:
            self._name = self.names.take(NAME)
            self._sheet = self.book.add_worksheet(self._name)
            self._sheet.very_hidden()
        return self._sheet


def is_short(item: TemplateField) -> bool:
    plain = all(SIMPLE.fullmatch(value) for value in item.allowed)
    return plain and len(",".join(item.allowed).encode("utf-16-le")) // 2 <= LONGEST_INLINE - 2


def write_value(sheet: Worksheet, row: int, column: int, value: str, item: TemplateField, *look: Any) -> None:
    """A number stands as one, because Excel compares cells with their list as numbers or as texts."""
    if item.type.kind in NUMBERS and WHOLE.fullmatch(value) and abs(int(value)) <= EXACT:
        sheet.write_number(row, column, int(value), *look)
    else:
        sheet.write_string(row, column, value, *look)
