"""A file that somebody gives us, made plain: encrypted or compressed is what its content says, not its name.

Encrypted data is unpacked only after all of it has proven genuine. What is packed is bounded, because a small file can
claim to hold more than any disk does.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from entrepot.model.errors import InputError, StorageError
from entrepot.storage.faults import reading, storing
from entrepot.storage.keys import Keys
from entrepot.storage.seal import decrypted, naming
from entrepot.storage.unpacking import PLAIN_BLOCK, packing, unpacked

AGE = b"age-encryption.org/v1"
ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"
ENCRYPTED, COMPRESSED = "encrypted", "compressed"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How much may come out of a packed file."""

    always: int = 256 << 20
    """So many bytes are never too many."""
    ratio: int = 250
    """Beyond that, at most so many for each packed byte; tables reach 5 to 20, endless repetition 1,000 and more."""
    room: float = 0.9
    """The part of the free disk that may be used."""


class Told(Protocol):
    def __call__(self, size: int, /) -> object: ...


def _nobody(_size: int) -> None: ...


def plain_file(
    path: Path,
    work: Path,
    keys: Keys | None = None,
    *,
    given: Path | None = None,
    bounds: Bounds | None = None,
    told: Told = _nobody,
) -> Path:
    """The plain content of `path`: itself if nothing seals it, else a copy in the private folder `work`.

    `given` is the name that the user knows if `path` is a copy of ours; a locked key lies beside it. `told` hears the
    size of every block, and may raise.
    """
    file = _Sealed(given or path, keys or Keys(), bounds or Bounds(), told)
    found, done = path, list[str]()
    try:
        while (seal := seal_of(found)) is not None:
            file.refuse_twice(seal, done)
            done.append(seal)
            plain = work / f"plain-{len(done)}"
            file.open(found, seal, plain)
            _forget(found, path)
            found = plain
    except BaseException:
        _forget(found, path)
        raise
    return found


def _forget(found: Path, path: Path) -> None:
    """What was only on the way; never what we were given."""
    if found != path:
        found.unlink()


def seal_of(path: Path) -> str | None:
    """`encrypted`, `compressed`, or None for what is plain."""
    with reading(path), path.open("rb") as file:
        start = file.read(len(ARMOR))
    if start.startswith((AGE, ARMOR)):
        return ENCRYPTED
    return COMPRESSED if packing(start) else None


@dataclass(frozen=True)
class _Sealed:
    given: Path
    keys: Keys
    bounds: Bounds
    told: Told

    def open(self, path: Path, seal: str, plain: Path) -> None:
        """Write what `seal` covers to `plain`; nothing is left of it if that fails."""
        room = int(shutil.disk_usage(plain.parent).free * self.bounds.room)
        try:
            with reading(path), path.open("rb") as source, storing(plain), plain.open("xb", buffering=0) as sink:
                blocks = self._decrypted(source) if seal == ENCRYPTED else self._unpacked(source, path.stat().st_size)
                self._write(blocks, sink, room)
        except BaseException:
            plain.unlink(missing_ok=True)
            raise

    def _write(self, blocks: Iterator[bytes], sink: BinaryIO, room: int) -> None:
        for block in blocks:
            room -= len(block)
            if room < 0:
                raise StorageError(
                    "insufficient_storage",
                    f"What {self.given.name} holds does not fit on the disk of the work folder.",
                    remedy="Make room, or set TMPDIR to a larger place.",
                )
            rest = memoryview(block)
            while rest:
                rest = rest[sink.write(rest) :]
            self.told(len(block))

    def _decrypted(self, source: BinaryIO) -> Iterator[bytes]:
        with naming(self.given), decrypted(source, self.keys.identities(self.given)) as plain:
            while block := plain.read(PLAIN_BLOCK):
                yield block

    def _unpacked(self, source: BinaryIO, packed: int) -> Iterator[bytes]:
        begin = packing(source.read(len(ARMOR)))
        assert begin is not None
        source.seek(0)
        most, size = max(self.bounds.always, packed * self.bounds.ratio), 0
        for block in unpacked(source, self.given.name, begin):
            size += len(block)
            if size > most:
                raise InputError(
                    "decompression_bomb",
                    f"{self.given.name} has {packed} bytes and holds more than {most}.",
                    remedy="If you trust it, unpack it yourself and give the plain file.",
                )
            yield block

    def refuse_twice(self, seal: str, done: list[str]) -> None:
        """Files that unpack to packed files could go on for ever."""
        if seal in done:
            fact = f"{self.given.name} is {seal} twice."
            raise InputError("sealed_twice", fact, remedy="Undo that once, then give the result.")
