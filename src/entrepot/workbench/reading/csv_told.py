"""What is told about a CSV file as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.model.errors import InputError
from entrepot.model.problems import Place, Problem, Severity
from entrepot.workbench.reading.csv_records import Records, Spot
from entrepot.workbench.reading.text import TextFile

WORDS: dict[str, tuple[Severity, str, str]] = {
    "stray_quotes": (
        Severity.WARNING,
        "Values that are not quoted have quotes in them ({times}); they were taken as they are.",
        "If a value looks wrong, name the quote: --quote CHARACTER, or --quote none.",
    ),
    "space_before_quote": (
        Severity.WARNING,
        "Blanks in front of quotes were left out ({times}).",
        "If they belong to the values, say that the file has no quotes: --quote none.",
    ),
    "space_after_quote": (
        Severity.WARNING,
        "Blanks behind quotes were left out ({times}).",
        "If they belong to the values, say that the file has no quotes: --quote none.",
    ),
    "blank_lines": (Severity.INFO, "Blank lines were left out ({count}); they count as lines, not as records.", ""),
}
END_BYTES = 4
"""A line end in any encoding."""
ENDS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


def problems_of(text: TextFile, records: Records) -> Iterator[Problem]:
    for code, (severity, message, remedy) in WORDS.items():
        if count := records.seen[code]:
            yield Problem(
                code=code,
                message=message.format(count=f"{count:,}", times="once" if count == 1 else f"{count:,} times"),
                remedy=remedy,
                severity=severity,
                place=place_of(text, records.first[code]),
            )
    yield from about_ends(text, {end: spot for end, spot in records.first.items() if end in ENDS})


def about_ends(text: TextFile, ends: dict[str, Spot]) -> Iterator[Problem]:
    """Other ends than the first may be line breaks within values that somebody forgot to quote."""
    if len(ends) > 1 or "\r" in ends:
        mixed = len(ends) > 1
        names = " and ".join(ENDS[end] for end in ends)
        yield Problem(
            code="mixed_newlines" if mixed else "carriage_returns",
            message=f"Lines end with {names}" + (", not all alike." if mixed else ", as on old computers."),
            remedy="Make sure that no value was cut in two." if mixed else "",
            severity=Severity.WARNING if mixed else Severity.INFO,
            place=place_of(text, list(ends.values())[-1]),
        )


def place_of(text: TextFile, spot: Spot) -> Place:
    (byte,) = text.bytes_at([spot.at])
    return Place(file=text.path.name, line=text.lines_before + spot.line, byte=byte)


def unclosed(text: TextFile, spot: Spot) -> InputError:
    place = place_of(text, spot)
    message = f"A quote is never closed, so nobody can say where the value ends ({place.describe()})."
    remedy = "Close it there; or read quotes as characters: --quote none."
    problem = Problem(code="unclosed_quote", message=message, remedy=remedy, place=place)
    return InputError("unclosed_quote", message, remedy=remedy, problems=(problem,))


def about_the_end(text: TextFile) -> Iterator[Problem]:
    """A file that was cut within its last value looks like one that was written without a last line end."""
    size = text.path.stat().st_size if text.until is None else text.until
    with text.path.open("rb") as file:
        file.seek(max(text.mark, size - END_BYTES))
        last = file.read(END_BYTES).decode(text.encoding, "ignore")
    if not last.endswith(("\n", "\r")):
        yield Problem(
            code="no_last_line_end",
            message="The last line has no end. That is usual, but also what a file looks like that was cut.",
            remedy="Look whether the last record is whole.",
            severity=Severity.INFO,
            place=Place(file=text.path.name, byte=size),
        )
