"""A hundred ways to write one table as CSV: each leaves the workbench as the same bytes, whichever way it was read.

What a database is given does therefore not depend on the dialect; tests/acceptance/test_two_parsers.py follows it into
three of them.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

from entrepot.model.drafts import Reading, TargetField
from entrepot.model.matching import Matching, What
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.bench import ImportBench
from entrepot.workbench.client import open_workbench

DELIMITERS = (",", ";", "\t", "|", "~")
QUOTES = ('"', "'")
ENDS = ("\n", "\r\n", "\r")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-be")
NULLS = ("", "NULL", "\\N")
TYPES: dict[str, tuple[LogicalType, tuple[str | None, ...]]] = {
    "id": (LogicalType(kind=Kind.INTEGER), ("1", "-2", "9223372036854775807", "4", "5")),
    "amount": (LogicalType(kind=Kind.DECIMAL, precision=12, scale=2), ("1.50", "0.01", "-3", None, "1234567890.12")),
    "day": (LogicalType(kind=Kind.DATE), ("2024-02-29", None, "0001-01-01", "9999-12-31", "1999-12-31")),
    "seen": (LogicalType(kind=Kind.TIMESTAMP), ("2024-01-02 10:00:00", None, "2024-01-02 10:00:00.5", None, None)),
    "ok": (LogicalType(kind=Kind.BOOLEAN), ("true", "false", None, "true", "false")),
    "score": (LogicalType(kind=Kind.FLOAT), ("0.1", "1e+300", None, "-0.5", "5e-324")),
    "raw": (LogicalType(kind=Kind.BYTES), ("\\xdead", "\\x", None, "\\x00", "\\x0a0d")),
    "data": (LogicalType(kind=Kind.JSON), ('{"a": [1, null]}', None, '"x"', "[]", "{}")),
    "note": (
        LogicalType(kind=Kind.TEXT),
        ("a,b;c|d\te~f", 'say "x" it\'s', "two\nlines\r\nand\rmore", "", "\u00e9 \\. \\ NULL \\N"),
    ),
    "mark": (LogicalType(kind=Kind.TEXT), ("\\.", "\\N", "NULL", " a ", None)),
}
FIELDS = tuple(
    TargetField(name=name, type=kind, sources=(at,), blank_is_null=kind.kind is not Kind.TEXT)
    for at, (name, (kind, _)) in enumerate(TYPES.items())
)
EXPECTED = (
    b'1,1.50,2024-02-29,2024-01-02 10:00:00,true,0.1,\\xdead,"{""a"": [1, null]}","a,b;c|d\te~f",\\.\n'
    b'-2,0.01,,,false,1e+300,\\x,,"say ""x"" it\'s",\\N\n'
    b'9223372036854775807,-3,0001-01-01,2024-01-02 10:00:00.5,,,,"""x""","two\nlines\r\nand\rmore",NULL\n'
    b'4,,9999-12-31,,true,-0.5,\\x00,[],"", a \n'
    b"5,1234567890.12,1999-12-31,,false,5e-324,\\x0a0d,{},\xc3\xa9 \\. \\ NULL \\N,\n"
)
Dialect = tuple[str, str, str, str, str]


def dialects() -> list[Dialect]:
    """More than a hundred, evenly out of all."""
    everything = list(product(DELIMITERS, QUOTES, ENDS, ENCODINGS, NULLS))
    return everything[::4]


def written(dialect: Dialect) -> bytes:
    """Texts are quoted, the rest only sometimes; a NULL never is."""
    delimiter, quote, end, encoding, null = dialect
    lines = [list(TYPES), *([values[row] for _, values in TYPES.values()] for row in range(5))]
    texts = [
        delimiter.join(null if value is None else cell(value, quote, at + row) for at, value in enumerate(line))
        for row, line in enumerate(lines)
    ]
    return (end.join(texts) + end).encode(encoding)


def cell(value: str, quote: str, place: int) -> str:
    bare = value.replace("_", "").isalnum() and place % 2
    return value if bare else quote + value.replace(quote, quote * 2) + quote


def test_the_dialect_of_a_file_changes_nothing_of_its_values(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    all_dialects = dialects()
    assert len(all_dialects) > 100
    assert {len({dialect[part] for dialect in all_dialects}) for part in range(5)} == {5, 2, 3}
    with open_workbench(work) as child:
        bench = ImportBench(child)
        for dialect in all_dialects:
            delimiter, quote, _, encoding, null = dialect
            path = tmp_path / "given.csv"
            path.write_bytes(written(dialect))
            said = encoding if encoding == "utf-16-be" else None
            staged = bench.stage(path, Reading(delimiter=delimiter, quote=quote, null=null, encoding=said, header=True))
            assert (staged.records, staged.rejected) == (5, 0), dialect
            assert bench.judge(FIELDS).errors == (), dialect
            bench.decide(FIELDS, Matching())
            assert b"".join(bench.emit(FIELDS, Matching(), What.CREATED)) == EXPECTED, dialect
