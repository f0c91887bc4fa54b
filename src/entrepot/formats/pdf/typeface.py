"""A typeface: a main face, and others for the characters it lacks. Everything is decided once per character."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from entrepot.formats.pdf.faces import Face, Maker

MISSING = "\ufffd"
TAB = "    "


class Fallbacks:
    """Faces for what the main faces lack, made one by one as characters need them."""

    def __init__(self, makers: Sequence[Maker]) -> None:
        self._makers = iter(makers)
        self.faces: list[Face] = []
        self._used: set[str] = set()
        self.missing: Counter[str] = Counter()
        """Characters that no face has → how often they were met."""

    def used(self) -> list[Face]:
        """Those that a character was taken from."""
        return [face for face in self.faces if face.name in self._used]

    def find(self, char: str) -> Face | None:
        for face in self._all():
            if face.width(char) is not None:
                self._used.add(face.name)
                return face
        return None

    def _all(self) -> Iterator[Face]:
        yield from self.faces
        for maker in self._makers:
            face = maker(f"X{len(self.faces)}")
            if face is not None:
                self.faces.append(face)
                yield face


class Widths(dict[str, float]):
    """Character → width at size 1."""

    def __init__(self, faces: Faces) -> None:
        super().__init__()
        self._faces = faces

    def __missing__(self, char: str) -> float:
        width = self._faces[char].width(char)
        self[char] = (width or 0) / 1000
        return self[char]


class Faces(dict[str, Face]):
    """Character → the face that has it; MISSING must be in the main face."""

    def __init__(self, main: Face, fallbacks: Fallbacks) -> None:
        super().__init__()
        self.main = main
        self._fallbacks = fallbacks

    def __missing__(self, char: str) -> Face:
        found = self.main if self.main.width(char) is not None else self._fallbacks.find(char)
        self[char] = found or self.main
        return self[char]


class Codes(dict[str, str]):
    """Character → hex digits in its face."""

    def __init__(self, faces: Faces) -> None:
        super().__init__()
        self._faces = faces

    def __missing__(self, char: str) -> str:
        self[char] = self._faces[char].code(char)
        return self[char]


class Typeface:
    def __init__(self, main: Face, fallbacks: Fallbacks) -> None:
        self.main = main
        self.fallbacks = fallbacks
        self.faces = Faces(main, fallbacks)
        self.widths = Widths(self.faces)
        self.codes = Codes(self.faces)
        self._replaced: dict[str, str] = {}

    def width(self, text: str, size: float) -> float:
        return sum(map(self.widths.__getitem__, text)) * size

    def clean(self, text: str) -> str:
        """`text` in characters that can be drawn: what no face has becomes a box and is counted."""
        drawn = self.drawn(text)
        if MISSING in drawn:
            self._count(text)
        return drawn

    def drawn(self, text: str) -> str:
        """The same for measuring only: nothing is counted."""
        if text.isascii() and text.isprintable():
            return text
        replaced = self._replaced
        for char in set(text):
            if char not in replaced:
                replaced[char] = self._drawable(char)
        return "".join(map(replaced.__getitem__, text))

    def _drawable(self, char: str) -> str:
        if char in "\n\u2028\u2029\x85":
            return "\n"
        if char == "\t":
            return TAB
        if unicodedata.category(char) == "Cc":
            return f"\\x{ord(char):02x}"
        has = self.main.width(char) is not None or self.fallbacks.find(char) is not None
        return char if has else MISSING

    def _count(self, text: str) -> None:
        for char in text:
            if char != MISSING and self._replaced[char] == MISSING:
                self.fallbacks.missing[char] += 1

    def runs(self, text: str) -> Iterator[tuple[str, str]]:
        """(name of a face, hex digits) in order."""
        codes = self.codes
        if text.isascii():
            yield self.main.name, "".join(map(codes.__getitem__, text))
            return
        for face, chars in groupby(text, self.faces.__getitem__):
            yield face.name, "".join(map(codes.__getitem__, chars))
