"""The elements of a list of any length, many at a time, in constant memory.

A block is cut behind its last `}` before `,` or `]`, and read as a list. What reads as a list is a whole number of
elements, whatever they hold; if it does not, the cut was inside of one, and the `}` before it is tried. Where that
does not soon succeed, elements are read one after the other; and where one of them is not good, brackets and quotes
are counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import msgspec

from entrepot.workbench.reading.json_scan import TooDeepError, breaks_off, ends, fault, value_end
from entrepot.workbench.reading.json_window import Window

TEXTS = msgspec.json.Decoder(list[msgspec.Raw])
CUTS = 6
BEHIND = re.compile(rb"}[ \t\r\n]*+[,\]]")
SPACES = b" \t\r\n"
NO_SPACE = re.compile(rb"[^ \t\r\n]")
CLOSING_OR_COMMA, COMMA = b",]", ord(",")
Text = bytes | msgspec.Raw


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some records in order. The window stays where it is until the next piece is asked for."""

    window: Window

    texts: Sequence[Text]
    """One value each, without the white space around it."""
    whole: bytes
    """All of them, with what stands between."""
    start: int
    """Where `whole` begins in the window."""

    def starts(self) -> Iterator[int]:
        """Where each record begins in the window."""
        at = 0
        for text in map(bytes, self.texts):
            at = self.whole.index(text, at)  # in front of it is nothing but white space and a comma
            yield self.start + at
            at += len(text)


def elements(window: Window) -> Iterator[Piece]:
    """What follows a `[`, up to its `]`, which is passed."""
    if window.peek() == b"]":
        window.at += 1
        return
    while True:
        yield cut(window) or stepped(window) or counted(window)
        match window.peek():
            case b",":
                window.at += 1
                window.peek()
            case b"]":
                window.at += 1
                return
            case b"":
                raise window.broken(window.at, "the list is never closed")
            case _:
                raise window.broken(window.at, "a comma or ] is missing")


def cut(window: Window) -> Piece | None:
    """The quick way."""
    window.fill()
    data, start = window.data, window.at
    for end in islice(cuts(data, start), CUTS):
        if (texts := listed(data[start:end])) is not None:
            window.at = end
            return Piece(window=window, texts=texts, whole=data[start:end], start=start)
    return None


def cuts(data: bytes, start: int) -> Iterator[int]:
    """Places where an element may end, the last first: behind a `}`, or before a comma where there are no objects."""
    if not data.startswith(b"{", start):
        end = len(data)
        while (end := data.rfind(b",", start, end)) > start:
            yield end
        return
    end = len(data)
    while (end := data.rfind(b"}", start, end)) >= 0:
        if BEHIND.match(data, end):
            yield end + 1


def stepped(window: Window) -> Piece | None:
    """One after the other, as far as they are whole."""
    while not (found := steps(window.data, window.at)):
        if not (breaks_off(window.data, window.at) and window.more()):
            return None
    window.at, start = found[-1][1], window.at
    texts = [window.data[begin:end].rstrip(SPACES) for begin, end in found]
    return Piece(window=window, texts=texts, whole=window.data[start : window.at], start=start)


def steps(data: bytes, at: int) -> list[tuple[int, int]]:
    """Where good values that follow each other begin, and the comma or bracket behind them."""
    found: list[tuple[int, int]] = []
    while (end := value_end(data, at)) is not None and data[end] in CLOSING_OR_COMMA:
        found.append((at, end))
        if data[end] != COMMA or (after := NO_SPACE.search(data, end + 1)) is None:
            break
        at = after.start()
    return found


def listed(whole: bytes) -> list[msgspec.Raw] | None:
    try:
        return TEXTS.decode(b"[" + whole + b"]")
    except (msgspec.DecodeError, RecursionError):
        return None


def counted(window: Window) -> Piece:
    """The sure way: at least one element, each looked at by itself if they are not good together."""
    while not (found := ends_in(window)):
        if not window.more():
            raise unended(window)
    start, stop = window.at, found[-1]
    whole = window.data[start:stop]
    texts: Sequence[Text] | None = listed(whole)
    if texts is None or len(texts) != len(found):
        begins = [start, *(end + 1 for end in found[:-1])]
        texts = [checked(window, begin, end) for begin, end in zip(begins, found, strict=True)]
    window.at = stop
    return Piece(window=window, texts=texts, whole=whole, start=start)


def ends_in(window: Window) -> list[int]:
    try:
        return ends(window.data, window.at)
    except TooDeepError as error:
        fact, remedy = "brackets stand more than 10,000 deep in each other", "Make flatter records."
        raise window.refusal("too_deep", fact, error.args[0], remedy) from None


def checked(window: Window, begin: int, end: int) -> bytes:
    """The element between two places, if it is one."""
    text = window.data[begin:end]
    begin += len(text) - len(text.lstrip(SPACES))
    text = text.strip(SPACES)
    if not text:
        raise window.broken(begin, "a value is missing")
    if found := fault(text):
        raise window.broken(begin + found[0], found[1])
    return text


def unended(window: Window) -> Exception:
    """The file is over in the middle of an element: it breaks off, or something is wrong in front of that."""
    text = window.data[window.at :].rstrip(SPACES)
    at, words = fault(text) or (len(text), "the list is never closed")
    return window.broken(window.at + at, words)
