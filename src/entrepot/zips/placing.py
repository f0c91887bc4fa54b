"""Where members lie: side by side in the file, each with two headers that agree, without overlaps or gaps."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from entrepot.model.errors import DamagedError
from entrepot.model.problems import Problem
from entrepot.zips.bytes import FULL_32, finding, read_exactly
from entrepot.zips.headers import Header, local_header

UNIX = 3
DESCRIPTOR = 1 << 3
DESCRIPTOR_MARK = b"PK\7\x08"
FIXED_DATE = (33, 0)
FIXED_ATTRIBUTES = 0o644 << 16
FIXED_EXTRA = struct.pack("<HHQQ", 1, 16, 0, 0)
"""How `formats.zipping` writes what carries no meaning."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A member whose place in the file is known."""

    header: Header
    start: int
    """Where its stored bytes begin."""
    as_written_here: bool
    """All of its headers are as this project writes them, so that no bit of them can change unseen."""

    @property
    def name(self) -> str:
        return self.header.name

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


class Placed:
    """Members in the order of the file: each must begin where the one before it ends."""

    def __init__(self, *, file: BinaryIO, end: int) -> None:
        self.file, self.end = file, end
        self.problems: list[Problem] = []

    def entries(self, headers: list[Header]) -> tuple[Entry, ...]:
        """In the directory's order."""
        ordered = sorted(headers, key=lambda header: header.offset)
        limits = [*(header.offset for header in ordered), self.end]
        if limits[0] != 0:
            self.problems.append(finding("zip_leading_bytes", "bytes stand before the first member", byte=0))
        placed = {id(h): self.place(h, limit) for h, limit in zip(ordered, limits[1:], strict=True)}
        return tuple(entry for header in headers if (entry := placed[id(header)]) is not None)

    def place(self, header: Header, limit: int) -> Entry | None:
        if header.offset >= self.end:
            fact = f"its place, byte {header.offset:,}, is beyond the members (unexpected end)"
            self.problems.append(finding("zip_beyond_end", fact, header.name))
            return None
        try:
            local = local_header(self.file, header)
        except DamagedError as error:
            self.problems += error.problems
            return None
        start = header.offset + local.length
        self.problems += differences(header, local)
        exact = self.check_border(header, start + header.stored, limit)
        return Entry(header=header, start=start, as_written_here=exact and usual(header, local))

    def check_border(self, header: Header, end: int, limit: int) -> bool:
        """Whether a data descriptor with a signature ends the member. Between its data and the next header nothing
        else may stand."""
        if end > self.end:
            fact = f"its data overflows the file: byte {end:,} of {self.end:,}"
            self.problems.append(finding("zip_beyond_end", fact, header.name))
        elif end > limit:
            self.problems.append(finding("zip_overlap", "its data overlaps the next member", header.name, limit))
        elif end < limit or header.flags & DESCRIPTOR:
            between = read_exactly(self.file, end, min(limit - end, 64), "a data descriptor")
            if not any(record.endswith(between) for record in descriptors(header)):
                fact = "what follows its data is not a record of its size and checksum"
                self.problems.append(finding("zip_gap", fact, header.name, end))
            return between.startswith(DESCRIPTOR_MARK)  # a part of a record is harmless, but not ours
        return False


def descriptors(header: Header) -> tuple[bytes, ...]:
    """The forms of a data descriptor: with or without a signature, with sizes of 32 or 64 bits."""
    sizes = (header.crc, header.stored, header.size)
    wide = struct.pack("<IQQ", *sizes)
    narrow = struct.pack("<III", *sizes) if max(sizes) <= FULL_32 else wide
    return (DESCRIPTOR_MARK + narrow, DESCRIPTOR_MARK + wide, narrow, wide)


def differences(header: Header, local: Header) -> Iterator[Problem]:
    """Sizes and checksum may be missing in front of the data only if they stand behind it."""
    later = {0} if header.flags & DESCRIPTOR else set[int]()
    agree = {
        "name": header.raw_name == local.raw_name and header.name == local.name,
        "flags": header.flags == local.flags,
        "compression method": header.method == local.method,
        "date": header.modified == local.modified,
        "checksum": local.crc in {header.crc} | later,
        "compressed size": local.stored in {header.stored} | later,
        "size": local.size in {header.size} | later,
    }
    different = [what for what, same in agree.items() if not same]
    if different:
        fact = f"its local header and the directory disagree on its {', '.join(different)}"
        yield finding("zip_local_differs", fact, header.name, header.offset)


def usual(header: Header, local: Header) -> bool:
    """Whether everything that carries no meaning is as `formats.zipping` writes it."""
    return (
        not header.odd
        and header.modified == FIXED_DATE
        and header.attributes == FIXED_ATTRIBUTES
        and header.system == UNIX
        and header.needed == local.needed
        and local.extra == FIXED_EXTRA
        and (not header.extra or header.extra[:2] == FIXED_EXTRA[:2])
    )
