"""A file being written, as layers: compress → encrypt → hash and write. Each has `write` and `finish`."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from entrepot.storage.age import encrypt_stream
from entrepot.storage.disk import Disk
from entrepot.storage.faults import storing
from entrepot.storage.flushing import Flushing

ENDINGS = {"gzip": ".gz", "zstd": ".zst"}
BLOCK = 256 * 1024
"""Small chunks are gathered to blocks of this size before they cost a system call."""
LARGE = 128 * 1024
"""A chunk that is written as it is: to put two of them together costs more than to write twice."""


class Layer(Protocol):
    def write(self, data: bytes, /) -> object: ...

    def finish(self) -> None:
        """No more data: pass on what is held back. Called once, unless writing failed."""
        ...

    def abandon(self) -> None:
        """Writing failed: let go of everything, quietly."""
        ...


@dataclass(frozen=True, kw_only=True)
class Sealing:
    """How files are sealed. What is encrypted opens with any of the recipients' keys, and with the passphrase."""

    compression: str | None = None
    """`gzip` or `zstd`."""
    recipients: tuple[str, ...] = ()
    """age public keys."""
    passphrase: str | None = None

    @property
    def encrypted(self) -> bool:
        return bool(self.recipients) or self.passphrase is not None

    @property
    def ending(self) -> str:
        return ENDINGS.get(self.compression or "", "") + (".age" if self.encrypted else "")


class HashedFile:
    """The lowest layer: bytes on the disk, counted and hashed."""

    def __init__(self, disk: Disk, descriptor: int, path: Path) -> None:
        self._disk = disk
        self._descriptor = descriptor
        self._path = path
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._hash = hashlib.sha256()
        self._flushing = Flushing(disk, descriptor)
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes, /) -> int:
        if len(data) >= LARGE:
            self._flush()
            self._put(data)
            return len(data)
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes >= BLOCK:
            self._flush()
        return len(data)

    def finish(self) -> None:
        self._flush()
        with storing(self._path):
            self._flushing.finish()

    def abandon(self) -> None:
        self._held.clear()
        self._flushing.leave()

    def _flush(self) -> None:
        if self._held:
            block = b"".join(self._held)
            self._held.clear()
            self._held_bytes = 0
            self._put(block)

    def _put(self, block: bytes) -> None:
        self._hash.update(block)
        self.size += len(block)
        rest = memoryview(block)
        with storing(self._path):
            while rest:
                rest = rest[self._disk.write(self._descriptor, rest) :]
        self._flushing.note(len(block))


class Compressing:
    """gzip or zstd, at the level that costs no wall time beside a database. It takes the bytes in blocks of one size,
    because what ISA-L makes of them depends on the pieces that it is given, and those on who read the rows."""

    def __init__(self, compression: str, below: Layer) -> None:
        self._below = below
        self._compressor = _compressor(compression)
        self._held: list[bytes | memoryview] = []
        self._held_bytes = 0

    def write(self, data: bytes, /) -> int:
        rest: bytes | memoryview = data
        while self._held_bytes + len(rest) >= BLOCK:
            whole = memoryview(rest)
            missing = BLOCK - self._held_bytes
            self._held.append(whole[:missing])
            self._compress()
            rest = whole[missing:]
        self._held.append(rest)
        self._held_bytes += len(rest)
        return len(data)

    def finish(self) -> None:
        self._compress()
        self._below.write(self._compressor.flush())
        self._below.finish()

    def _compress(self) -> None:
        """Everything that is held."""
        block = b"".join(self._held)
        self._held.clear()
        self._held_bytes = 0
        compressed = self._compressor.compress(block) if block else b""
        if compressed:
            self._below.write(compressed)

    def abandon(self) -> None:
        self._below.abandon()


class Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


def _compressor(compression: str) -> Compressor:
    if compression == "gzip":
        from isal import isal_zlib

        return isal_zlib.compressobj(1, isal_zlib.DEFLATED, 16 + isal_zlib.MAX_WBITS)
    from entrepot.storage.zstd import CompressionParameter, ZstdCompressor

    # Unlike gzip, zstd writes no checksum unless asked to: a changed byte would read back as other rows.
    options: dict[int, int] = {CompressionParameter.compression_level: 1, CompressionParameter.checksum_flag: 1}
    return ZstdCompressor(options=options)


class Encrypting:
    """age pulls its input from a reader, so it runs in a thread behind a pipe."""

    def __init__(self, recipients: Sequence[object], below: Layer) -> None:
        self.below = below
        reading, self._writing = os.pipe()
        self._source = os.fdopen(reading, "rb")
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=copy_context().run, args=(self._run, recipients), daemon=True)
        self._thread.start()

    def write(self, data: bytes, /) -> int:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._writing, rest) :]
        except BrokenPipeError:
            self._end()
            self._raise()
        return len(data)

    def finish(self) -> None:
        self._end()
        self._raise()
        self.below.finish()

    def abandon(self) -> None:
        self._end()
        self.below.abandon()

    def _end(self) -> None:
        if self._thread.is_alive() or self._writing >= 0:
            _close(self._writing)
            self._writing = -1
            self._thread.join()

    def _raise(self) -> None:
        if self.error is not None:
            raise self.error

    def _run(self, recipients: Sequence[object]) -> None:
        try:
            encrypt_stream(self._source, _Remembering(self), recipients)
        except BaseException as error:  # handed to the writer's thread, which raises it
            self.error = self.error or error
        finally:
            self._source.close()


class _Remembering:
    """The layer below, as the library sees it: the library would wrap our errors into its own."""

    def __init__(self, owner: Encrypting) -> None:
        self._owner = owner

    def write(self, data: bytes, /) -> int:
        try:
            self._owner.below.write(data)
        except BaseException as error:
            self._owner.error = error
            raise
        return len(data)

    def flush(self) -> None:
        """Blocks are written when they are full."""


def _close(descriptor: int) -> None:
    if descriptor >= 0:
        os.close(descriptor)
