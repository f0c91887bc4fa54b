"""A workbook in XML: its sheets, and all that cells of every sheet refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import Element

from entrepot.model.spreadsheets import APP_PART, LEGEND, LEGEND_PART, TOOL
from entrepot.workbench.reading.sheets.container import Container, Relation, opened
from entrepot.workbench.reading.sheets.markup import attribute, found, is_true, parsed
from entrepot.workbench.reading.sheets.refusals import no_sheets
from entrepot.workbench.reading.sheets.serials import Serials
from entrepot.workbench.reading.sheets.shared_texts import shared_texts
from entrepot.workbench.reading.sheets.shown import formats_of
from entrepot.workbench.reading.sheets.values import Values

WORKBOOK = "xl/workbook.xml"
MACROS = ("vbaproject", "macrosheet")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One that has cells."""

    name: str
    part: str
    hidden: bool
    rows: int = 0
    """How many we wrote, if we did: empty ones among them are records."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What we wrote about a sheet when we wrote it."""

    member: str
    """The first sheet of the same entity."""
    rows: int
    zoned: frozenset[str] = frozenset()
    """Columns whose moments are in UTC."""


@dataclass(frozen=True, kw_only=True)
class Book:
    container: Container
    memory_bytes: int
    sheets: tuple[Sheet, ...]
    is_1904: bool
    legend: Mapping[str, Written]
    """By the names of sheets; empty for workbooks of others."""
    relations: tuple[Relation, ...]

    @property
    def file(self) -> str:
        return self.container.file

    @property
    def has_macros(self) -> bool:
        return any(relation.kind.lower().endswith(MACROS) for relation in self.relations)

    @cached_property
    def values(self) -> Values:
        styles, texts = self.part("styles"), self.part("sharedStrings")
        shared = shared_texts(self.container, texts, self.memory_bytes) if texts else []
        return Values(
            formats=formats_of(tree(self.container, styles)) if styles else (),
            shared=shared,
            has_nul=any("\0" in text for text in shared),
            serials=Serials(is_1904=self.is_1904, ours=self.is_untouched),
            ours=bool(self.legend),
        )

    @property
    def is_untouched(self) -> bool:
        """No program has saved it since we wrote it."""
        if not self.legend or not self.container.has(APP_PART):
            return False
        return any((each.text or "").startswith(TOOL) for each in found(tree(self.container, APP_PART), "Application"))

    def part(self, kind: str) -> str | None:
        found = (relation.part for relation in self.relations if relation.kind == kind)
        return next((part for part in found if self.container.has(part)), None)


def open_book(path: Path, memory_bytes: int) -> Book:
    container = opened(path)
    place = next((each.part for each in container.relations("").values() if each.kind == "officeDocument"), WORKBOOK)
    workbook, relations = tree(container, place), container.relations(place)
    sheets = tuple(sheet for each in found(workbook, "sheet") if (sheet := sheet_of(each, relations)))
    if not sheets:
        raise no_sheets(path.name)
    return Book(
        container=container,
        memory_bytes=memory_bytes,
        sheets=sheets,
        is_1904=any(is_true(each.get("date1904")) for each in found(workbook, "workbookPr")),
        legend=legend_of(container),
        relations=tuple(relations.values()),
    )


def tree(container: Container, part: str) -> Element:
    return parsed(container.document(part), container.file, part)


def sheet_of(element: Element, relations: Mapping[str | None, Relation]) -> Sheet | None:
    """None for a chart, and for what leads nowhere: it must not cost the others."""
    relation = relations.get(attribute(element, "id"))
    if relation is None or relation.kind != "worksheet":
        return None
    hidden = element.get("state", "visible") != "visible"
    return Sheet(name=element.get("name", ""), part=relation.part, hidden=hidden)


def legend_of(container: Container) -> dict[str, Written]:
    """Programs that save a workbook of ours may keep it, and may not."""
    if not container.has(LEGEND_PART):
        return {}
    legend = tree(container, LEGEND_PART)
    if legend.tag != f"{{{LEGEND}}}legend":
        return {}
    return {
        line.get("name", ""): Written(
            member=line.get("member", ""),
            rows=int(rows) if (rows := line.get("rows", "")).isdecimal() else 0,
            zoned=frozenset(each.text or "" for each in found(line, "zoned")),
        )
        for line in found(legend, "sheet")
    }
