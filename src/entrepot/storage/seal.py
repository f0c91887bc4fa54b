"""Reading sealed files back: decrypt, decompress, and never end well on a file that is damaged or cut short."""

from __future__ import annotations

import gzip
import os
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from entrepot.model.errors import AccessError, DamagedError
from entrepot.storage.age import decrypt_stream, wrong_key
from entrepot.storage.faults import reading, storing
from entrepot.storage.keys import Keys
from entrepot.storage.zstd import ZstdError, ZstdFile

SEALS = (".gz", ".zst", ".age")


def is_sealed(path: Path) -> bool:
    return path.name.endswith(SEALS)


@contextmanager
def open_sealed(path: Path, keys: Keys | None = None) -> Iterator[BinaryIO]:
    """The plain bytes, by what the endings of the name say. Reading to the end proves that all of it was there."""
    with reading(path):
        file = path.open("rb")
    try:
        with file as stored:
            if not path.name.endswith(".age"):
                yield _decompressed(stored, path.name)
                return
            with naming(path), decrypted(stored, (keys or Keys()).identities(path)) as plain:
                yield _decompressed(plain, path.name.removesuffix(".age"))
    except EOFError as error:
        raise DamagedError("truncated", f"{path.name} ends too early.", remedy="Get an undamaged copy.") from error
    except (gzip.BadGzipFile, zlib.error, ZstdError) as error:
        raise DamagedError("damaged", f"{path.name} is damaged: {error}.", remedy="Get an undamaged copy.") from error


def plain_copy(path: Path, work: Path, keys: Keys | None = None) -> Path:
    """The plain content as a file: `path` itself if nothing seals it, else a copy in `work`."""
    if not is_sealed(path):
        return path
    name = path.name
    while name.endswith(SEALS):
        name = name.rpartition(".")[0]
    copy = work / name
    with (
        storing(copy),
        open_sealed(path, keys) as source,
        copy.open("xb") as sink,
    ):
        copied(source, sink)
    return copy


def copied(source: BinaryIO, sink: BinaryIO) -> None:
    while block := source.read(1 << 20):
        sink.write(block)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Whoever decrypts knows no names."""
    try:
        yield
    except AccessError as error:
        raise wrong_key(path.name) if error.code == "wrong_key" else error from None


def _decompressed(stored: BinaryIO, name: str) -> BinaryIO:
    if name.endswith(".gz"):
        return cast("BinaryIO", gzip.GzipFile(fileobj=cast("BinaryIO", _Begun(stored))))
    if name.endswith(".zst"):
        return cast("BinaryIO", ZstdFile(stored))
    return stored


class _Begun:
    """What has no first byte was cut off, though to `gzip` it is an empty file."""

    def __init__(self, stored: BinaryIO) -> None:
        self._stored = stored
        self._begun = False

    def read(self, size: int = -1) -> bytes:
        block = self._stored.read(size)
        if not block and not self._begun:
            raise EOFError
        self._begun = True
        return block


@contextmanager
def decrypted(stored: BinaryIO, identities: Sequence[object]) -> Iterator[BinaryIO]:
    """age pushes into a sink, so it runs in a thread behind a pipe; its verdict is taken at the end of the data."""
    reading, writing = os.pipe()
    verdict = _Verdict()
    thread = threading.Thread(target=verdict.run, args=(stored, writing, identities), daemon=True)
    thread.start()
    plain = os.fdopen(reading, "rb")
    try:
        yield cast("BinaryIO", _Judged(plain, thread, verdict))
    finally:
        plain.close()
        thread.join()


class _Verdict:
    def __init__(self) -> None:
        self.error: BaseException | None = None

    def run(self, stored: BinaryIO, writing: int, identities: Sequence[object]) -> None:
        try:
            with os.fdopen(writing, "wb") as sink:
                decrypt_stream(stored, sink, identities)
        except BaseException as error:  # raised again by the reader, at the end of its data
            self.error = error


class _Judged:
    """A reader whose end is reached only if the decryption ended well."""

    def __init__(self, plain: BinaryIO, thread: threading.Thread, verdict: _Verdict) -> None:
        self._plain = plain
        self._thread = thread
        self._verdict = verdict

    def read(self, size: int = -1) -> bytes:
        block = self._plain.read(size)
        if size < 0 or len(block) < size:
            self._thread.join()
            if self._verdict.error is not None:
                raise self._verdict.error
        return block

    def readable(self) -> bool:
        return True
