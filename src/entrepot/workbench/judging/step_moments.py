"""Steps that read dates as people write them, and say where a clock stood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.judging.expressions import let, matches, quoted
from entrepot.workbench.judging.kinds import Arguments, StepKind
from entrepot.workbench.judging.months import MONTHS
from entrepot.workbench.judging.registry import Argument, one_of
from entrepot.workbench.source import literal

TOKENS = {
    "YYYY": ("%Y", "[0-9]{4}"),
    "YY": ("%y", "[0-9]{2}"),
    "MMMM": ("%B", r"[\p{L}\p{M}]+"),
    "MMM": ("%B", r"[\p{L}\p{M}]+[.]?"),
    "MM": ("%m", "[0-9]{2}"),
    "M": ("%m", "[0-9]{1,2}"),
    "DD": ("%d", "[0-9]{2}"),
    "D": ("%d", "[0-9]{1,2}"),
    "HH": ("%H", "[0-9]{2}"),
    "H": ("%H", "[0-9]{1,2}"),
    "hh": ("%I", "[0-9]{1,2}"),
    "mm": ("%M", "[0-9]{2}"),
    "ss": ("%S", "[0-9]{2}"),
    "a": ("%p", "[AaPp][Mm]"),
}
TOKEN = re.compile("|".join(TOKENS))
CODES = {"Y": "YYYY", "y": "YY", "B": "MMMM", "b": "MMM", "m": "MM", "-m": "M", "d": "DD", "-d": "D", "H": "HH"}
CODES |= {"-H": "H", "I": "hh", "M": "mm", "S": "ss", "p": "a"}
CODE = re.compile("%(-?[A-Za-z])")
"""The same as programs write it; where a year stands like this, letters are letters."""
CLOCK = {"HH", "H", "hh", "mm", "ss", "a"}
YEAR_FIRST = r"[0-9]{4}(?:-[0-9]{1,2}-|/[0-9]{1,2}/)[0-9]{1,2}"
WALL_CLOCK = YEAR_FIRST + r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6}0*)?)?)?"


def pieces(format: str) -> list[tuple[str, bool]]:
    """The tokens of a format and what stands between them."""
    found: list[tuple[str, bool]] = []
    at = 0
    coded = "%Y" in format or "%y" in format
    for token in (CODE if coded else TOKEN).finditer(format):
        found += [(format[at : token.start()], False), (meaning(token[1]) if coded else token.group(), True)]
        at = token.end()
    return [piece for piece in (*found, (format[at:], False)) if piece[0]]


def meaning(code: str) -> str:
    if code not in CODES:
        raise ValueError(f"%{code} has no meaning there; known are {', '.join(f'%{known}' for known in CODES)}")
    return CODES[code]


def date_format(text: str) -> str:
    tokens = [piece for piece, known in pieces(text) if known]
    if len(tokens) != len(set(tokens)):
        raise ValueError("a part stands in it twice")
    named = {token[0] for token in tokens}
    if not {"Y", "M", "D"} <= named or len([token for token in tokens if token[0] in "YMD"]) != 3:
        raise ValueError("it needs a year (YYYY, YY), a month (MM, M, MMM, MMMM) and a day (DD, D)")
    return text


def date(x: str, given: Arguments, type: LogicalType) -> str:
    """Read by DuckDB's strptime, but only what has exactly the layout: it would read `24` as the year 24."""
    split = pieces(date_format(given["format"]))
    layout = "".join(TOKENS[piece][1] if known else re.escape(piece) for piece, known in split)
    codes = "".join(TOKENS[piece][0] if known else piece.replace("%", "%%") for piece, known in split)
    named = any(piece in ("MMM", "MMMM") for piece, known in split if known)
    read = f"try_strptime({english(x, given['locale']) if named else x}, {quoted(codes)})"
    clock = any(piece in CLOCK for piece, known in split if known)
    shown = f"({read})::VARCHAR" if clock else f"({read})::DATE::VARCHAR"
    return f"CASE WHEN regexp_full_match({x}, {quoted(layout)}) THEN {shown} END"


def english(x: str, locale: str) -> str:
    """With the name of the month, in full or shortened, in English."""
    word = r"[\p{L}\p{M}]{3,}[.]?"
    bare = f"rtrim(lower(regexp_extract({x}, '{word}')), '.')"
    names = [
        f"WHEN month IN ({', '.join(map(literal, known))}) THEN regexp_replace({x}, '{word}', '{name}')"
        for known, (name, *_) in zip(beginnings(MONTHS[locale]), MONTHS["en"], strict=True)
    ]
    return let("month", bare, f"CASE {' '.join(names)} END")


def beginnings(names: Sequence[Sequence[str]]) -> list[list[str]]:
    """For each month what means it and no other: beginnings of at least three letters."""
    known = [{word[:size] for word in words for size in range(3, len(word) + 1)} for words in names]
    taken = Counter(word for words in known for word in words)
    return [sorted(word for word in words if taken[word] == 1) for words in known]


def timezone(x: str, given: Arguments, type: LogicalType) -> str:
    """A moment that already says its offset stays as it is."""
    mark = "" if type.kind is Kind.TIMESTAMP else "+00"
    moment = f"timezone({quoted(given['name'])}, TRY_CAST({x} AS TIMESTAMP))"
    utc = f"make_timestamp(epoch_us({moment}))::VARCHAR || '{mark}'"
    return f"CASE WHEN {matches(x, WALL_CLOCK)} THEN coalesce({utc}, {x}) ELSE {x} END"


def zone(text: str) -> str:
    from zoneinfo import available_timezones

    from entrepot.model.suggest import nearest

    known = available_timezones()
    if text not in known:
        guess = nearest(text, known)
        raise ValueError("there is no such zone" + (f"; did you mean '{guess}'?" if guess else ""))
    return text


MOMENT_STEPS = (
    StepKind(
        name="date",
        words="Reads dates, and times of day, in one layout; anything else is an error.",
        sql=date,
        arguments=(
            Argument(
                name="format",
                words=(
                    "Such as `DD.MM.YYYY` or `D MMMM YYYY HH:mm:ss`: YYYY YY (69 and later: 19..), MM M, MMM MMMM"
                    " (names), DD D, HH H, hh with a (am, pm), mm, ss. Or `%d.%m.%Y`, as programs write it."
                ),
                check=date_format,
            ),
            Argument(
                name="locale",
                words=f"The language of month names: {', '.join(MONTHS)}.",
                default="en",
                check=one_of(*MONTHS),
            ),
        ),
        fails="not_a_date",
    ),
    StepKind(
        name="timezone",
        words="Says where the clock stood: moments without an offset are those of this zone, and become UTC.",
        sql=timezone,
        arguments=(Argument(name="name", words="A zone, such as `Europe/Berlin`.", check=zone),),
    ),
)
