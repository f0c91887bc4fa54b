"""Fonts that many systems have, for what DejaVu Sans lacks. Nothing is looked for until a character needs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
FILES = (
    "NotoSansSC-Regular.ttf",
    "NotoSansJP-Regular.ttf",
    "NotoSansKR-Regular.ttf",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "uming.ttc",
    "ipag.ttf",
    "NanumGothic.ttf",
    "Arial Unicode.ttf",
    "ARIALUNI.TTF",
    "msyh.ttc",
    "simsun.ttc",
    "msgothic.ttc",
    "malgun.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansBengali-Regular.ttf",
    "NotoSansTamil-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoEmoji-Regular.ttf",
    "NotoSansSymbols2-Regular.ttf",
    "Symbola.ttf",
    "Symbola_hint.ttf",
    "unifont.ttf",
)
"""TrueType outlines only, best first."""


@cache
def system_fonts() -> tuple[Path, ...]:
    found = dict(_files())
    return tuple(found[name] for name in FILES if name in found)


def _files() -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        for place, folders, files in os.walk(Path(folder).expanduser()):
            folders.sort()
            yield from ((name, Path(place, name)) for name in files if name in FILES)
