"""One table with a column of every type, and many ways to write it as CSV."""

from __future__ import annotations

from itertools import product

from entrepot.model.types import Kind, LogicalType

DELIMITERS = (",", ";", "\t", "|", "~")
QUOTES = ('"', "'")
ENDS = ("\n", "\r\n", "\r")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-be")
NULLS = ("", "NULL", "\\N")
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
ROWS = 5
TYPES: dict[str, tuple[LogicalType, tuple[str | None, ...]]] = {
    "id": (LogicalType(kind=Kind.INTEGER), ("1", "-2", "9223372036854775807", "4", "5")),
    "amount": (LogicalType(kind=Kind.DECIMAL, precision=12, scale=2), ("1.50", "0.01", "-3", None, "1234567890.12")),
    "day": (LogicalType(kind=Kind.DATE), ("2024-02-29", None, "0001-01-01", "9999-12-31", "1999-12-31")),
    "seen": (LogicalType(kind=Kind.TIMESTAMP), ("2024-01-02 10:00:00", None, "2024-01-02 10:00:00.5", None, None)),
    "hour": (LogicalType(kind=Kind.TIME), ("10:00:00", "00:00:00", None, "23:59:59.999999", None)),
    "ok": (LogicalType(kind=Kind.BOOLEAN), ("true", "false", None, "true", "false")),
    "score": (LogicalType(kind=Kind.FLOAT), ("0.1", "1e+300", None, "-0.5", "5e-324")),
    "one": (LogicalType(kind=Kind.UUID), (UUID, None, None, UUID, None)),
    "raw": (LogicalType(kind=Kind.BYTES), ("\\xdead", "\\x", None, "\\x00", "\\x0a0d")),
    "data": (LogicalType(kind=Kind.JSON), ('{"a": [1, null]}', None, '"x"', "[]", "{}")),
    "note": (
        LogicalType(kind=Kind.TEXT),
        ("a,b;c|d\te~f", 'say "x" it\'s', "two\nlines\r\nand\rmore", "", "\u00e9 \\. \\ NULL \\N"),
    ),
    "mark": (LogicalType(kind=Kind.TEXT), ("\\.", "\\N", "NULL", " a ", None)),
}
Dialect = tuple[str, str, str, str, str]


def dialects() -> list[Dialect]:
    """Evenly out of all, so that each value of a part meets each of any other part."""
    everything = list(product(DELIMITERS, QUOTES, ENDS, ENCODINGS, NULLS))
    return everything[::7]


def written(dialect: Dialect) -> bytes:
    """Texts are quoted, the rest only sometimes; a NULL never is."""
    delimiter, quote, end, encoding, null = dialect
    lines = [list(TYPES), *([values[row] for _, values in TYPES.values()] for row in range(ROWS))]
    texts = [
        delimiter.join(null if value is None else cell(value, quote, at + row) for at, value in enumerate(line))
        for row, line in enumerate(lines)
    ]
    return (end.join(texts) + end).encode(encoding)


def cell(value: str, quote: str, place: int) -> str:
    bare = value.replace("_", "").isalnum() and place % 2
    return value if bare else quote + value.replace(quote, quote * 2) + quote
