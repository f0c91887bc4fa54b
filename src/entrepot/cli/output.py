"""What commands print: one JSON document, aligned tables, errors with their remedy."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from entrepot.cli.text import pad, visible, width
from entrepot.model.errors import EntrepotError
from entrepot.model.problems import Problem

POINTED = re.compile(r"\n  [^\n]*\n +\^\Z")
"""A line, and a sign under a place in it."""


def print_json(value: object) -> None:
    """JSON is UTF-8, whatever the terminal speaks."""
    import msgspec

    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    encoded = msgspec.json.encode(value, enc_hook=str)
    sys.stdout.write(msgspec.json.format(encoded, indent=2).decode() + "\n")


def report_error(error: EntrepotError, *, as_json: bool) -> None:
    """An error for people on stderr, or as the one JSON document on stdout."""
    if as_json:
        print_json(
            {
                "error": {
                    "code": error.code,
                    "message": error.message,
                    "remedy": error.remedy,
                    "exit_code": error.exit_code,
                    "problems": error.problems,
                }
            }
        )
        return
    sys.stderr.write(f"Error: {pointed(error.message)}\n")
    others = [problem for problem in error.problems if problem.message not in error.message]
    for problem in others[:10]:
        sys.stderr.write(f"  - {describe(problem)}\n")
    if len(others) > 10:
        sys.stderr.write(f"  … and {len(others) - 10} more\n")
    if error.remedy:
        sys.stderr.write(f"  {visible(error.remedy)}\n")
    sys.stderr.write(f"  [{error.code}]\n")


def pointed(text: str) -> str:
    r"""What is pointed at, below the sentence that says so, keeps its two lines; nothing else breaks any.

    >>> pointed("It does not\nparse.\n  foo >\n       ^")
    'It does not\\nparse.\n  foo >\n       ^'
    """
    shown = POINTED.search(text)
    lines = shown[0].split("\n")[1:] if shown else []
    return "\n".join(map(visible, (text[: shown.start()] if shown else text, *lines)))


def describe(problem: Problem) -> str:
    """The place comes first, unless the sentence begins with it anyway."""
    place = problem.place.describe()
    words = problem.message if problem.message.startswith(place) else f"{place}: {problem.message}"
    return visible(f"{words} {problem.remedy}".rstrip())


def warn(problems: Sequence[Problem], shown: int = 20) -> None:
    for problem in problems[:shown]:
        sys.stderr.write(f"{problem.severity.value.capitalize()}: {describe(problem)} [{problem.code}]\n")
    if len(problems) > shown:
        sys.stderr.write(f"… and {len(problems) - shown} more\n")


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Aligned lines; `right` names the columns that hold numbers.

    >>> table(["entity", "rows"], [["users", "7"]], right=[1])
    ['entity  rows', '──────  ────', 'users      7']
    """
    seen = [[visible(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(width(row[i]) for row in seen) for i in range(len(headers))]

    def line(cells: Sequence[str]) -> str:
        padded = [pad(cell, widths[i], to_the_right=i in right) for i, cell in enumerate(cells)]
        return "  ".join(padded).rstrip()

    return [line(seen[0]), "  ".join("─" * columns for columns in widths), *map(line, seen[1:])]


def size_words(size: int) -> str:
    """
    >>> size_words(1_536_000)
    '1.5 MB'
    """
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"
