"""Workbooks written part by part, so that anything can be wrong with them, and what staging makes of them."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from entrepot.model.drafts import Reading, Staged
from entrepot.model.errors import EntrepotError
from entrepot.workbench.reading import stage
from entrepot.workbench.source import Database

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FORMATS = ("General", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "h:mm", "[h]:mm:ss", "0.00", '"day" 0')
"""The nth is that of the style n."""
Values = tuple[str | None, ...]


def cell(value: object, at: str = "") -> str:
    """As programs write it: texts among the shared ones would need a table."""
    ref = f' r="{at}"' if at else ""
    if value is None:
        return f"<c{ref}/>"
    if isinstance(value, bool):
        return f'<c{ref} t="b"><v>{value:d}</v></c>'
    if isinstance(value, int | float):
        return f"<c{ref}><v>{value}</v></c>"
    return f'<c{ref} t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def rows(*lines: tuple[object, ...]) -> str:
    """With addresses, as Excel writes them."""
    return "".join(
        f'<row r="{number}">{"".join(cell(value, f"{chr(65 + at)}{number}") for at, value in enumerate(line))}</row>'
        for number, line in enumerate(lines, start=1)
    )


def sheet(data: str, *, head: str = "", tail: str = "") -> str:
    return f'{DECLARATION}<worksheet xmlns="{MAIN}">{head}<sheetData>{data}</sheetData>{tail}</worksheet>'


@dataclass(kw_only=True)
class Book:
    sheets: dict[str, str]
    """Their whole XML, by name."""
    states: dict[str, str] = field(default_factory=dict)
    shared: str | None = None
    """What stands in the table of shared texts."""
    is_1904: bool = False
    others: dict[str, str | bytes] = field(default_factory=dict)
    """Parts that are put in, or in place of those that would be."""

    def parts(self) -> dict[str, str | bytes]:
        names = list(self.sheets)
        listed = "".join(
            f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}"'
            f"{f' state={chr(34)}{self.states[name]}{chr(34)}' if name in self.states else ''}/>"
            for at, name in enumerate(names, start=1)
        )
        relations = [(f"rId{at}", "worksheet", f"worksheets/sheet{at}.xml") for at, _ in enumerate(names, start=1)]
        relations += [("rIdS", "styles", "/xl/styles.xml"), ("rIdT", "sharedStrings", "sharedStrings.xml")]
        parts: dict[str, str | bytes] = {
            "[Content_Types].xml": f"{DECLARATION}<Types/>",
            "_rels/.rels": related([("rId1", "officeDocument", "xl/workbook.xml")]),
            "xl/workbook.xml": f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
            f'<workbookPr date1904="{self.is_1904:d}"/><sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": related(relations),
            "xl/styles.xml": styles(),
        }
        if self.shared is not None:
            parts["xl/sharedStrings.xml"] = f'{DECLARATION}<sst xmlns="{MAIN}">{self.shared}</sst>'
        parts |= {f"xl/worksheets/sheet{at}.xml": self.sheets[name] for at, name in enumerate(names, start=1)}
        return parts | self.others

    def write(self, path: Path) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self.parts().items():
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        return path


def related(relations: list[tuple[str, str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>' for name, kind, target in relations
    )
    return f'{DECLARATION}<Relationships xmlns="{PACKAGE}">{lines}</Relationships>'


def styles() -> str:
    formats = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        for at, code in enumerate(FORMATS)
    )
    cells = "".join(f'<xf numFmtId="{164 + at}"/>' for at, _ in enumerate(FORMATS))
    return (
        f'{DECLARATION}<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellXfs>{cells}</cellXfs></styleSheet>'
    )


@dataclass(frozen=True, kw_only=True)
class Read:
    staged: Staged
    rows: list[Values]
    faulty: list[tuple[int, int, str, str | None]]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.staged.columns]

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.staged.problems]


def read(database: Database, path: Path, reading: Reading | None = None) -> Read:
    found = stage(database, path, reading or Reading())
    connection = database.connection
    numbered = connection.execute("SELECT * FROM staged ORDER BY record").fetchall()
    assert [number for number, *_ in numbered] == list(range(1, found.records + 1))
    faulty = connection.execute('SELECT * FROM faulty ORDER BY record, "at"').fetchall()
    return Read(staged=found, rows=[tuple(values) for _, *values in numbered], faulty=faulty)


def read_rows(database: Database, path: Path, data: str, **others: object) -> Read:
    """Of a workbook with one sheet; every row is a record."""
    Book(sheets={"data": sheet(data)}, **others).write(path)  # type: ignore[arg-type]
    return read(database, path, Reading(header=False))


def refusal(database: Database, path: Path, reading: Reading | None = None) -> EntrepotError | None:
    try:
        read(database, path, reading)
    except EntrepotError as error:
        return error
    return None
