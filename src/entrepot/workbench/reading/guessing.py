"""A guess at the encoding of bytes that are no UTF-8.

The statistics of a library decide between scripts. It takes the Latin encodings for one another, so those are told
apart here: a right reading is tidy, and its letters are those of one language.
"""

from __future__ import annotations

import re
import unicodedata

LATIN = ("cp1252", "cp1250", "iso8859-2")
OTHERS = ("cp1251", "koi8-r", "cp1253", "cp1254", "cp1255", "cp1256", "cp932", "euc_jp", "gb18030", "big5", "euc_kr")
WESTERN = (
    "àâæçéèêëîïôœùûüÿ",
    "äöüß",
    "áéíñóúüª",
    "àáâãçéêíóôõúü",
    "àèéìíîòóùú",
    "æøåéäö",
    "åäöé",
    "áðéíóúýþæö",
    "àçèéíïòóúü",
)
CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "âăîşţ", "čćđšž", "äöüß")
LANGUAGES = {"cp1252": WESTERN, "cp1250": CENTRAL, "iso8859-2": CENTRAL}
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
BEYOND_ASCII_BYTES = re.compile(rb"[\x80-\xff]")
LONE_LETTER = re.compile(rb"(?<![\x80-\xff])[\xc0-\xff](?![\x80-\xff])")


def guessed(sample: bytes) -> str | None:
    """Python's name of the encoding that fits best; None if nothing does."""
    readings = {name: sample.decode(name) for name in LATIN if decodes(sample, name)}
    scores = {name: untidiness(text) + strange_letters(text, LANGUAGES[name]) for name, text in readings.items()}
    best = min(scores, key=lambda name: scores[name], default=None)
    if best and (scores[best] == 0 or lone_letters(sample)):
        return best
    other = by_statistics(sample)
    return best if other is None or other in LATIN else other


def by_statistics(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    candidates = [name for name in (*LATIN, *OTHERS) if decodes(sample, name)]
    if not candidates:
        return None
    match = from_bytes(sample, cp_isolation=candidates).best()
    return (
        {"iso8859_2": "iso8859-2", "koi8_r": "koi8-r"}.get(match.encoding, match.encoding) if match else candidates[0]
    )


def lone_letters(sample: bytes) -> bool:
    """Whether most bytes beyond ASCII stand alone, as in Latin texts, where no other script would leave them."""
    return 2 * len(LONE_LETTER.findall(sample)) > len(BEYOND_ASCII_BYTES.findall(sample))


def decodes(sample: bytes, name: str) -> bool:
    """The sample may end within a character."""
    try:
        sample.decode(name)
    except UnicodeDecodeError as error:
        return error.start >= len(sample) - 4 and name not in LATIN
    return True


def strange_letters(text: str, languages: tuple[str, ...]) -> int:
    """How many letters the language that fits best does not have.

    >>> strange_letters("Dvořák, město", CENTRAL), strange_letters("Dvoøák, mìsto", WESTERN)
    (0, 2)
    """
    letters = [char.lower() for char in BEYOND_ASCII.findall(text) if char.isalpha()]
    return min(sum(letter not in language for letter in letters) for language in languages)


def untidiness(text: str) -> int:
    """How often something stands within a word that nobody would write there.

    >>> untidiness("Größe"), untidiness("Gr¶ße"), untidiness("GrŐße")
    (0, 1, 1)
    """
    return sum(untidy(text, match.start()) for match in BEYOND_ASCII.finditer(text))


def untidy(text: str, at: int) -> bool:
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if unicodedata.category(char) == "Cc":
        return True
    if char.isalpha():
        return char.isupper() and before.islower()
    return before.isalpha() and after.isalpha() and char not in "’‘-"
