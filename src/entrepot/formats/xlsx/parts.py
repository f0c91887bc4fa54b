"""The fixed parts of the container: what a workbook is made of and what it says about itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from entrepot.formats.xlsx.styles import DECLARATION, MAIN
from entrepot.model.spreadsheets import APP_PART, LEGEND, LEGEND_PART, letters

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
VERY_HIDDEN = ' state="veryHidden"'
"""No menu of a spreadsheet program shows such a sheet."""
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A finished sheet."""

    name: str
    part: str
    """Its path in the container."""
    rows: int
    """Without the header."""
    columns: int = 0
    entity: str | None = None
    """None: a sheet of our own words."""
    member: str = ""
    """The first sheet of the same entity: what receipts call it."""
    zoned: tuple[str, ...] = ()
    """Columns whose moments have a time zone: cells cannot say that they are in UTC."""
    hidden: bool = False
    """From whoever opens the workbook."""


def content_types(sheets: Sequence[Sheet]) -> str:
    fixed = (
        ("xl/workbook.xml", f"{TYPE}.sheet.main+xml"),
        ("xl/styles.xml", f"{TYPE}.styles+xml"),
        ("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        (APP_PART, "application/vnd.openxmlformats-officedocument.extended-properties+xml"),
    )
    parts = (*fixed, *((sheet.part, f"{TYPE}.worksheet+xml") for sheet in sheets))
    overrides = "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in parts)
    return (
        f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def root_relations() -> str:
    return relations(
        (f"{OFFICE}/relationships/officeDocument", "xl/workbook.xml"),
        (f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        (f"{OFFICE}/relationships/extended-properties", APP_PART),
    )


def workbook_relations(sheets: Sequence[Sheet]) -> str:
    """Sheets come first: the nth sheet is relation n."""
    return relations(
        *((f"{OFFICE}/relationships/worksheet", f"/{sheet.part}") for sheet in sheets),
        (f"{OFFICE}/relationships/styles", "/xl/styles.xml"),
        (f"{OFFICE}/relationships/customXml", f"/{LEGEND_PART}"),
    )


def relations(*items: tuple[str, str]) -> str:
    parts = (
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(items, 1)
    )
    return f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{"".join(parts)}</Relationships>'


def workbook(sheets: Sequence[Sheet]) -> str:
    listed = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{number}"{VERY_HIDDEN * sheet.hidden} r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    filters = "".join(filter_name(sheet, number) for number, sheet in enumerate(sheets) if sheet.columns)
    names = f"<definedNames>{filters}</definedNames>" if filters else ""
    return (
        f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}/relationships">'
        f'<bookViews><workbookView activeTab="0"/></bookViews><sheets>{listed}</sheets>{names}</workbook>'
    )


def filter_name(sheet: Sheet, number: int) -> str:
    """Excel wants every filter to have this hidden name too."""
    quoted = escape(sheet.name.replace("'", "''"))
    area = f"'{quoted}'!$A$1:${letters(sheet.columns)}${sheet.rows + 1}"
    return f'<definedName name="_xlnm._FilterDatabase" localSheetId="{number}" hidden="1">{area}</definedName>'


def core(title: str, created_at: str) -> str:
    """No author: nobody told us one."""
    moment = created_at.removesuffix("+00:00").removesuffix("Z") + "Z"
    return (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<dc:title>{escape(title)}</dc:title><dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        "</cp:coreProperties>"
    )


def app(tool: str) -> str:
    return (
        f'{DECLARATION}<Properties xmlns="{OFFICE}/extended-properties">'
        f"<Application>{escape(tool)}</Application></Properties>"
    )


def legend(sheets: Sequence[Sheet]) -> str:
    """Which sheet belongs to which entity, and how many rows it has, for `inspect`; and what imports have to know."""
    lines = "".join(
        f"<sheet name={quoteattr(sheet.name)} member={quoteattr(sheet.member)} "
        f'entity={quoteattr(sheet.entity or "")} rows="{sheet.rows}">'
        f"{''.join(f'<zoned>{escape(name)}</zoned>' for name in sheet.zoned)}</sheet>"
        for sheet in sheets
    )
    return f'{DECLARATION}<legend xmlns="{LEGEND}">{lines}</legend>'
