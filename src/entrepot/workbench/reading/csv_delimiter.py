"""Which character separates the values, and how many lines stand in front of the table: what fits a sample best."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from entrepot.model.templates import CsvDialect
from entrepot.workbench.reading.csv_records import Record, Records, UnclosedQuoteError

DELIMITERS = (",", ";", "\t", "|")
RARE_IN_TEXT = ",;|\t"
"""The rarer, the likelier to separate."""
RECORDS = 200
MOST_LINES_IN_FRONT = 50
MOST = 0.75
SEP = re.compile(r'"?sep=([^"\r\n])"?[ ,;\t]*(?:\r\n|\n|\r|$)', re.IGNORECASE)
IN_APOSTROPHES = re.compile(r"(?:^|(?<=[,;\t|\n]))'(?:[^'\n]|'')*'(?=[,;\t|\r\n]|$)", re.MULTILINE)
APOSTROPHE = re.compile(r"(?:^|(?<=[,;\t|\n]))'", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Fit:
    delimiter: str
    columns: int = 1
    lines_in_front: int = 0
    share: float = 0.0
    """Of the records that have as many values as the first."""

    @property
    def score(self) -> float:
        """A table that begins with the file is likelier."""
        return self.share if not self.lines_in_front else 0.9 * self.share

    @property
    def rarity(self) -> int:
        return RARE_IN_TEXT.find(self.delimiter)


def first_records(text: str, dialect: CsvDialect, skip_lines: int = 0, most: int = RECORDS) -> list[Record]:
    """Those of a sample; the last one may be cut off."""
    found: list[Record] = []
    records = Records(dialect=dialect, longest=len(text), part=True)
    try:
        found.extend(islice(records.records([text], skip_lines), most))
    except UnclosedQuoteError:
        return found
    return found


def fitting(text: str, quote: str, skip_lines: int | None, delimiters: Sequence[str]) -> tuple[Fit, bool]:
    """The best fit, and whether it was anything but clear."""
    fits = [fit for delimiter in delimiters if (fit := fit_of(text, quote, skip_lines, delimiter))]
    if not fits:
        return Fit(delimiter=next((d for d in delimiters if d not in text), delimiters[0])), False
    best = max(
        fits,
        key=lambda fit: (
            fit.score,
            not is_decimal_comma(fit, fits, text),
            fit.columns,
            RARE_IN_TEXT.find(fit.delimiter),
        ),
    )
    others = [fit for fit in fits if fit is not best and fit.score == best.score]
    return best, bool(others) or best.share < 1


def fit_of(text: str, quote: str, skip_lines: int | None, delimiter: str) -> Fit | None:
    """None where it separates nothing."""
    records = first_records(text, CsvDialect(delimiter=delimiter, quote=quote), skip_lines or 0)
    widths = [len(record.values) for record in records]
    if not widths and delimiter in text:  # a first record that never ends, which will be told
        return Fit(delimiter=delimiter)
    if not widths or max(widths) == 1:
        return None
    if widths[0] > 1:
        return Fit(delimiter=delimiter, columns=widths[0], share=widths.count(widths[0]) / len(widths))
    return None if skip_lines is not None else behind_a_preamble(delimiter, records, widths)


def behind_a_preamble(delimiter: str, records: Sequence[Record], widths: Sequence[int]) -> Fit | None:
    """A table whose records nearly all have the same number of values, behind lines that have one, if these look like
    it."""
    columns = Counter(widths).most_common(1)[0][0]
    lead = widths.index(columns)
    share = widths.count(columns) / len(widths[lead:])
    if columns == 1 or share < MOST or set(widths[:lead]) != {1} or len(widths) - lead < 2:
        return None
    lines = records[lead].spot.line - 1
    comment = all((record.values[0] or "").startswith("#") for record in records[:lead])
    if lines > MOST_LINES_IN_FRONT or not (comment or columns > 2 or lines > lead):
        return None
    return Fit(delimiter=delimiter, columns=columns, lines_in_front=lines, share=share)


def is_decimal_comma(fit: Fit, fits: Sequence[Fit], text: str) -> bool:
    """Where commas and semicolons fit alike, commas between digits separate nothing."""
    if fit.delimiter != "," or not any(other.delimiter == ";" for other in fits):
        return False
    return 2 * len(re.findall(r"\d,\d", text)) > text.count(",")


def quote_of(text: str) -> str:
    """Apostrophes only where every value that begins with one ends with one, and nothing else is a quote."""
    quoted = len(IN_APOSTROPHES.findall(text))
    return "'" if quoted > 1 and quoted == len(APOSTROPHE.findall(text)) and '"' not in text else '"'
