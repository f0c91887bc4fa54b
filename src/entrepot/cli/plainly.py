"""Output that speaks whatever the terminal speaks: signs and colours only where they can be shown."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Mapping
from io import TextIOWrapper

ELLIPSIS = "…"
ASCII = {"…": "...", "→": "->", "─": "-", "–": "-", "✗": "x", "✓": "ok", "·": "*", "×": "x", "≈": "~"}
"""What our own words use beyond ASCII."""
PLAIN = "entrepot.plain"


def speak_plainly() -> None:
    """A character that the terminal cannot show is written as its number, instead of ending the program; where somebody
    says that nothing but ASCII can be shown (LANG=C), nothing else is."""
    codecs.register_error(PLAIN, _plain)
    ascii_only = speaks_ascii(os.environ)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="ascii" if ascii_only and stream.isatty() else None, errors=PLAIN)


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    words = [ASCII.get(character) or _number(character) for character in error.object[error.start : error.end]]
    return "".join(words), error.end


def _number(character: str) -> str:
    return character.encode("ascii", "backslashreplace").decode()


def speaks_ascii(environment: Mapping[str, str]) -> bool:
    """Whether that was said, not only not denied. Python itself sets LC_CTYPE to C.UTF-8 where LANG is C.

    >>> speaks_ascii({"LANG": "C", "LC_CTYPE": "C.UTF-8"}), speaks_ascii({"LANG": "C.UTF-8"}), speaks_ascii({})
    (True, False, False)
    """
    said = environment.get("LC_ALL") or environment.get("LANG") or ""
    own = environment.get("LC_CTYPE") or "C.UTF-8"
    return said in ("C", "POSIX") and (bool(environment.get("LC_ALL")) or own in ("C", "POSIX", "C.UTF-8"))


def has_colours(environment: Mapping[str, str]) -> bool:
    """https://no-color.org, and terminals that know none."""
    return sys.stdout.isatty() and not environment.get("NO_COLOR") and environment.get("TERM", "dumb") != "dumb"
