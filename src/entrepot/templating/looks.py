"""How the cells of a template look: what they are for can be seen before anybody reads a comment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from entrepot.model.types import Kind
from entrepot.templating.entities import TemplateField

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

Properties = Mapping[str, Any]
NAME: Properties = {"bottom": 1, "bottom_color": "#8FA3B8", "valign": "vcenter", "text_wrap": False}
REQUIRED: Properties = {**NAME, "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E78"}
OPTIONAL: Properties = {**NAME, "bold": True, "bg_color": "#E8EDF3"}
GIVEN: Properties = {**NAME, "italic": True, "font_color": "#5F6B7A", "bg_color": "#F4F6F8"}
EXAMPLE: Properties = {"italic": True, "font_color": "#7F7F7F", "bg_color": "#F4F6F8"}
TEXT, WHOLE, ANY = "@", "0", "General"
MOMENT = "yyyy\\-mm\\-dd\\ hh:mm:ss"
NUMBER_FORMATS = {
    Kind.INTEGER: WHOLE,
    Kind.FLOAT: ANY,
    Kind.BOOLEAN: '"TRUE";"TRUE";"FALSE"',
    Kind.DATE: "yyyy\\-mm\\-dd",
    Kind.TIMESTAMP: MOMENT,
    Kind.TIMESTAMP_TZ: MOMENT,
}
"""LibreOffice shows 1 and 0 for truth values unless it is told. What is not here is text."""
MOST_DECIMALS = 15
NARROWEST, WIDEST = 8, 40
ROOM = 4
"""Beside a name, for the arrow of a list and the corner of a comment."""
WIDTHS = {Kind.DATE: 12, Kind.TIMESTAMP: 20, Kind.TIMESTAMP_TZ: 20, Kind.UUID: 38}


class Looks:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {}

    def name(self, item: TemplateField) -> Format:
        return self._format(REQUIRED if item.required else GIVEN if item.given else OPTIONAL)

    def value(self, item: TemplateField, *, example: bool = False) -> Format:
        return self._format({"num_format": number_format(item), **(EXAMPLE if example else {})})

    def _format(self, properties: Properties) -> Format:
        key = repr(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(dict(properties))
        return self._made[key]


def number_format(item: TemplateField) -> str:
    """Texts have the format of texts, so that `007` and `1-2` stay what somebody typed."""
    scale = item.type.scale
    if item.type.kind is not Kind.DECIMAL:
        return NUMBER_FORMATS.get(item.type.kind, TEXT)
    digits = "0" * min(max(scale or 0, 0), MOST_DECIMALS)
    return f"0.{digits}" if digits else ANY if scale is None else WHOLE


def column_width(item: TemplateField, first: str) -> int:
    """In characters; `first` is what the example row has."""
    length = item.type.length or 0
    texts = [len(item.title) + ROOM, len(first) + 1, min(length, 24), WIDTHS.get(item.type.kind, 0)]
    listed = item.parents.keys if item.parents else item.allowed
    texts += [len(value) + ROOM for value in listed[:100]]
    return min(max(NARROWEST, *texts), WIDEST)
