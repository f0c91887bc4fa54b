"""Faces: one font file, or one of the fonts that a reader has to bring, and how text is coded in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from reportlab.pdfbase.ttfonts import TTFError, TTFontFile

from entrepot.formats.pdf.container import PdfFile
from entrepot.model.errors import InputError


class Face(Protocol):
    name: str
    """What content streams call it."""

    def width(self, char: str) -> float | None:
        """In thousandths of the size; None if the face lacks the character."""
        ...

    def code(self, char: str) -> str:
        """Hex digits."""
        ...

    def embed(self, file: PdfFile) -> int:
        """Written at the end, with the glyphs that were used."""
        ...


class TrueTypeFace:
    """Embedded. Glyphs are numbered in the order of their first use, which is also their order in the subset."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._font = TTFontFile(str(path))
        self._glyphs: dict[int, int] = {}
        """Glyph of the file → number here."""
        self._chars: list[int] = []
        """The character that first asked for each of them."""

    def width(self, char: str) -> float | None:
        return self._font.charWidths.get(ord(char))

    def code(self, char: str) -> str:
        glyph = self._font.charToGlyph[ord(char)]
        if glyph not in self._glyphs:
            self._glyphs[glyph] = len(self._glyphs) + 1
            self._chars.append(ord(char))
        return f"{self._glyphs[glyph]:04x}"

    def embed(self, file: PdfFile) -> int:
        font = self._font
        data = bytes(font.makeSubset(self._chars or [0x20]))
        name = f"{tag(self._chars)}+{font.name.decode('latin-1')}"
        program = file.stream(data, f"/Length1 {len(data)}")
        descriptor = file.put(
            f"<< /Type /FontDescriptor /FontName /{name} /Flags {font.flags} /ItalicAngle {font.italicAngle:g} "
            f"/FontBBox [{' '.join(f'{edge:.0f}' for edge in font.bbox)}] /Ascent {font.ascent:.0f} "
            f"/Descent {font.descent:.0f} /CapHeight {font.capHeight:.0f} /StemV {font.stemV:.0f} "
            f"/FontFile2 {program} 0 R >>"
        )
        widths = " ".join(f"{font.charWidths[char]:.0f}" for char in self._chars)
        descendant = file.put(
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /FontDescriptor {descriptor} 0 R "
            f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 600 "
            f"/W [1 [{widths}]] /CIDToGIDMap /Identity >>"
        )
        unicode = file.stream(to_unicode(self._chars).encode())
        return file.put(
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
            f"/DescendantFonts [{descendant} 0 R] /ToUnicode {unicode} 0 R >>"
        )


class ReaderFace:
    """Not embedded: one of Adobe's collections for East Asia, which PDF readers map to a font of theirs."""

    def __init__(self, name: str, font: str, ordering: str, codec: str) -> None:
        self.name = name
        self._font = font
        self._ordering = ordering
        self._codec = codec

    def width(self, char: str) -> float | None:
        """They hold what the country's own character set holds."""
        try:
            char.encode(self._codec)
        except UnicodeEncodeError:
            return None
        return 1000

    def code(self, char: str) -> str:
        return char.encode("utf-16-be").hex()

    def embed(self, file: PdfFile) -> int:
        descriptor = file.put(
            f"<< /Type /FontDescriptor /FontName /{self._font} /Flags 6 /ItalicAngle 0 /FontBBox [0 -200 1000 900] "
            "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
        )
        collection = f"<< /Registry (Adobe) /Ordering ({self._ordering}) /Supplement 2 >>"
        descendant = file.put(
            f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /{self._font} /CIDSystemInfo {collection} "
            f"/FontDescriptor {descriptor} 0 R /DW 1000 >>"
        )
        encoding = ENCODINGS[self._ordering]
        return file.put(
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{self._font}-{encoding} /Encoding /{encoding} "
            f"/DescendantFonts [{descendant} 0 R] >>"
        )


ENCODINGS = {"GB1": "UniGB-UTF16-H", "Japan1": "UniJIS-UTF16-H", "Korea1": "UniKS-UTF16-H", "CNS1": "UniCNS-UTF16-H"}
READER_FACES = (
    ("STSong-Light", "GB1", "gbk"),
    ("HeiseiMin-W3", "Japan1", "cp932"),
    ("HYSMyeongJo-Medium", "Korea1", "cp949"),
    ("MSung-Light", "CNS1", "big5hkscs"),
)
Maker = Callable[[str], Face | None]
"""Gives the face for a resource name; None where its file is of no use."""


def file_face(path: Path) -> Maker:
    def make(name: str) -> Face | None:
        try:
            return TrueTypeFace(name, path)
        except (TTFError, OSError, KeyError, ValueError):
            return None

    return make


def chosen_face(path: Path) -> Maker:
    """The one that a person asked for: of no use is an error."""

    def make(name: str) -> Face | None:
        try:
            return TrueTypeFace(name, path)
        except (TTFError, OSError, KeyError, ValueError) as error:
            raise InputError(
                "bad_font", f"{path} cannot be used as a font: {error}.", remedy="Give a TrueType file (.ttf or .ttc)."
            ) from error

    return make


def reader_face(font: str, ordering: str, codec: str) -> Maker:
    return lambda name: ReaderFace(name, font, ordering, codec)


def tag(chars: list[int]) -> str:
    """Six letters that tell subsets of one font apart."""
    number = sum((place + 1) * char for place, char in enumerate(chars))
    letters = ""
    for _ in range(6):
        number, rest = divmod(number, 26)
        letters += chr(ord("A") + rest)
    return letters


def meaning(char: int) -> str:
    """The letter itself where `char` is one of the forms that an Arabic letter takes."""
    text = chr(char)
    return unicodedata.normalize("NFKC", text) if 0xFB50 <= char <= 0xFEFC else text


def to_unicode(chars: list[int]) -> str:
    """So that text can be copied and searched."""
    lines = [f"<{number:04x}> <{meaning(char).encode('utf-16-be').hex()}>" for number, char in enumerate(chars, 1)]
    blocks = (lines[start : start + 100] for start in range(0, len(lines), 100))
    body = "".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n"
        "/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        f"{body}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    )
