"""The encoding of a file: its mark, else UTF-8 if all of it is, else a guess, which is always told."""

from __future__ import annotations

import codecs
from pathlib import Path

from entrepot.model.errors import InputError
from entrepot.model.problems import Place, Problem, Severity
from entrepot.workbench.reading.guessing import guessed
from entrepot.workbench.reading.marks import MARKS, mark_of, wide_encoding
from entrepot.workbench.reading.survey import is_utf8, survey
from entrepot.workbench.reading.text import TextFile

SAMPLE_BYTES = 65_536
NO_TEXT = frozenset({"utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
STATEFUL = ("iso2022", "hz")
"""What a byte means depends on those before: no place in such a file can be counted."""
LOOK = "Look at letters beyond A-Z in the preview; if they are wrong, name the encoding."


def text_file(path: Path, said: str | None) -> tuple[TextFile, tuple[Problem, ...]]:
    """How to read the file, and what to tell about it."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    marked = mark_of(sample)
    if said is not None:
        return as_said(path, known(said), marked)
    if marked:
        return TextFile(path=path, encoding=marked[0], mark=marked[1]), (mark_told(path, marked[0]),)
    if wide := wide_encoding(sample):
        return TextFile(path=path, encoding=wide[0]), (guess_told(path, wide[0], Place(file=path.name, byte=0)),)
    return unmarked(path)


def unmarked(path: Path) -> tuple[TextFile, tuple[Problem, ...]]:
    if is_utf8(path):
        return TextFile(path=path, encoding="utf-8", sound=True), ()
    found = survey(path)
    if found.is_damaged_utf8:
        return TextFile(path=path, encoding="utf-8"), ()
    name = guessed(found.sample)
    if name is None:
        raise InputError(
            "unknown_encoding",
            f"{path.name} is no UTF-8 ({found.first.describe()}), and nothing else fits it.",
            remedy="Name its encoding (--encoding), or save it as UTF-8.",
        )
    return TextFile(path=path, encoding=name), (guess_told(path, name, found.first),)


def as_said(path: Path, name: str, marked: tuple[str, int] | None) -> tuple[TextFile, tuple[Problem, ...]]:
    """A mark is none of the text if it is the mark of that encoding."""
    if marked and marked[0].startswith(name):
        return TextFile(path=path, encoding=marked[0], mark=marked[1]), (mark_told(path, marked[0]),)
    return TextFile(path=path, encoding=in_order(name)), ()


def in_order(name: str) -> str:
    """With the order of bytes, where the name leaves it to a mark that is not there."""
    return {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(name, name)


def known(said: str) -> str:
    """Python's name of an encoding."""
    try:
        name = codecs.lookup(said).name.replace("-escape", "_escape")
        "".encode(name)  # refuses what turns bytes into bytes, such as hex
    except (LookupError, ValueError) as error:
        raise unknown(said) from error
    if name.replace("_", "-") in NO_TEXT or name.startswith(STATEFUL):
        raise unknown(said)
    return "utf-8" if name == "utf-8-sig" else name


def unknown(said: str) -> InputError:
    return InputError(
        "unknown_encoding",
        f"There is no reading of files in '{said}'.",
        remedy="Usual names are utf-8, utf-16, cp1252, cp1250, iso-8859-2, cp1251, cp932 and gb18030.",
    )


def mark_told(path: Path, name: str) -> Problem:
    length = next(len(mark) for mark, known in MARKS if known == name)
    return Problem(
        code="byte_order_mark",
        message=f"The first {length} bytes are the mark of {name}; they are no part of the first value.",
        severity=Severity.INFO,
        place=Place(file=path.name, line=1, byte=0),
    )


def guess_told(path: Path, name: str, first: Place) -> Problem:
    return Problem(
        code="encoding_guessed",
        message=f"The file is no UTF-8; it was read as {name}.",
        remedy=LOOK,
        severity=Severity.WARNING,
        place=first,
    )
