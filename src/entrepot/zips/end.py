"""The end of a ZIP, which says where its directory lies. Nothing may follow it, and nothing in it may contradict."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from entrepot.zips.bytes import FULL_16, FULL_32, damaged, read_exactly

END = struct.Struct("<4sHHHHIIH")
END_64 = struct.Struct("<4sQHHIIQQQQ")
LOCATOR_64 = struct.Struct("<4sIQI")
END_MARK, END_64_MARK, LOCATOR_MARK = b"PK\5\6", b"PK\6\6", b"PK\6\7"
LONGEST_COMMENT = 0xFFFF
LARGEST_DIRECTORY_BYTES = 256 << 20
SMALLEST_ENTRY_BYTES = 46
MOST_MEMBERS = 1_000_000
"""Each takes about a kilobyte of memory while the archive is looked at."""

EndRecord = tuple[bytes, int, int, int, int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Where the directory lies."""

    entries: int
    start: int
    size: int

    @property
    def end(self) -> int:
        return self.start + self.size


def find_directory(file: BinaryIO, size: int) -> Directory:
    """From the record at the very end of the file, which nothing may follow."""
    place, end = find_end(file, size)
    _, disk, first_disk, here, entries, length, start, _ = end
    if place >= LOCATOR_64.size:
        locator = read_exactly(file, place - LOCATOR_64.size, LOCATOR_64.size, "the ZIP64 locator")
        if locator.startswith(LOCATOR_MARK):
            return find_directory_64(file, place - LOCATOR_64.size, locator, end)
    if (disk, first_disk) != (0, 0) or here != entries:
        raise damaged("zip_multi_disk", f"the archive is said to span several disks (disk {disk})", byte=place)
    found = Directory(entries=entries, start=start, size=length)
    return bounded(found, place)


def find_end(file: BinaryIO, size: int) -> tuple[int, EndRecord]:
    tail_start = max(0, size - END.size - LONGEST_COMMENT)
    tail = read_exactly(file, tail_start, size - tail_start, "the end record")
    at = tail.rfind(END_MARK)
    if at < 0 or at + END.size > len(tail):
        raise damaged("not_a_zip", "there is no end record: it is no ZIP, or it is cut off", byte=size)
    end = END.unpack_from(tail, at)
    if at + END.size + end[-1] != len(tail):
        found = len(tail) - at - END.size
        fact = f"the comment at the end should have {end[-1]} bytes and has {found}: bytes were added or lost"
        raise damaged("zip_trailing_bytes", fact, byte=tail_start + at)
    return tail_start + at, end


def find_directory_64(file: BinaryIO, place: int, locator: bytes, end: EndRecord) -> Directory:
    _, disk, start, disks = LOCATOR_64.unpack(locator)
    if disk or disks > 1:
        raise damaged("zip_multi_disk", f"the archive is said to span {disks} disks", byte=place)
    record = END_64.unpack(read_exactly(file, min(start, place), END_64.size, "the ZIP64 end record"))
    mark, length, _, _, disk, first_disk, here, entries, size, first = record
    if mark != END_64_MARK or start + 12 + length != place:
        raise damaged("zip64_end_damaged", "the ZIP64 end record has a wrong signature, place or length", byte=start)
    if disk or first_disk or here != entries:
        raise damaged("zip_multi_disk", "the archive is said to span several disks", byte=start)
    short = ((end[3], here, FULL_16), (end[4], entries, FULL_16), (end[5], size, FULL_32), (end[6], first, FULL_32))
    if any(said not in (number, full) for said, number, full in short) or end[1] or end[2]:
        raise damaged("zip64_end_damaged", "the two end records disagree", byte=start)
    return bounded(Directory(entries=entries, start=first, size=size), start)


def bounded(found: Directory, limit: int) -> Directory:
    """The directory ends exactly where the end records begin."""
    if found.end != limit:
        fact = f"the directory should end at byte {limit:,}, but is said to end at {found.end:,}"
        raise damaged("zip_directory_misplaced", fact, byte=found.start)
    if found.size > LARGEST_DIRECTORY_BYTES or found.entries * SMALLEST_ENTRY_BYTES > found.size:
        raise damaged("zip_directory_size", f"{found.entries:,} members do not fit its directory", byte=found.start)
    if found.entries > MOST_MEMBERS:
        fact = f"{found.entries:,} members are declared; at most {MOST_MEMBERS:,} are looked at"
        raise damaged("zip_too_many_members", fact, byte=found.start)
    return found
