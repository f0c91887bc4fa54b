"""Which format a file is: by what it holds, then by its name."""

from __future__ import annotations

import json
import re
from pathlib import Path

from entrepot.model.errors import InputError
from entrepot.workbench.reading.marks import wide_encoding
from entrepot.workbench.reading.office import COMPOUND, ZIP, compound_format, office_kind, zipped_format
from entrepot.workbench.reading.sql.beginning import is_script

SAMPLE_BYTES = 65_536
UNPACKED = "Unpack it first."
SAVE_AS_CSV = "Open it in a spreadsheet program and save the sheet as CSV (UTF-8)."
MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF document", "Export the table as CSV where it was made."),
    (b"SQLite format 3\0", "an SQLite database", "Name it as a database, or export the table as CSV."),
    (b"PARE", "a Parquet file that is encrypted", "Write it without, or convert it to CSV or NDJSON."),
    (b"\x1f\x8b", "compressed with gzip", UNPACKED),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", UNPACKED),
    (b"BZh", "compressed with bzip2", UNPACKED),
    (b"\xfd7zXZ\0", "compressed with xz", UNPACKED),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACKED),
    (b"age-encryption.org/", "encrypted with age", "Decrypt it first, or name the key."),
    (b"-----BEGIN AGE ENCRYPTED FILE", "encrypted with age", "Decrypt it first, or name the key."),
    (b"PGDMP", "a dump of PostgreSQL in its own form", "Make a script of it: pg_restore -f dump.sql FILE."),
    (b"ARROW1", "an Arrow file", "Convert it to CSV or NDJSON."),
    (b"Obj\x01", "an Avro file", "Convert it to CSV or NDJSON."),
    (b"\x04\x22\x4d\x18", "compressed with lz4", UNPACKED),
    (b"{\\rtf", "a document in RTF", SAVE_AS_CSV),
    (b"\x7fELF", "a program", "Give a file of records."),
    (b"GIF8", "a picture", "Give a file of records."),
    (b"\x89PNG", "a picture", "Give a file of records."),
    (b"\xff\xd8\xff", "a picture", "Give a file of records."),
)
MARKUP = re.compile(
    rb"<(!--|(!doctype html|html|head|body|table|div|p|svg|\?xml)[\s>]|[\w:.-]+( [^<>]*)?>[\r\n ]*<)", re.IGNORECASE
)
"""Names of columns may stand in such brackets, but with a delimiter between: `<DATE>,<TIME>`."""
PARQUET = b"PAR1"
TAR_AT, TAR = 257, (b"ustar\0", b"ustar  \0")
JSON_LIST = re.compile(r'\[\s*([\[{"\]0-9-]|true\b|false\b|null\b|$)')
JSON_OBJECT = re.compile(r'\{\s*(["}]|$)')
SEALED = frozenset({".gz", ".zst", ".age"})
LINES = frozenset({".ndjson", ".jsonl"})
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
FEW_CONTROLS = 16
MOST_CONTROLS = 0.05


def format_of(path: Path) -> str:
    """One of those that are read; an error for what is plainly none of them."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if sample.startswith(PARQUET):
        return "parquet"
    if sample.startswith((*ZIP, COMPOUND)):
        return office(path, sample)
    text = text_of(sample)
    if is_script(text):
        return "sql"
    refuse_others(path, sample)
    return textual(text, suffix_of(path))


def suffix_of(path: Path) -> str:
    """
    >>> suffix_of(Path("people.2024.JSONL.gz"))
    '.jsonl'
    """
    return next((suffix for suffix in reversed([part.lower() for part in path.suffixes]) if suffix not in SEALED), "")


def office(path: Path, sample: bytes) -> str:
    """A workbook, or whatever else is packed like one."""
    if sample.startswith(COMPOUND):
        if found := compound_format(path):
            return found
        raise unsupported(path, "a document of an old office program", SAVE_AS_CSV)
    if found := zipped_format(path, sample, suffix_of(path)):
        return found
    kind = office_kind(sample)
    raise unsupported(path, kind or "a ZIP archive", SAVE_AS_CSV if kind else UNPACKED)


def refuse_others(path: Path, sample: bytes) -> None:
    for mark, kind, remedy in MAGIC:
        if sample.startswith(mark):
            raise unsupported(path, kind, remedy)
    if sample[TAR_AT:].startswith(TAR):
        raise unsupported(path, "a TAR archive", UNPACKED)
    if MARKUP.match(sample.removeprefix(b"\xef\xbb\xbf").lstrip()):
        raise unsupported(path, "a page of HTML or XML", SAVE_AS_CSV)
    if not wide_encoding(sample) and len(CONTROLS.findall(sample)) > max(FEW_CONTROLS, MOST_CONTROLS * len(sample)):
        raise unsupported(path, "no text", "Give a file of records: CSV, JSON, NDJSON, Parquet, SQL or a workbook.")


def unsupported(path: Path, kind: str, remedy: str) -> InputError:
    return InputError("unsupported_format", f"{path.name} is {kind}, which cannot be imported.", remedy=remedy)


def text_of(sample: bytes) -> str:
    """Good enough to see brackets in."""
    name, mark = wide_encoding(sample) or ("utf-8", 0)
    return sample[mark:].decode(name, "replace").lstrip("\ufeff").lstrip()


def textual(text: str, suffix: str) -> str:
    if JSON_OBJECT.match(text):
        return "ndjson" if suffix in LINES or (suffix != ".json" and begins_with_a_line(text)) else "json"
    if suffix in LINES:
        return "ndjson"
    if suffix == ".sql":
        return "sql"
    return "json" if suffix == ".json" or JSON_LIST.match(text) else "csv"


def begins_with_a_line(text: str) -> bool:
    """Whether the first line is an object of its own, and another follows.

    >>> begins_with_a_line('{"a":1}\\n{"a":2}'), begins_with_a_line('{"a":1}\\n'), begins_with_a_line('{\\n"a":1}')
    (True, False, False)
    """
    line, _, rest = text.partition("\n")
    if not rest.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
