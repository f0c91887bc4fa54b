"""The two headers that a member has: in the directory, and in front of its bytes.

Nothing is believed here and nothing is skipped: a header that cannot be read to its last byte is an error.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from entrepot.zips.bytes import FULL_32, damaged, read_exactly
from entrepot.zips.end import Directory

CENTRAL = struct.Struct("<4sBBHHHHHIIIHHHHHII")
LOCAL = struct.Struct("<4sHHHHHIIIHH")
CENTRAL_MARK, LOCAL_MARK = b"PK\1\2", b"PK\3\4"
UTF_8 = 1 << 11
ZIP_64_EXTRA, UNICODE_PATH_EXTRA = 0x0001, 0x7075


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """What the directory, or the header in front of a member, says about the member."""

    raw_name: bytes
    name: str
    flags: int
    method: int
    modified: tuple[int, int]
    crc: int
    stored: int
    """Bytes in the archive."""
    size: int
    """Bytes of the plain content."""
    offset: int
    """Where its local header begins."""
    needed: int
    system: int = 0
    attributes: int = 0
    length: int = 0
    """Of the header itself."""
    extra: bytes = b""
    disk: int = 0
    odd: bool = False
    """A field that we write in one way only says something else: comment, version, inner attributes."""


def read_entries(file: BinaryIO, directory: Directory) -> Iterator[Header]:
    data = read_exactly(file, directory.start, directory.size, "the directory")
    at = 0
    for _ in range(directory.entries):
        header = central_header(data, at, directory.start)
        at += header.length
        yield header
    if at != len(data):
        raise damaged("zip_directory_size", "the directory is longer than its members", byte=directory.start + at)


def central_header(data: bytes, at: int, base: int) -> Header:
    if len(data) < at + CENTRAL.size or data[at : at + 4] != CENTRAL_MARK:
        raise damaged("zip_directory_signature", "a directory entry has a wrong signature", byte=base + at)
    (
        _, version, system, needed, flags, method, clock, date, crc, stored, size,
        name_length, extra_length, comment_length, disk, inner, attributes, offset,
    ) = CENTRAL.unpack_from(data, at)  # fmt: skip
    length = CENTRAL.size + name_length + extra_length + comment_length
    if at + length > len(data):
        raise damaged("zip_directory_size", "a directory entry goes beyond the directory", byte=base + at)
    names_end = at + CENTRAL.size + name_length
    raw, extra = data[at + CENTRAL.size : names_end], data[names_end : names_end + extra_length]
    size, stored, offset = widened((size, stored, offset), extra, decoded(raw, flags))
    name = named(raw, flags, extra)
    return Header(
        raw_name=raw, name=name, flags=flags, method=method, modified=(date, clock), crc=crc, stored=stored, size=size,
        offset=offset, needed=needed, system=system, attributes=attributes, length=length, extra=extra,
        disk=disk, odd=bool(comment_length or inner) or version not in {20, 45},
    )  # fmt: skip


def local_header(file: BinaryIO, entry: Header) -> Header:
    """The header in front of a member's bytes."""
    fixed = read_exactly(file, entry.offset, LOCAL.size, f"the header of {entry.name}")
    mark, needed, flags, method, clock, date, crc, stored, size, name_length, extra_length = LOCAL.unpack(fixed)
    if mark != LOCAL_MARK:
        raise damaged("zip_local_signature", "its local header has a wrong signature", entry.name, entry.offset)
    rest = file.read(name_length + extra_length)
    raw, extra = rest[:name_length], rest[name_length:]
    extra = extra[: fields_end(extra)]
    size, stored = widened((size, stored), extra, decoded(raw, flags))
    name = named(raw, flags, extra)
    return Header(
        raw_name=raw, name=name, flags=flags, method=method, modified=(date, clock), crc=crc, stored=stored, size=size,
        offset=entry.offset, needed=needed, length=LOCAL.size + name_length + extra_length, extra=extra,
    )  # fmt: skip


def extras(extra: bytes, name: str) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(extra):
        if at + 4 > len(extra):
            raise damaged("zip_extra_field", "an extra field goes beyond its buffer", name)
        kind, length = struct.unpack_from("<HH", extra, at)
        at += 4
        if at + length > len(extra):
            raise damaged("zip_extra_field", "the length of an extra field goes beyond its buffer", name)
        yield kind, extra[at : at + length]
        at += length


def fields_end(extra: bytes) -> int:
    """Where the fields end. In front of a member, up to three bytes of padding may follow (aligned archives)."""
    at = 0
    while at + 4 <= len(extra):
        at += 4 + int.from_bytes(extra[at + 2 : at + 4], "little")
    return min(at, len(extra))


def widened(numbers: tuple[int, ...], extra: bytes, name: str) -> list[int]:
    """Numbers that do not fit 32 bits stand in the ZIP64 field, in this order."""
    field = next((data for kind, data in extras(extra, name) if kind == ZIP_64_EXTRA), None)
    if field is None:
        return list(numbers)
    wanted = [at for at, number in enumerate(numbers) if number == FULL_32]
    if len(field) < 8 * len(wanted):
        lacking = ("size", "compressed size", "header offset")[wanted[len(field) // 8]]
        raise damaged("zip64_extra_field", f"its ZIP64 field does not include its {lacking}", name)
    wide = dict(zip(wanted, struct.unpack_from(f"<{len(wanted)}Q", field), strict=True))
    return [wide.get(at, number) for at, number in enumerate(numbers)]


def decoded(raw: bytes, flags: int) -> str:
    return raw.decode("utf-8" if flags & UTF_8 else "cp437", errors="replace")


def named(raw: bytes, flags: int, extra: bytes) -> str:
    """UTF-8 where the header says so, code page 437 otherwise; a valid Unicode path field overrules both."""
    plain = decoded(raw, flags)
    for kind, data in extras(extra, plain):
        if kind == UNICODE_PATH_EXTRA and len(data) > 5 and data[:5] == b"\1" + zlib.crc32(raw).to_bytes(4, "little"):
            return data[5:].decode("utf-8", errors="replace")
    return plain
