"""Files of office programs: which of them are workbooks, and of what kind. Their parts say so, whatever the name."""

from __future__ import annotations

import zipfile
from pathlib import Path

from entrepot.workbench.reading.sheets.refusals import encrypted

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BY_NAME = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xltx": "xlsx", ".xltm": "xlsx", ".xlsb": "xlsb", ".ods": "ods"}
BLOCK_BYTES = 1 << 20
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WORKBOOKS = tuple(f"{name}\0".encode("utf-16-le") for name in ("Workbook", "WORKBOOK", "Book", "BOOK"))
SPREADSHEET = b"opendocument.spreadsheet"


def zipped_format(path: Path, sample: bytes, suffix: str) -> str | None:
    """`xlsx`, `xlsb` or `ods`; None for any other ZIP. A damaged one is what its name says, so that its reader can say
    what is wrong with it."""
    if SPREADSHEET in sample:
        return "ods"
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.replace("\\", "/").rpartition("/")[2].lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return BY_NAME.get(suffix)
    if "[content_types].xml" in names:
        return "xlsb" if "workbook.bin" in names else "xlsx" if "workbook.xml" in names else None
    return "ods" if suffix == ".ods" and "content.xml" in names else None


def compound_format(path: Path) -> str | None:
    """`xls`, or None for another document of that time."""
    before, found = b"", None
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            data = before + block
            if ENCRYPTED in data:
                raise encrypted(path.name)
            found = found or next(("xls" for name in WORKBOOKS if name in data), None)
            before = block[-len(ENCRYPTED) :]
    return found


def office_kind(sample: bytes) -> str | None:
    """What another document is called."""
    return next((kind for mark, kind in ((b"word/", "a Word document"), (b"ppt/", "slides")) if mark in sample), None)
