"""What every reading of a ZIP needs: its findings in words, and bytes that are really there."""

from __future__ import annotations

from typing import BinaryIO

from entrepot.model.errors import DamagedError
from entrepot.model.problems import Category, Place, Problem

FULL_16, FULL_32 = 0xFFFF, 0xFFFFFFFF
"""What stands where a number needs ZIP64."""


def damaged(code: str, fact: str, member: str | None = None, byte: int | None = None) -> DamagedError:
    problem = finding(code, fact, member, byte)
    return DamagedError(code, problem.message, remedy=problem.remedy, problems=(problem,))


def finding(code: str, fact: str, member: str | None = None, byte: int | None = None) -> Problem:
    return Problem(
        code=code,
        message=f"{member}: {fact}." if member is not None else f"In this ZIP, {fact}.",
        remedy="Get an undamaged copy, or export again.",
        category=Category.INTEGRITY,
        place=Place(file=member, byte=byte),
    )


def read_exactly(file: BinaryIO, start: int, size: int, what: str) -> bytes:
    file.seek(start)
    data = file.read(size)
    if len(data) < size:
        raise damaged("zip_truncated", f"the file ends within {what} (unexpected end)", byte=start)
    return data
