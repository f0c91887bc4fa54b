"""The words of a check, as the three databases write it down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<text>'(?:[^']|'')*')
      | (?P<name>"(?:[^"]|"")+"|`(?:[^`]|``)+`)
      | (?P<word>[^\W\d][\w$]*)
      | (?P<operator><=|>=|<>|!=|==|=|<|>|!~~|~~)
      | (?P<mark>::|[-(),\[\]])""",
    re.VERBOSE,
)


class UntranslatedError(Exception):
    """The check says something that only its database understands."""


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    """Without quotes."""

    @property
    def word(self) -> str:
        """The keyword that it may be."""
        return self.text.upper() if self.kind == "word" else ""

    def is_mark(self, mark: str) -> bool:
        return self.kind == "mark" and self.text == mark


def tokens(text: str) -> Iterator[Token]:
    """With an end; backslashes mean different things in different databases, so that they mean nothing here."""
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None or "\\" in found.group():
            raise UntranslatedError
        at = found.end()
        if found.lastgroup != "space":
            yield _token(found.lastgroup or "", found.group())
    yield Token("end", "")


def _token(kind: str, text: str) -> Token:
    if kind in ("text", "name"):
        return Token(kind, text[1:-1].replace(text[0] * 2, text[0]))
    return Token(kind, text)
