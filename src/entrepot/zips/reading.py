"""A member's plain bytes: exactly as many as declared, with the declared checksum, or an error."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from entrepot.model.receipts import FileReceipt
from entrepot.zips.bytes import damaged
from entrepot.zips.checks import DEFLATED, Archive, Entry

BLOCK_BYTES = 1 << 20


def member_blocks(archive: Archive, entry: Entry) -> Iterator[bytes]:
    with archive.path.open("rb") as file:
        file.seek(entry.start)
        header, size, crc = entry.header, 0, 0
        plain = inflated(file, entry) if header.method == DEFLATED else stored(file, entry)
        for block in plain:
            size += len(block)
            crc = zlib.crc32(block, crc)
            if size > header.size:
                fact = f"there are too many bytes: {header.size:,} are declared, at least {size:,} came out"
                raise damaged("zip_too_long", fact, entry.name)
            yield block
    if size != header.size:
        fact = f"there are not enough bytes: {header.size:,} are declared, only {size:,} came out"
        raise damaged("zip_too_short", fact, entry.name)
    if crc != header.crc:
        raise damaged("zip_checksum", "its content does not have the checksum that the archive declares", entry.name)


def stored(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    left = entry.header.stored
    while left:
        block = file.read(min(left, BLOCK_BYTES))
        if not block:
            raise damaged("zip_truncated", "the file ends within its data", entry.name)
        left -= len(block)
        yield block


def inflated(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """At most a block at a time, whatever the stored bytes claim to unfold to."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for data in stored(file, entry):
            rest = data
            while rest and not inflater.eof:
                yield inflater.decompress(rest, BLOCK_BYTES)
                rest = inflater.unconsumed_tail
        while not inflater.eof and (block := inflater.decompress(b"", BLOCK_BYTES)):
            yield block
    except zlib.error as error:
        raise damaged("zip_data", f"its compressed data is damaged ({error})", entry.name) from error
    if not inflater.eof:
        raise damaged("zip_truncated", "its compressed data breaks off (unexpected end)", entry.name)
    if inflater.unused_data:
        raise damaged("zip_gap", "bytes stand behind the end of its compressed data", entry.name)


def extract(archive: Archive, entry: Entry, target: Path) -> FileReceipt:
    """The member as a file at `target`, a path of ours: a member's name is never used as one."""
    with target.open("xb") as sink:
        return measured(archive, entry, sink)


def measured(archive: Archive, entry: Entry, sink: BinaryIO | None = None) -> FileReceipt:
    """Size and SHA-256 of a member, read to its end."""
    size, digest = 0, hashlib.sha256()
    for block in member_blocks(archive, entry):
        size += len(block)
        digest.update(block)
        if sink is not None:
            sink.write(block)
    return FileReceipt(name=entry.name, bytes=size, sha256=digest.hexdigest(), media_type="")


def member_bytes(archive: Archive, entry: Entry, most: int) -> bytes:
    """A small member as a whole."""
    if entry.header.size > most:
        raise damaged("member_too_large", f"it has {entry.header.size:,} bytes; at most {most:,} are read", entry.name)
    return b"".join(member_blocks(archive, entry))
