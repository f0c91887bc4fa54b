"""The first record: whether it holds names, and the names that columns get."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from entrepot.model.problems import Place, Problem, Severity

SHOWN = 5
RECORDS, COLUMNS = 50, 100
"""So many are asked whether there is a header."""
KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("year", re.compile(r"(19|20)\d\d")),
    ("number", re.compile(r"[-+]?[\d., ]*\d[\d., ]*(e[-+]?\d+)? ?[%€$£]?", re.IGNORECASE)),
    ("date", re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?")),
    ("uuid", re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)),
    ("boolean", re.compile(r"true|false|yes|no", re.IGNORECASE)),
    ("email", re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")),
    ("json", re.compile(r"[\[{].*[\]}]", re.DOTALL)),
)
Values = Sequence[str | None]


def is_header(first: Values, others: Sequence[Values]) -> bool:
    """Every column votes: names differ in kind from the values below, and do not come again."""
    if not others:
        return not any(kind_of(value) for value in first)
    some = others[:RECORDS]
    votes = [vote(value, [row[at] for row in some if at < len(row)]) for at, value in enumerate(first[:COLUMNS])]
    return sum(votes) >= 0


def vote(name: str | None, values: Sequence[str | None]) -> int:
    """1 for a name, -1 for a value, 0 where nothing can be said."""
    found = [value for value in values if value]
    kinds = {kind_of(value) for value in found}
    if not name or not found or kind_of(name) == "year":
        return 0
    if len(kinds - {"year"}) == 1 and (kind := (kinds - {"year"}).pop()):
        return -1 if kind_of(name) == kind else 1
    return -1 if name in found else 0


def kind_of(value: str | None) -> str | None:
    """
    >>> kind_of("1,234.50"), kind_of("2024-01-02"), kind_of("Price"), kind_of("1999")
    ('number', 'date', None, 'year')
    """
    return next((kind for kind, pattern in KINDS if value and pattern.fullmatch(value.strip())), None)


def column_names(first: Values, place: Place) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Each name once; columns without one of their own get one, which is told."""
    found = [value or "" for value in first]
    names = distinct(found)
    return names, tuple(about_names(found, names, place))


def distinct(found: Sequence[str]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for at, name in enumerate(found):
        names[name if name.strip() and name not in names else numbered(at, {*found, *names})] = None
    return tuple(names)


def about_names(found: Sequence[str], names: Sequence[str], place: Place) -> Iterator[Problem]:
    """What columns are called, and what they were."""
    renamed = [(name, given) for name, given in zip(found, names, strict=True) if name != given]
    yield from told("unnamed_columns", [one for one in renamed if not one[0].strip()], place)
    yield from told("repeated_columns", [one for one in renamed if one[0].strip()], place)
    yield from similar(found, place)


def numbered(at: int, taken: set[str]) -> str:
    """
    >>> numbered(2, {"a", "column 3"})
    'column 3 (2)'
    """
    name, number = f"column {at + 1}", 1
    while name in taken:
        number += 1
        name = f"column {at + 1} ({number})"
    return name


WORDS = {
    "unnamed_columns": "Columns without a name in the header are called {shown}.",
    "repeated_columns": "The header repeats names; the later columns are called {shown}.",
}


def told(code: str, renamed: Sequence[tuple[str, str]], place: Place) -> Iterator[Problem]:
    if renamed:
        shown = listed([f"'{given}'" + f" (was '{name}')" * bool(name.strip()) for name, given in renamed])
        remedy = "Give every column a name of its own, or map them by these."
        yield Problem(
            code=code, message=WORDS[code].format(shown=shown), remedy=remedy, severity=Severity.WARNING, place=place
        )


def similar(names: Sequence[str], place: Place) -> Iterator[Problem]:
    """Names that differ in nothing but case and blanks."""
    groups: dict[str, dict[str, None]] = {}
    for name in names:
        if name.strip():
            groups.setdefault("".join(name.split()).casefold(), {})[name] = None
    alike = [" and ".join(f"'{name}'" for name in group) for group in groups.values() if len(group) > 1]
    if alike:
        yield Problem(
            code="similar_columns",
            message=f"Names of columns differ in nothing but case or blanks: {listed(alike)}.",
            remedy="Make sure that each goes where it belongs.",
            severity=Severity.WARNING,
            place=place,
        )


def listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - SHOWN:,} more" if len(words) > SHOWN else ""
    return ", ".join(words[:SHOWN]) + more
