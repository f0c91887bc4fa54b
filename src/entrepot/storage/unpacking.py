"""gzip and zstd unpacked in blocks of limited size, to the true end: members, padding, junk and cuts told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol, cast

from entrepot.model.errors import DamagedError, EntrepotError, InputError

PACKED_BLOCK = 1 << 20
PLAIN_BLOCK = 4 << 20
"""No block that is given out is larger, whatever the file claims to hold."""
LARGEST_WINDOW_BITS = 27
"""128 MB of memory, what the zstd program allows unless told otherwise."""
GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
SKIPPABLE = bytes(range(0x50, 0x60))
"""First bytes of zstd frames that hold no data; the rest of their mark is always the same."""
SKIPPABLE_REST = b"\x2a\x4d\x18"


class Member(Protocol):
    """One gzip member or zstd frame."""

    @property
    def ended(self) -> bool: ...

    @property
    def rest(self) -> bytes:
        """What follows its end."""
        ...

    def feed(self, data: bytes) -> bytes:
        """Some of the plain bytes; to be called with nothing until it gives nothing."""
        ...


class GzipMember:
    def __init__(self) -> None:
        from isal import isal_zlib

        self._object = isal_zlib.decompressobj(wbits=31)

    @property
    def ended(self) -> bool:
        return self._object.eof

    @property
    def rest(self) -> bytes:
        return self._object.unused_data

    def feed(self, data: bytes) -> bytes:
        return self._object.decompress(self._object.unconsumed_tail + data, PLAIN_BLOCK)


class ZstdMember:
    def __init__(self) -> None:
        from entrepot.storage.zstd import DecompressionParameter, ZstdDecompressor

        self._object = ZstdDecompressor(options={DecompressionParameter.window_log_max: LARGEST_WINDOW_BITS})

    @property
    def ended(self) -> bool:
        return self._object.eof

    @property
    def rest(self) -> bytes:
        return self._object.unused_data

    def feed(self, data: bytes) -> bytes:
        return b"" if self.ended else self._object.decompress(data, PLAIN_BLOCK)


def packing(start: bytes) -> Callable[[], Member] | None:
    """What can unpack a file that starts like this; None if it is not packed."""
    if start.startswith(GZIP):
        return GzipMember
    if start.startswith(ZSTD) or (start[:1] in SKIPPABLE and start[1:4] == SKIPPABLE_REST):
        return ZstdMember
    return None


def unpacked(source: BinaryIO, name: str, begin: Callable[[], Member]) -> Iterator[bytes]:
    """All members of `source`, one behind the other. DamagedError unless it ends where the last one ends."""
    data = b""
    while data := _next_member(source, data, name, begin):
        member = begin()
        while not member.ended:
            yield from _fed(member, data, name)
            data = member.rest if member.ended else _more(source, name)


def _fed(member: Member, data: bytes, name: str) -> Iterator[bytes]:
    from isal import isal_zlib

    from entrepot.storage.zstd import ZstdError

    broken = (cast("type[Exception]", isal_zlib.IsalError), ZstdError)
    try:
        while plain := member.feed(data):
            yield plain
            data = b""
    except broken as error:
        raise _broken(name, str(error)) from error


def _more(source: BinaryIO, name: str) -> bytes:
    block = source.read(PACKED_BLOCK)
    if not block:
        raise DamagedError("truncated", f"{name} ends too early.", remedy="Get an undamaged copy.")
    return block


def _next_member(source: BinaryIO, data: bytes, name: str, begin: Callable[[], Member]) -> bytes:
    """The bytes from the start of the next member; nothing at the end. Tapes pad files with zeros."""
    data = data.lstrip(b"\0")
    while len(data) < len(ZSTD) and (block := source.read(PACKED_BLOCK)):
        data = (data + block).lstrip(b"\0")
    if data and packing(data) is not begin:
        raise DamagedError(
            "trailing_junk",
            f"Something follows behind the end of the packed data of {name}.",
            remedy="Get an undamaged copy; what is whole of it, `gzip -dc` or `zstd -dc` can get out.",
        )
    return data


def _broken(name: str, words: str) -> EntrepotError:
    if "too much memory" in words:
        return InputError(
            "window_too_large",
            f"{name} needs more than 128 MB of memory to be unpacked.",
            remedy="Unpack it yourself (zstd -d --long=31), then give the plain file.",
        )
    return DamagedError("damaged", f"{name} is damaged: {words}.", remedy="Get an undamaged copy.")
