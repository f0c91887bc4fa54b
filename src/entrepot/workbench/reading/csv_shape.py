"""How a CSV file is made: what was said about it, and the rest from a sample."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.model.problems import Place, Problem, Severity
from entrepot.model.templates import CsvDialect
from entrepot.workbench.reading.csv_delimiter import DELIMITERS, SEP, first_records, fitting, quote_of
from entrepot.workbench.reading.csv_lines import ENDS, too_long
from entrepot.workbench.reading.csv_names import Values, column_names, is_header
from entrepot.workbench.reading.csv_records import Record, Records, UnclosedQuoteError
from entrepot.workbench.reading.csv_told import unclosed
from entrepot.workbench.reading.tables import MOST_COLUMNS
from entrepot.workbench.reading.text import BLOCK_BYTES, TextFile, has_wrong_bytes

SAMPLE_BLOCKS = 4
GUESS_CHARACTERS = 262_144
TABS = frozenset({".tsv", ".tab"})
NAMES = {"tab": "\t", "\\t": "\t"}


@dataclass(frozen=True, kw_only=True)
class Shape:
    reading: Reading
    names: tuple[str, ...]
    dialect: CsvDialect
    start: int
    """Bytes in front of the first data record, as UTF-8."""
    line: int
    """Its line."""
    problems: tuple[Problem, ...] = ()


def shaped(text: TextFile, reading: Reading, most_columns: int = MOST_COLUMNS) -> Shape:
    """Raises InputError for a file without any record, and for a reading that cannot be."""
    check(reading)
    sample = sample_of(text)
    given, problems = dialect_of(text, whole_lines(sample[:GUESS_CHARACTERS]) or sample, reading)
    dialect = CsvDialect(
        delimiter=given.delimiter or ",", quote=given.quote or "", null=given.null, newline=newline(sample)
    )
    records = first_records(sample, replace(dialect, null=""), given.skip_lines or 0)
    if not records:
        raise nothing(text, sample, dialect, given.skip_lines or 0)
    check_width(text, len(records[0].values), most_columns)
    first, *others = (record.values for record in records)
    header = is_header(first, others) if given.header is None else given.header
    place = Place(file=text.path.name, line=text.lines_before + records[0].spot.line)
    names, told = named(text, first, place, header=header)
    start, line = beginning(sample, dialect, given.skip_lines or 0, records[0], header=header)
    if given.header is None and not header:
        told = (*told, no_header(place))
    return Shape(
        reading=replace(given, format="csv", encoding=text.encoding, header=header),
        names=names,
        dialect=dialect,
        start=len(sample[:start].encode(errors="surrogateescape")),
        line=line,
        problems=(*problems, *told),
    )


def check(reading: Reading) -> None:
    delimiter = "," if reading.delimiter is None else NAMES.get(reading.delimiter, reading.delimiter)
    quote = '"' if reading.quote is None else reading.quote
    if len(delimiter) != 1 or delimiter in {"\r", "\n", "\0", quote}:
        raise InputError(
            "invalid_delimiter", f"'{delimiter}' cannot separate values.", remedy="Name one: --delimiter ';'."
        )
    if len(quote) > 1 or quote in {"\r", "\n", "\0"}:
        raise InputError(
            "invalid_quote", f"'{quote}' cannot be a quote.", remedy="Name one: --quote CHARACTER, or --quote none."
        )
    if reading.skip_lines is not None and reading.skip_lines < 0:
        raise InputError(
            "invalid_skip_lines",
            f"{reading.skip_lines} lines cannot be skipped.",
            remedy="Count the lines in front of the table: --skip-lines 0.",
        )


def check_width(text: TextFile, columns: int, most: int) -> None:
    if columns > most:
        raise InputError(
            "too_many_columns",
            f"{text.path.name} has {columns:,} columns; {most:,} can be read.",
            remedy="Make sure that --delimiter is right, leave columns out, or allow the workbench more memory.",
        )


def sample_of(text: TextFile) -> str:
    """Whole lines."""
    blocks = list(islice(text.blocks(), SAMPLE_BLOCKS + 1))
    if len(blocks) <= SAMPLE_BLOCKS:
        return "".join(blocks)
    sample = whole_lines("".join(blocks[:SAMPLE_BLOCKS]))
    if not sample:
        raise too_long(SAMPLE_BLOCKS * BLOCK_BYTES)
    return sample


def whole_lines(text: str) -> str:
    return text[: max(text.rfind("\n"), text.rfind("\r")) + 1]


def dialect_of(text: TextFile, sample: str, reading: Reading) -> tuple[Reading, tuple[Problem, ...]]:
    """The reading with delimiter, quote and lines to skip."""
    quote = quote_of(sample) if reading.quote is None else reading.quote
    delimiter = NAMES.get(reading.delimiter, reading.delimiter) if reading.delimiter else None
    sep = SEP.match(sample) if reading.skip_lines is None else None
    if sep:
        return replace(reading, delimiter=delimiter or sep[1], quote=quote, skip_lines=1), ()
    candidates = (delimiter,) if delimiter else tabs_first(text)
    fit, unclear = fitting(sample, quote, reading.skip_lines, candidates)
    skip = fit.lines_in_front if reading.skip_lines is None else reading.skip_lines
    problems = told(text, fit.delimiter if unclear and not delimiter else None, fit.lines_in_front)
    return replace(reading, delimiter=fit.delimiter, quote=quote, skip_lines=skip), tuple(problems)


def tabs_first(text: TextFile) -> tuple[str, ...]:
    if text.path.suffix.lower() in TABS:
        return ("\t", *(delimiter for delimiter in DELIMITERS if delimiter != "\t"))
    return DELIMITERS


def newline(sample: str) -> str:
    found = ENDS.search(sample)
    return "\r\n" if found and found[0] == "\r\n" else "\n"


def named(text: TextFile, first: Values, place: Place, *, header: bool) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    if not header:
        return tuple(f"column {number}" for number in range(1, len(first) + 1)), ()
    if any(has_wrong_bytes(name or "") for name in first):
        raise InputError(
            "wrong_bytes",
            f"The header ({place.describe()}) has bytes that are no {text.encoding}.",
            remedy="Name the encoding of the file (--encoding), or correct the header.",
        )
    return column_names(first, place)


def beginning(sample: str, dialect: CsvDialect, skip_lines: int, first: Record, *, header: bool) -> tuple[int, int]:
    """Characters and lines in front of the data. A file of one column without a header may begin with blank lines."""
    if not header and len(first.values) > 1:
        return first.spot.at, first.spot.line
    records = Records(dialect=dialect, longest=len(sample), part=True, alone=not header)
    spot = next(records.records([sample], skip_lines)).spot
    return (records.at, records.line) if header else (spot.at, spot.line)


def nothing(text: TextFile, sample: str, dialect: CsvDialect, skip_lines: int) -> InputError:
    """No record at all, or a first one that never ends."""
    records = Records(dialect=dialect, longest=len(sample))
    try:
        deque(records.records([sample], skip_lines), maxlen=0)
    except UnclosedQuoteError as error:
        return unclosed(text, error.spot)
    return InputError(
        "empty_file", f"{text.path.name} holds no records.", remedy="Make sure that it is the right file."
    )


def told(text: TextFile, unclear: str | None, lines_in_front: int) -> Iterator[Problem]:
    if unclear:
        yield Problem(
            code="delimiter_guessed",
            message=f"Not every record fits, but the values seem to be separated by {spoken(unclear)}.",
            remedy="If the columns of the preview are wrong, name the delimiter: --delimiter CHARACTER.",
            severity=Severity.WARNING,
            place=Place(file=text.path.name),
        )
    if lines_in_front:
        place = Place(file=text.path.name, line=text.lines_before + 1)
        yield lines_skipped(lines_in_front, "If that is part of the table, say so: --skip-lines 0.", place)


def lines_skipped(lines: int, remedy: str, place: Place) -> Problem:
    return Problem(code="lines_skipped", message=preamble(lines), remedy=remedy, severity=Severity.WARNING, place=place)


def preamble(lines: int) -> str:
    if lines == 1:
        return "The first line was taken for a preamble and left out."
    return f"The first {lines:,} lines were taken for a preamble and left out."


def spoken(delimiter: str) -> str:
    return {"\t": "tabs"}.get(delimiter, f"'{delimiter}'")


def no_header(place: Place) -> Problem:
    return Problem(
        code="no_header",
        message="The first record looks like all others, so the columns are called 'column 1', 'column 2', …",
        remedy="If it holds names, say that there is a header: --header.",
        severity=Severity.WARNING,
        place=place,
    )
