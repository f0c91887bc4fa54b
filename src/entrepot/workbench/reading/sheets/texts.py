"""Texts of a workbook: what XML and Excel write in place of some characters."""

from __future__ import annotations

import re

ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
SURROGATES = range(0xD800, 0xE000)
ENTITY = re.compile("&(#x[0-9A-Fa-f]{1,6}|#[0-9]{1,7}|[a-z]+);")
NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def unescaped(text: str) -> str:
    """What Excel means by `_x000D_`. Half a character is no text, and stays as it is written.

    >>> unescaped("a_x000D_b"), unescaped("_x005F_x0041_"), unescaped("_xD83D_")
    ('a\\rb', '_x0041_', '_xD83D_')
    """
    return ESCAPED.sub(character, text) if "_x" in text else text


def character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if code in SURROGATES else chr(code)


def plain(text: str) -> str:
    """XML's own escapes. Raises ValueError for what is none.

    >>> plain("a &lt; b &#233;")
    'a < b é'
    """
    if "&" not in text:
        return text
    if "&" in ENTITY.sub("", text):
        raise ValueError("no entity")
    return ENTITY.sub(entity, text)


def entity(found: re.Match[str]) -> str:
    name = found[1]
    if not name.startswith("#"):
        if name not in NAMED:
            raise ValueError("no entity")
        return NAMED[name]
    code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    if code in SURROGATES or code > 0x10FFFF or code == 0:
        raise ValueError("no character")
    return chr(code)
