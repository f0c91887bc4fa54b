"""Right-to-left text: Arabic letters in their joined forms, and the order in which a line is drawn.

A small part of Unicode's bidirectional algorithm: runs of right-to-left letters are turned round, numbers and Latin
words inside keep their direction, brackets are mirrored. Lines without such letters are not touched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
ARABIC = re.compile("[\u0620-\u06ff]")
ISOLATED, FINAL, INITIAL, MEDIAL = range(4)
FORMS = {"<isolated>": ISOLATED, "<final>": FINAL, "<initial>": INITIAL, "<medial>": MEDIAL}
LAM = "\u0644"
STRONG_LEFT, STRONG_RIGHT = frozenset({"L"}), frozenset({"R", "AL"})
NUMBERS = frozenset({"EN", "AN"})
JOINED_NUMBERS = frozenset({"ES", "CS", "ET"})
MARKS = "NSM"


def joined(text: str) -> str:
    """Arabic letters as the forms they take beside each other. Done before a text is measured."""
    if not ARABIC.search(text):
        return text
    out: list[str] = []
    letters = list(with_ligatures(text))
    for place, letter in enumerate(letters):
        forms = letter_forms().get(letter)
        out.append(forms[form_at(letters, place)] or letter if forms else letter)
    return "".join(out)


def with_ligatures(text: str) -> Iterator[str]:
    """Lam and alef are always written as one."""
    place = 0
    while place < len(text):
        pair = text[place : place + 2]
        size = 2 if pair[0] == LAM and pair in letter_forms() else 1
        yield pair[:size]
        place += size


def form_at(letters: list[str], place: int) -> int:
    before, after = neighbour(letters, place, -1), neighbour(letters, place, 1)
    left = before is not None and joins_on(before) and joins_back(letters[place])
    right = after is not None and joins_on(letters[place]) and joins_back(after)
    return (MEDIAL if right else FINAL) if left else (INITIAL if right else ISOLATED)


def neighbour(letters: list[str], place: int, step: int) -> str | None:
    """The next letter, vowel signs left out."""
    place += step
    while 0 <= place < len(letters) and unicodedata.bidirectional(letters[place][0]) == MARKS:
        place += step
    return letters[place] if 0 <= place < len(letters) else None


def joins_on(letter: str) -> bool:
    """Whether it connects to the letter behind it."""
    forms = letter_forms().get(letter)
    return letter == "\u0640" or (forms is not None and forms[INITIAL] is not None)


def joins_back(letter: str) -> bool:
    forms = letter_forms().get(letter)
    return letter == "\u0640" or (forms is not None and forms[FINAL] is not None)


def no_forms() -> list[str | None]:
    return [None, None, None, None]


@cache
def letter_forms() -> dict[str, list[str | None]]:
    """Letter, or lam with alef → its four forms, as Unicode's own table of presentation forms gives them."""
    forms: dict[str, list[str | None]] = {}
    for code in (*range(0xFB50, 0xFBFF), *range(0xFE80, 0xFEFD)):
        kind, _, letters = unicodedata.decomposition(chr(code)).partition(" ")
        if kind in FORMS:
            text = "".join(chr(int(letter, 16)) for letter in letters.split())
            if len(text) == 1 or text[0] == LAM:
                forms.setdefault(text, no_forms())[FORMS[kind]] = chr(code)
    return forms


def visual(line: str) -> str:
    """The line as it is drawn from left to right.

    >>> visual("abc 12")
    'abc 12'
    >>> visual("\u05d0\u05d1 12") == "12 \u05d1\u05d0"
    True
    """
    if line.isascii() or not RIGHT_TO_LEFT.search(line):
        return line
    base = base_level(line)
    levels = resolved(line, base)
    chars = [mirrored(char) if level % 2 else char for char, level in zip(line, levels, strict=True)]
    return "".join(reordered(chars, levels))


def base_level(line: str) -> int:
    """1 if the first letter with a direction runs from right to left."""
    for char in line:
        kind = unicodedata.bidirectional(char)
        if kind in STRONG_LEFT | STRONG_RIGHT:
            return int(kind in STRONG_RIGHT)
    return 0


def resolved(line: str, base: int) -> list[int]:
    """A level per character: odd runs from right to left."""
    kinds = strong_kinds(line, "R" if base else "L")
    levels = [level_of(kind, base) for kind in kinds]
    place = 0
    while place < len(levels):
        end = place
        while end < len(levels) and levels[end] is None:
            end += 1
        if end > place:
            before = direction_at(kinds, place - 1, base)
            same = before == direction_at(kinds, end, base)
            filled = level_of("R" if before else "L", base) if same else base
            levels[place:end] = [filled] * (end - place)
        place = end + 1
    return [base if level is None else level for level in levels]


def strong_kinds(line: str, strong: str) -> list[str]:
    """L, R, N (number behind R) or empty (neutral) per character; marks follow their letter."""
    kinds: list[str] = []
    for char in line:
        kind = unicodedata.bidirectional(char)
        if kind == MARKS and kinds:
            kinds.append(kinds[-1])
            continue
        if kind in STRONG_LEFT | STRONG_RIGHT:
            strong = "L" if kind in STRONG_LEFT else "R"
        number = "L" if strong == "L" else "N"
        kinds.append(strong if kind in STRONG_LEFT | STRONG_RIGHT else number if kind in NUMBERS else "")
    return with_separators(line, kinds)


def with_separators(line: str, kinds: list[str]) -> list[str]:
    """A point or slash between two numbers belongs to them."""
    for place in range(1, len(line) - 1):
        between = kinds[place - 1] == kinds[place + 1] == "N"
        if between and unicodedata.bidirectional(line[place]) in JOINED_NUMBERS:
            kinds[place] = "N"
    return kinds


def level_of(kind: str, base: int) -> int | None:
    """Numbers and Latin words inside right-to-left text stand one level deeper."""
    return {"R": 1, "N": 2, "L": 2 * base}.get(kind)


def direction_at(kinds: list[str], place: int, base: int) -> int:
    """Whether the text there runs from right to left; its numbers count as part of it, borders as the line's own."""
    return int(kinds[place] in {"R", "N"}) if 0 <= place < len(kinds) else base


def mirrored(char: str) -> str:
    pairs = "()[]{}<>«»"
    place = pairs.find(char)
    return char if place < 0 else pairs[place ^ 1]


def reordered(chars: list[str], levels: list[int]) -> list[str]:
    """Every run at or above a level is turned round, from the deepest level down."""
    for level in range(max(levels), 0, -1):
        place = 0
        while place < len(chars):
            end = place
            while end < len(chars) and levels[end] >= level:
                end += 1
            chars[place:end] = chars[place:end][::-1]
            levels[place:end] = levels[place:end][::-1]
            place = end + 1
    return chars
