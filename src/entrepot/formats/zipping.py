"""A ZIP written front to back into any sink, deflated by isal: the outlet of workbooks and packages.

The archive is stdlib `zipfile` (data descriptors, ZIP64). One private seam, `_open_member`, gives the member a
faster compressor than zlib's: ten times faster at about the same size. If a Python moves that seam, the members are
deflated by zlib at level 1, and a test fails.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Protocol, cast

from isal import isal_zlib

from entrepot.model.errors import BugError
from entrepot.model.ports import Sink
from entrepot.model.receipts import FileReceipt

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date of every member: the same rows give the same bytes."""
PERMISSIONS = 0o644 << 16
UNIX = 3
SEAM = "_compressor"


class Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class ZipOutlet:
    """Members one after the other. Leaving the block without an error writes the central directory."""

    def __init__(self, sink: Sink, *, receipts: bool = True) -> None:
        self._receipts = receipts
        self._out = _Forward(sink)
        self._archive = zipfile.ZipFile(cast("IO[bytes]", self._out), "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self.files: list[FileReceipt] = []
        """What was written, in order: plain size and SHA-256 of each member. Empty without `receipts`."""

    def __enter__(self) -> ZipOutlet:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._out.abandoned = self._out.abandoned or error is not None
        self._archive.close()

    @contextmanager
    def open(self, name: str, media_type: str, *, stored: bool = False) -> Iterator[Sink]:
        """`stored` is for bytes that are compressed already. A member that fails makes the whole archive fail."""
        if name in self._archive.NameToInfo:
            raise BugError("member_twice", f"The archive already holds {name!r}.", remedy="Report this.")
        file = _open_member(self._archive, _entry(name, stored=stored))
        member = _Member(file) if self._receipts else None
        try:
            yield member or file
        except BaseException:
            self._out.abandoned = True
            raise
        finally:
            file.close()
        if member is not None:
            self.files.append(member.receipt(name, media_type))


class _Forward:
    """The sink as the unseekable file that zipfile writes to."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.abandoned = False
        """True after an error: nothing more is written, so what was written never becomes a whole archive."""

    def write(self, data: bytes) -> int:
        if not self.abandoned:
            self._sink.write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""


class _Member:
    """Counts and hashes the plain bytes on their way in."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = 0
        self.hash = hashlib.sha256()

    def write(self, data: bytes, /) -> int:
        self.size += len(data)
        self.hash.update(data)
        return self._file.write(data)

    def receipt(self, name: str, media_type: str) -> FileReceipt:
        return FileReceipt(name=name, bytes=self.size, sha256=self.hash.hexdigest(), media_type=media_type)


def _entry(name: str, *, stored: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EARLIEST)
    entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    entry.external_attr = PERMISSIONS
    entry.create_system = UNIX  # the same on every system
    return entry


def _open_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    """The private seam: a member writer's own compressor, the same from Python 3.11 to 3.14."""
    member = archive.open(entry, "w", force_zip64=True)
    if entry.compress_type == zipfile.ZIP_DEFLATED and hasattr(member, SEAM):
        setattr(member, SEAM, fast_deflate())
    return member


def fast_deflate() -> Compressor:
    """Raw deflate, as ZIP wants it."""
    return cast("Compressor", isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15))
