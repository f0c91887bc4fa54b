"""Lines of a report: breaking, and the order of right-to-left text."""

from __future__ import annotations

import unicodedata
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.formats.pdf.direction import joined, visual
from entrepot.formats.pdf.wrap import shortened, wrap

EVEN = defaultdict[str, float](lambda: 1.0)
"""Every character is one wide."""


@given(st.text("ab ,-\n.\u00e9", max_size=200), st.integers(1, 30))
def test_wrapping_loses_nothing_and_keeps_to_the_room(text: str, room: int) -> None:
    lines = wrap(text, room, EVEN)
    assert "".join(lines) == text.replace("\n", "")
    assert all(len(line.rstrip()) <= room for line in lines)


def test_lines_break_at_spaces_and_words_only_where_they_must() -> None:
    assert wrap("one two three", 8, EVEN) == ("one two ", "three")
    assert wrap("abcdefghij", 4, EVEN) == ("abcd", "efgh", "ij")
    assert wrap("aaa/bbbb/cc", 6, EVEN) == ("aaa/", "bbbb/", "cc")


def test_shortening_shows_that_something_is_missing() -> None:
    assert shortened("abcdef", 6, EVEN) == "abcdef"
    assert shortened("abcdefg", 6, EVEN) == "abcde…"


@pytest.mark.parametrize(
    ("line", "drawn"),
    [
        ("abc", "abc"),
        ("אבג", "גבא"),
        ("אב 12", "12 בא"),
        ("12 אב", "בא 12"),
        ("abc אבג def", "abc גבא def"),
        ("abc אב 12 גד", "abc דג 12 בא"),
        ("אב (גד)", "(דג) בא"),
        ("אב abc def גד", "דג abc def בא"),
        ("אב 1.5", "1.5 בא"),
        ("אב, גד!", "!דג ,בא"),
    ],
)
def test_lines_are_drawn_as_they_are_read(line: str, drawn: str) -> None:
    assert visual(line) == drawn


@given(st.text("ab 12.(),\u05d0\u05d1\u0645\u062d\u064e", max_size=40))
def test_ordering_only_moves_and_mirrors(line: str) -> None:
    plain = str.maketrans(")", "(")
    assert sorted(visual(line).translate(plain)) == sorted(line.translate(plain))


def forms(word: str) -> list[str]:
    return [unicodedata.name(letter).split()[-2] for letter in joined(word)]


def test_arabic_letters_take_the_form_of_their_place() -> None:
    assert [unicodedata.name(letter).split()[-2] for letter in joined("محمد")] == [
        "INITIAL",
        "MEDIAL",
        "MEDIAL",
        "FINAL",
    ]
    assert [unicodedata.name(letter).split()[-2] for letter in joined("دار")] == ["ISOLATED", "ISOLATED", "ISOLATED"]
    assert unicodedata.name(joined("سلام")[1]) == "ARABIC LIGATURE LAM WITH ALEF FINAL FORM"


@given(st.text("\u0645\u062d\u062f\u0644\u0627\u064e\u0640 a", max_size=30))
def test_joining_changes_forms_only(text: str) -> None:
    assert unicodedata.normalize("NFKC", joined(text)) == unicodedata.normalize("NFKC", text)
