"""Workbooks of other kinds than `xlsx`, written byte by byte: one sheet, named `data`, with whatever a cell can be."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from struct import pack

SHEET = "data"
ERRORS = {"#DIV/0!": 7, "#REF!": 23, "#N/A": 42}
ZERO = date(1899, 12, 30)


@dataclass(frozen=True)
class Wrong:
    """A formula that went wrong, or an error that somebody typed."""

    word: str
    formula: bool = True


Cell = str | float | bool | date | Wrong | None
Line = Sequence[Cell]


def days(value: date) -> float:
    return float((value - ZERO).days)


def write_xls(path: Path, rows: Sequence[Line]) -> Path:
    book = b"".join((begun(5), formats(), sheet_place(0), record(0x0A)))
    book = book.replace(sheet_place(0), sheet_place(len(book)))
    cells = b"".join(xls_cell(row, at, value) for row, line in enumerate(rows) for at, value in enumerate(line))
    size = record(0x0200, pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    path.write_bytes(compound(book + begun(0x10) + size + cells + record(0x0A)))
    return path


def record(number: int, data: bytes = b"") -> bytes:
    return pack("<HH", number, len(data)) + data


def begun(kind: int) -> bytes:
    return record(0x0809, pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def formats() -> bytes:
    words = b"yyyy-mm-dd"
    looks = [pack("<HHHBBBBHIIH", 0, number, 0, 0, 0, 0, 0, 0, 0, 0, 0) for number in (0, 164)]
    return record(0x041E, pack("<HHB", 164, len(words), 0) + words) + b"".join(record(0xE0, one) for one in looks)


def sheet_place(at: int) -> bytes:
    return record(0x85, pack("<IBBBB", at, 0, 0, len(SHEET), 0) + SHEET.encode())


def xls_cell(row: int, at: int, value: Cell) -> bytes:
    place = pack("<HHH", row, at, isinstance(value, date))
    if value is None:
        return b""
    if isinstance(value, bool):
        return record(0x0205, place + pack("<BB", value, 0))
    if isinstance(value, Wrong) and value.formula:
        result = pack("<BBBBHH", 2, 0, ERRORS[value.word], 0, 0, 0xFFFF)
        return record(0x0006, place + result + pack("<HIH", 0, 0, 2) + bytes((0x1C, ERRORS[value.word])))
    if isinstance(value, Wrong):
        return record(0x0205, place + pack("<BB", ERRORS[value.word], 1))
    if isinstance(value, str):
        return record(0x0204, place + pack("<HB", len(value.encode("utf-16-le")) // 2, 1) + value.encode("utf-16-le"))
    return record(0x0203, place + pack("<d", days(value) if isinstance(value, date) else value))


def compound(stream: bytes) -> bytes:
    """The file system within a file that Excel used: a table of sectors, a folder, and one stream."""
    sector, end, free, table = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // sector)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + pack("<I", 0) + pack("<I", free) * 108
    chain = [table, end, *range(3, count + 2), end]
    sectors = b"".join(pack("<I", at) for at in chain).ljust(sector, b"\xff")
    folder = entry("Root Entry", 5, child=1, start=end) + entry("Workbook", 2, start=2, size=count * sector)
    return head + sectors + folder.ljust(sector, b"\0") + stream.ljust(count * sector, b"\0")


def entry(name: str, kind: int, *, child: int = 0xFFFFFFFF, start: int, size: int = 0) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    none = 0xFFFFFFFF
    return (
        text.ljust(64, b"\0")
        + pack("<HBBIII", len(text), kind, 1, none, none, child)
        + bytes(36)
        + pack("<IQ", start, size)
    )


def write_xlsb(path: Path, rows: Sequence[Line]) -> Path:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    lists = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    relations = "".join(
        f'<Relationship Id="{name}" Type="{kind}/{what}" Target="{target}"/>'
        for name, what, target in (
            ("rId1", "worksheet", "worksheets/sheet1.bin"),
            ("rId2", "styles", "styles.bin"),
            ("rId3", "sharedStrings", "sharedStrings.bin"),
        )
    )
    texts = list(dict.fromkeys(value for line in rows for value in line if isinstance(value, str)))
    items = b"".join(binary(19, b"\0" + wide(text)) for text in texts)
    listed = binary(156, pack("<II", 0, 1) + wide("rId1") + wide(SHEET))
    book = b"".join((binary(131), binary(143), listed, binary(144), binary(132)))
    words = pack("<H", 164) + wide("yyyy-mm-dd")
    looks = b"".join(binary(47, pack("<HH", 0, number) + bytes(12)) for number in (0, 164))
    styles = binary(278) + binary(615, pack("<I", 1)) + binary(44, words) + binary(616)
    styles += binary(617, pack("<I", 2)) + looks + binary(618) + binary(279)
    parts = {
        "[Content_Types].xml": b"<?xml version='1.0'?><Types/>",
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": f"{lists}{relations}</Relationships>".encode(),
        "xl/styles.bin": styles,
        "xl/sharedStrings.bin": binary(159, pack("<II", len(texts), len(texts))) + items + binary(160),
        "xl/worksheets/sheet1.bin": xlsb_sheet(rows, texts),
    }
    return zipped(path, parts)


def xlsb_sheet(rows: Sequence[Line], texts: Sequence[str]) -> bytes:
    size = binary(148, pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1))
    lines = b"".join(
        binary(0, pack("<II", row, 0) + bytes(17))
        + b"".join(xlsb_cell(at, value, texts) for at, value in enumerate(line))
        for row, line in enumerate(rows)
    )
    return b"".join((binary(129), size, binary(145), lines, binary(146), binary(130)))


def xlsb_cell(at: int, value: Cell, texts: Sequence[str]) -> bytes:
    place = pack("<II", at, isinstance(value, date))
    if value is None:
        return b""
    if isinstance(value, bool):
        return binary(4, place + pack("<B", value))
    if isinstance(value, Wrong):
        code = pack("<B", ERRORS[value.word])
        return binary(11, place + code + bytes(10)) if value.formula else binary(3, place + code)
    if isinstance(value, str):
        return binary(7, place + pack("<I", texts.index(value)))
    return binary(5, place + pack("<d", days(value) if isinstance(value, date) else value))


def binary(number: int, data: bytes = b"") -> bytes:
    kind = bytes((number,)) if number < 128 else bytes((number & 127 | 128, number >> 7))
    size, rest = len(data), b""
    while size > 127:
        rest += bytes((size & 127 | 128,))
        size >>= 7
    return kind + rest + bytes((size,)) + data


def wide(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return pack("<I", len(data) // 2) + data


OPEN = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = " ".join(f'xmlns:{name}="{OPEN}:{name}:1.0"' for name in ("office", "table", "text", "style", "drawing"))
CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'


def write_ods(path: Path, *sheets: str, styles: str = "", before: str = "") -> Path:
    """Of whole sheets, as XML."""
    text = (
        f"{before}<office:document-content {NAMES} {CALC}><office:automatic-styles>{styles}</office:automatic-styles>"
    )
    text += f"<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body>"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped(path, {"mimetype": kind, "content.xml": f"{text}</office:document-content>".encode()})


def ods_sheet(*rows: str, name: str = SHEET, style: str = "") -> str:
    """Of the XML of rows, without what is around their cells."""
    look = f' table:style-name="{style}"' if style else ""
    lines = "".join(row if row.startswith("<table:table-row") else ods_row(row) for row in rows)
    return f'<table:table table:name="{name}"{look}><table:table-column/>{lines}</table:table>'


def ods_row(cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'


def ods_text(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def ods_value(kind: str, value: str, shown: str = "", more: str = "") -> str:
    name = {"float": "value", "percentage": "value", "currency": "value"}.get(kind, f"{kind}-value")
    given = f'office:value-type="{kind}" office:{name}="{value}" {more}'
    return f"<table:table-cell {given}><text:p>{shown}</text:p></table:table-cell>"


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path
