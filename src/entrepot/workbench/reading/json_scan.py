"""Where JSON values end, by their brackets and quotes alone: the slow and sure way, for any depth.

Whether a value is good JSON is msgspec's to say. It skips over values without making anything of them, and refuses
all that the standard refuses but two things: bytes that are no UTF-8, which are found before, and depth.
"""

from __future__ import annotations

import re

import msgspec

TOKEN = re.compile(rb'[\[\]{},]|"[^"\\]*+(?:\\.[^"\\]*+)*+("?)', re.DOTALL)
"""A bracket, a comma or a whole string; the group is empty where a string does not end."""
STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
LONE = re.compile(
    rb"\\u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}"
    rb"|(\\u[Dd][89A-Fa-f][0-9A-Fa-f]{2})"
    rb"|\\[^u]",
    re.DOTALL,
)
"""Escapes: a pair of surrogates, a surrogate alone (the group), or another."""
RAW = msgspec.json.Decoder(msgspec.Raw)
BYTE = re.compile(r" \(byte (\d+)\)$")
REPLACEMENT = rb"\ufffd"
ABYSS = 10_000
"""Nobody waits for the end of a value in which brackets stand deeper."""
TRAILING = "trailing characters"
"""Told with the place behind the first of them."""
NO_NUMBER = re.compile(rb"NaN|-?Infinity")
OPENING, CLOSING, COMMA = b"[{", b"]}", b","
OTHERS = bytes(set(range(256)) - set(OPENING + CLOSING))


class TooDeepError(Exception):
    """At the place that is its argument."""


def ends(data: bytes, at: int) -> list[int]:
    """Where the values that follow each other end, up to the closing bracket behind the last: each the place of a
    comma or of that bracket. A value that does not end in `data` is left out."""
    found: list[int] = []
    depth = 0
    for match in TOKEN.finditer(data, at):
        token = match[0]
        if token in OPENING:
            depth += 1
            if depth > ABYSS:
                raise TooDeepError(match.start())
        elif token in CLOSING and depth:
            depth -= 1
        elif token in CLOSING:
            return [*found, match.start()]
        elif token == COMMA:
            found += [] if depth else [match.start()]
        elif not match[1]:
            break
    return found


def value_end(data: bytes, at: int) -> int | None:
    """What follows the good value that begins at a place: msgspec says where, when it refuses it. None where the value
    is not good, or may go on behind `data`."""
    try:
        RAW.decode(memoryview(data)[at:])
    except msgspec.DecodeError as error:
        place = BYTE.search(str(error)) if TRAILING in str(error) else None
        return at + int(place[1]) - 1 if place else None
    except RecursionError:
        return None
    return None


def breaks_off(data: bytes, at: int) -> bool:
    """Whether a value is good as far as it is there, but not all of it is."""
    try:
        RAW.decode(memoryview(data)[at:])
    except RecursionError:
        return False
    except msgspec.DecodeError as error:
        return BYTE.search(str(error)) is None
    return False


def is_deep(text: bytes, most: int) -> bool:
    """Whether brackets stand more than `most` deep in each other. Taking the innermost pairs away, again and again,
    answers for nearly all; a bracket within a string may keep it from ending."""
    brackets = text.translate(None, OTHERS)
    for _ in range(most // 2):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return depth(text) > most


def depth(data: bytes) -> int:
    now = deepest = 0
    for match in TOKEN.finditer(data):
        now += (match[0] in OPENING) - (match[0] in CLOSING)
        deepest = max(deepest, now)
    return deepest


def fault(text: bytes) -> tuple[int, str] | None:
    """Where a value is no JSON, and why. Faults of the record alone, which has a clear end, are none: a surrogate
    without its other half, and brackets too deep to be looked into."""
    try:
        RAW.decode(text)
    except RecursionError:
        return None
    except msgspec.DecodeError as error:
        if mended := without_lone_surrogates(text):
            return fault(mended)
        return explained(text, str(error))
    return None


def explained(text: bytes, words: str) -> tuple[int, str]:
    """msgspec's words, or better ones where other programs often write what is no JSON."""
    if not (place := BYTE.search(words)):
        return len(text), "it breaks off here"
    at, words = int(place[1]), BYTE.sub("", words).removeprefix("JSON is malformed: ")
    if words == TRAILING:
        return at - 1, "something follows the value, or a comma is missing"
    if name := NO_NUMBER.match(text, at - 1) or NO_NUMBER.match(text, at):
        return name.start(), f"{name[0].decode()} is no JSON; write null or a text"
    return at, words


def without_lone_surrogates(text: bytes) -> bytes | None:
    """The text with others in their place; None if there are none."""

    def other(match: re.Match[bytes]) -> bytes:
        return REPLACEMENT if match[1] else match[0]

    mended = LONE.sub(other, text)
    return mended if mended != text else None
