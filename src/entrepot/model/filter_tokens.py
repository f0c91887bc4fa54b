"""The words of a filter's text form, and the error that points at the place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from entrepot.model.brief import brief
from entrepot.model.errors import InputError


class TokenKind(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    NAME = "name"
    """A name in quotes: never a keyword."""
    WORD = "word"
    """A bare name or a keyword."""
    OPERATOR = "operator"
    MARK = "mark"
    END = "end"


@dataclass(frozen=True)
class Token:
    kind: TokenKind
    text: str
    """Without quotes."""
    at: int
    """The character it begins at, from 0."""
    shown: str
    """As it stands there."""

    def is_word(self, *words: str) -> bool:
        return self.kind is TokenKind.WORD and self.text.lower() in words

    def is_mark(self, mark: str) -> bool:
        return self.kind is TokenKind.MARK and self.text == mark


PATTERN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<text>'(?:[^']|'')*')
      | (?P<name>"(?:[^"]|"")+"|`(?:[^`]|``)+`)
      | (?P<word>[^\W\d]\w*)
      | (?P<operator><=|>=|<>|!=|=|<|>)
      | (?P<mark>[(),])""",
    re.VERBOSE,
)
KEYWORDS = frozenset({"and", "or", "not", "in", "like", "is", "null", "between", "true", "false"})
WIDTH = 72
"""How much of a long filter an error shows."""


def tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        found = PATTERN.match(text, at)
        if found is None:
            raise _unreadable(text, at)
        at = found.end()
        if found.lastgroup != "space":
            yield _token(found)
    yield Token(TokenKind.END, "", len(text), "the end")


def _token(found: re.Match[str]) -> Token:
    kind = TokenKind(found.lastgroup or "")
    text = found.group()
    if kind in (TokenKind.TEXT, TokenKind.NAME):
        quote = text[0]
        return Token(kind, text[1:-1].replace(quote * 2, quote), found.start(), brief(text))
    return Token(kind, text, found.start(), f"'{brief(text)}'")


def _unreadable(text: str, at: int) -> InputError:
    character = text[at]
    if character in "'\"`":
        fact = f"the quote {character} is never closed, or there is nothing in it"
        return syntax_error(text, at, fact, f"Close it with {character}; inside, write it twice.")
    return syntax_error(text, at, f"'{character}' has no meaning here", "Put texts in single quotes, names in double.")


def syntax_error(text: str, at: int, fact: str, remedy: str) -> InputError:
    """The error with the filter on one line and a caret under the place."""
    start = max(0, min(at - WIDTH // 2, len(text) - WIDTH))
    shown = "".join(" " if c.isspace() or not c.isprintable() else c for c in text[start : start + WIDTH])
    indent = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown[: at - start])
    message = f"The filter does not parse at character {at + 1}: {fact}.\n  {shown}\n  {' ' * indent}^"
    return InputError("filter_syntax", message, remedy=remedy)
