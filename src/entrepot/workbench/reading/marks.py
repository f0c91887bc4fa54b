"""Byte order marks, and what text of two or four bytes a character looks like without one."""

from __future__ import annotations

import codecs

MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""The longer ones first: one begins like another."""
SURE = 0.3
"""So many of the bytes at even, or odd, places are zero in nearly all text of two bytes a character."""
RARE = 0.1


def mark_of(sample: bytes) -> tuple[str, int] | None:
    """The encoding that a mark names, and the mark's length."""
    return next(((name, len(mark)) for mark, name in MARKS if sample.startswith(mark)), None)


def wide_encoding(sample: bytes) -> tuple[str, int] | None:
    """As `mark_of` for encodings of two or four bytes, also without a mark."""
    if (marked := mark_of(sample)) and marked[0] != "utf-8":
        return marked
    half = len(sample) // 2
    if half < 2:
        return None
    even, odd = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if odd > SURE and even < RARE:
        return "utf-16-le", 0
    return ("utf-16-be", 0) if even > SURE and odd < RARE else None
