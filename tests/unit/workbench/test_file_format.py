"""Which format a file of strangers is, by what it holds and then by its name."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from entrepot.model.errors import InputError
from entrepot.workbench.reading.format import format_of


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def zipped(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return data.getvalue()


def tarred(name: str) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(name))
    return data.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "data", "format"),
    [
        ("a.csv", b"id,name\n1,a\n", "csv"),
        ("a", b"id,name\n1,a\n", "csv"),
        ("a.txt", b"", "csv"),
        ("a.csv", b"[id],[name]\n1,a\n", "csv"),
        ("a.csv", '"id";"größe"\n'.encode("cp1252"), "csv"),
        ("a.csv", "id;naïve\n1;2\n".encode("utf-16"), "csv"),
        ("a.csv", "id;naïve\n1;2\n".encode("utf-16-be"), "csv"),
        ("a.json", b"", "json"),
        ("a.jsonl", b"", "ndjson"),
        ("a.json", b"nonsense", "json"),
        ("a.csv", b'\xef\xbb\xbf {"id": 1,\n"b": 2}', "json"),
        ("a", b'[{"id": 1}]', "json"),
        ("a", '[{"id": 1}]'.encode("utf-16"), "json"),
        ("a", b'{"id": 1}\n{"id": 2}\n', "ndjson"),
        ("a.json", b'{"id": 1}\n{"id": 2}\n', "json"),
        ("a.ndjson", b'{"id": 1}\n', "ndjson"),
        ("a", b"{\n}\n", "json"),
        ("a", b"{braces},b\n1,2\n", "csv"),
        ("a.csv", b"<DATE>,<TIME>\n1,2\n", "csv"),
        ("a.csv", b"<DATE>\t<TIME>\n1\t2\n", "csv"),
        ("a.csv", b"Object,MZ\n1,2\n", "csv"),
        ("a.csv", zipped("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        ("a.zip", zipped("xl\\workbook.xml", "[Content_Types].xml"), "xlsx"),
        ("a", zipped("xl/workbook.bin", "[Content_Types].xml"), "xlsb"),
        ("a", zipped("mimetype.opendocument.spreadsheet"), "ods"),
        ("a", OLD + "Workbook\0".encode("utf-16-le"), "xls"),
        ("a", OLD + "BOOK\0".encode("utf-16-le"), "xls"),
        ("a.xlsx", zipped("xl/workbook.xml")[:40], "xlsx"),
    ],
)
def test_a_text_has_the_format_of_its_content(tmp_path: Path, name: str, data: bytes, format: str) -> None:
    assert format_of(written(tmp_path, name, data)) == format


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (zipped("[Content_Types].xml", "word/document.xml"), "a Word document"),
        (zipped("a.csv"), "a ZIP archive"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"SQLite format 3\0" + b"\0" * 100, "an SQLite database"),
        (b"PARE\x15\x04", "a Parquet file that is encrypted"),
        (gzip.compress(b"id,name\n", mtime=0), "compressed with gzip"),
        (b"\x28\xb5\x2f\xfdx", "compressed with zstd"),
        (b"age-encryption.org/v1\n", "encrypted with age"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "a document of an old office program"),
        (b" <!DOCTYPE html>\n<html>", "a page of HTML"),
        (b"<table border=1>", "a page of HTML"),
        (b"\xef\xbb\xbf<!-- made by hand --><div>", "a page of HTML"),
        (b"<rows><row id='1'/></rows>", "a page of HTML or XML"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "a page of HTML or XML"),
        (b"{\\rtf1\\ansi id,name}", "a document in RTF"),
        (tarred("a.csv"), "a TAR archive"),
        (b"\x7fELF\x02\x01\x01", "a program"),
        (b"MZ\x90\0\x03\0\0\0\x04" + b"\0" * 99, "no text"),
        (b"ARROW1\0\0", "an Arrow file"),
        (b"GIF89a\x01\0", "a picture"),
        (bytes(range(256)) * 4, "no text"),
    ],
)
def test_what_is_plainly_something_else_is_refused_by_its_name(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        format_of(written(tmp_path, "people.csv", data))
    assert caught.value.code == "unsupported_format"
    assert caught.value.remedy


def test_a_workbook_behind_a_password_is_refused_as_that(tmp_path: Path) -> None:
    """Also where the words stand on the border of what is read at once."""
    data = OLD.ljust((1 << 20) - 9, b"\0") + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(InputError, match="password") as caught:
        format_of(written(tmp_path, "people.xlsx", data))
    assert caught.value.code == "encrypted_workbook"
