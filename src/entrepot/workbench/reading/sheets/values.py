"""What a cell says, by its type and its style, as the text form of docs/reference/values.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from entrepot.workbench.reading.sheets.serials import Serials, duration
from entrepot.workbench.reading.sheets.shown import Shown
from entrepot.workbench.reading.sheets.texts import unescaped

Turn = Callable[[str], str]
LONGEST_TEXT = 32_767
"""Of a cell."""
EXACT_DIGITS = 15
"""So many a double holds, and so many a spreadsheet shows."""
AS_IT_STANDS = re.compile(r"-?(?:0|[1-9][0-9]*)\.0*[1-9][0-9]*")
WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
ALL_AS_THEY_STAND = re.compile(r"(?:-?(?:0|[1-9][0-9]{0,14}|(?=[0-9.]{1,16}\n)(?:0|[1-9][0-9]*)\.0*[1-9][0-9]*)\n)*+")
"""Of many numbers, each with a line end. There is one way only to read a number, and none is read twice: with two of
them, a thousand numbers in front of one that is written otherwise would be tried in 2^1000 ways."""
NUMBER, TEXT, SHARED, BOOLEAN, ERROR, DATE, INLINE = "n", "str", "s", "b", "e", "d", "inlineStr"
TEXTS = frozenset({TEXT, INLINE})
BOOLEANS = {"1": "true", "0": "false", "true": "true", "false": "false"}


class OddValueError(Exception):
    """A cell whose value is none."""

    def __init__(self, code: str, text: str | None) -> None:
        super().__init__(code)
        self.code, self.text = code, text


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What cells of one type and style are."""

    type: str
    turn: Turn
    """From the characters of the cell. May raise OddValueError, and ValueError for what no workbook has."""
    many: Callable[[Sequence[str]], Sequence[str]]
    """The same for cells that all have a value."""

    def taken(self, value: str) -> str | None:
        """Of a cell that has a place for a value; only texts can be empty."""
        return self.turn(value) if value or self.type in TEXTS else None


@dataclass(kw_only=True)
class Values:
    """Of one workbook."""

    formats: Sequence[Shown]
    shared: Sequence[str] = field(repr=False)
    has_nul: bool
    """Whether any of the shared texts holds a NUL."""
    serials: Serials
    ours: bool = False
    """Whether we wrote the workbook."""
    kinds: dict[tuple[str | None, str | None], Kind] = field(default_factory=dict)

    def kind(self, style: str | None, type: str | None) -> Kind:
        known = self.kinds.get((style, type))
        if known is None:
            known = self.kinds[style, type] = self.made(style, type or NUMBER)
        return known

    def made(self, style: str | None, type: str) -> Kind:
        turn = self.turn(style, type)
        if type == SHARED and not self.has_nul:
            return Kind(type=type, turn=turn, many=self.shared_ones)
        if type in TEXTS:
            return Kind(type=type, turn=turn, many=self.own_texts if self.ours else texts)
        if type == BOOLEAN:
            return Kind(type=type, turn=turn, many=lambda values: list(map(BOOLEANS.__getitem__, values)))
        if turn == self.serials.moment:
            return Kind(type=type, turn=turn, many=self.serials.moments)
        if turn is number:
            return Kind(type=type, turn=turn, many=numbers)
        return Kind(type=type, turn=turn, many=lambda values: list(map(turn, values)))

    def turn(self, style: str | None, type: str) -> Turn:
        if type == NUMBER:
            return self.numeric(style)
        turns: dict[str, Turn] = {
            SHARED: self.shared_one,
            TEXT: self.own_text if self.ours else text,
            INLINE: self.own_text if self.ours else text,
            BOOLEAN: boolean,
            ERROR: error,
            DATE: moment,
        }
        if type not in turns:
            raise ValueError(f"has the type '{type:.20}', which no cell has")
        return turns[type]

    def own_text(self, value: str) -> str:
        """We cut texts that a cell has no room for, so that the rest of one that fills it may be lost."""
        found = text(value)
        if len(found) >= LONGEST_TEXT:
            raise OddValueError("cut_text", found)
        return found

    def own_texts(self, values: Sequence[str]) -> Sequence[str]:
        return texts(values) if max(map(len, values)) < LONGEST_TEXT else list(map(self.own_text, values))

    def shared_one(self, value: str) -> str:
        if not value.isdecimal() or int(value) >= len(self.shared):
            raise ValueError(f"names the shared text {value:.20}, of {len(self.shared):,}")
        return whole(self.shared[int(value)])

    def shared_ones(self, values: Sequence[str]) -> Sequence[str]:
        numbers = list(map(int, values))
        if min(numbers) < 0:
            raise ValueError("names a text before the first")
        return list(map(self.shared.__getitem__, numbers))

    def numeric(self, style: str | None) -> Turn:
        at = int(style) if style and style.isdigit() else 0
        shown = self.formats[at] if at < len(self.formats) else Shown.NUMBER
        if shown is Shown.NUMBER:
            return number
        if shown is Shown.DURATION:
            return duration
        return self.serials.time if shown is Shown.TIME else self.serials.moment


def number(value: str) -> str:
    """
    >>> number("12.50"), number("1.1000000000000001"), number("1E+2"), number("12345678901234567890"), number("5.0")
    ('12.50', '1.1', '100', '12345678901234567890', '5')
    """
    value = value.strip()
    if WHOLE.fullmatch(value) or (len(value) <= EXACT_DIGITS + 1 and AS_IT_STANDS.fullmatch(value)):
        return value
    try:
        found = float(value)
    except ValueError:
        return value
    if found.is_integer() and abs(found) < 10**EXACT_DIGITS:
        return str(int(found))
    return repr(found)


def numbers(values: Sequence[str]) -> Sequence[str]:
    return values if ALL_AS_THEY_STAND.fullmatch("\n".join(values) + "\n") else list(map(number, values))


def text(value: str) -> str:
    return whole(unescaped(value))


def whole(text: str) -> str:
    if "\0" in text:
        raise OddValueError("nul_character", shown(text))
    return text


def shown(text: str | None) -> str | None:
    """No table here holds a NUL."""
    return text and text.replace("\0", "\\x00")


def texts(values: Sequence[str]) -> Sequence[str]:
    together = "\n".join(values)
    return list(map(text, values)) if "_x" in together else values


def boolean(value: str) -> str:
    said = BOOLEANS.get(value.strip().lower())
    if said is None:
        raise ValueError(f"holds '{value:.20}', which is neither true nor false")
    return said


def error(value: str) -> str:
    raise OddValueError("error_value", value)


def moment(value: str) -> str:
    """ISO 8601, with the letter between day and time that the standard wants.

    >>> moment("2024-01-02T10:00:00"), moment("2024-01-02T00:00:00"), moment("2024-01-02")
    ('2024-01-02 10:00:00', '2024-01-02', '2024-01-02')
    """
    day, _, time = value.strip().partition("T")
    return f"{day} {time}".strip() if set(time) - set("0:.") else day
