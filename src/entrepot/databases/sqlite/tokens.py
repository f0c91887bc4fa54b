"""SQLite's DDL as tokens. Only what is needed to tell names, texts, comments and brackets apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

TOKEN = re.compile(
    r"""
      (?P<space>   \s+ | --[^\n]* | /\*.*?(?:\*/|\Z) )
    | (?P<blob>    [xX]'[0-9a-fA-F]*' )
    | (?P<name>    "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] )
    | (?P<text>    '(?:[^']|'')*' )
    | (?P<word>    [^\W\d][\w$]* )
    | (?P<number>  [0-9][0-9A-Za-z_.]* | \.[0-9]+ )
    | (?P<sign>    . )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The keyword that this token may be; empty for anything quoted."""
        return self.text.upper() if self.kind in ("word", "sign") else ""

    @property
    def name(self) -> str:
        """The identifier that this token is; texts in single quotes may be one too."""
        mark = self.text[0]
        if self.kind not in ("name", "text"):
            return self.text
        return self.text[1:-1] if mark == "[" else self.text[1:-1].replace(mark * 2, mark)


def tokens(sql: str) -> list[Token]:
    """Everything but space and comments."""
    found = TOKEN.finditer(sql)
    return [Token(m.lastgroup or "", m[0], m.start(), m.end()) for m in found if m.lastgroup != "space"]


def closing(items: Sequence[Token], start: int) -> int:
    """The place of the bracket that closes the one at `start`; the end if none does."""
    depth = 0
    for place in range(start, len(items)):
        depth += {"(": 1, ")": -1}.get(items[place].word, 0)
        if depth == 0:
            return place
    return len(items)


def split(items: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The parts between commas that are not inside brackets."""
    depth, start = 0, 0
    for place, item in enumerate(items):
        depth += {"(": 1, ")": -1}.get(item.word, 0)
        if item.word == "," and depth == 0:
            yield items[start:place]
            start = place + 1
    if items[start:]:
        yield items[start:]


def between(sql: str, items: Sequence[Token], start: int, end: int) -> str:
    """The text of the tokens strictly between two places, comments and all."""
    return sql[items[start].end : items[end].start if end < len(items) else len(sql)].strip()
