"""An export's files and its receipt: complete under temporary names first, then published together, receipt last.

If the process dies before the end, the temporary files lose their holder and the next run in the folder sweeps
them. If it dies between two renames, every published file is whole, and the missing receipt tells that the
set is not.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from entrepot.model.errors import StorageError
from entrepot.model.ports import Sink
from entrepot.model.receipts import FileReceipt
from entrepot.storage.age import KEY_ENDING, fresh_key, lock_key, recipients_of
from entrepot.storage.disk import Disk
from entrepot.storage.faults import storing
from entrepot.storage.layers import Compressing, Encrypting, HashedFile, Layer, Sealing
from entrepot.storage.parts import create_part, sweep


@dataclass(kw_only=True)
class _Part:
    """A finished temporary file and what it will be."""

    path: Path
    final: Path
    descriptor: int
    receipt: FileReceipt


@dataclass(kw_only=True)
class Publication:
    """Fulfils `ports.Outlet`. Use it as a context; what `publish` did not reach by its end never existed."""

    target: Path
    """The one file, or the folder of several."""
    folder: bool = False
    sealing: Sealing = field(default_factory=Sealing)
    overwrite: bool = False
    disk: Disk = field(default_factory=Disk)
    _parts: list[_Part] = field(default_factory=list)

    def __enter__(self) -> Publication:
        home = self.target if self.folder else self.target.parent
        with storing(home):
            _make_folder(home)
        sweep(home)
        if not self.folder:
            self._must_be_free(self.target)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for part in self._parts:
            self._discard(part)
        self._parts.clear()

    @contextmanager
    def open(self, name: str, media_type: str) -> Iterator[Sink]:
        """A file of the publication; a single-file target keeps its own name, whatever the format calls it."""
        final = self.target / f"{name}{self.sealing.ending}" if self.folder else self.target
        self._must_be_free(final)
        recipients = recipients_of(self._public_keys(final))
        with self._part(final) as (part, lowest):
            layers = self._layers(lowest, recipients)
            try:
                yield layers
                layers.finish()
            except BaseException:
                layers.abandon()
                raise
            part.receipt = self._receipt(final, lowest, media_type)

    def files(self) -> tuple[FileReceipt, ...]:
        return tuple(part.receipt for part in self._parts)

    def publish(self, receipt: Path, content: bytes) -> None:
        """Everything gets its final name now; the receipt, which is last on the disk too, says that all of it is
        there. If one of them cannot get its name, those before it lose theirs again, unless they replaced a file."""
        self._must_be_free(receipt)
        with self._part(receipt) as (_, lowest):
            lowest.write(content)
            lowest.finish()
        *files, mark = self._parts
        try:
            with storing(receipt):
                self._forget(receipt)
            for group in (files, [mark]):
                self._name(group)
        except BaseException:
            for part in () if self.overwrite else self._parts:
                self._take_back(part)
            raise

    def _forget(self, receipt: Path) -> None:
        """Before the files that it speaks of are replaced, on the disk too."""
        if self.overwrite and receipt.exists():
            self.disk.remove(receipt)
            self.disk.sync_folder(receipt.parent)

    def _name(self, parts: list[_Part]) -> None:
        for part in parts:
            with storing(part.final):
                (self.disk.replace if self.overwrite else self.disk.publish)(part.path, part.final)
        for folder in {part.final.parent for part in parts}:
            with storing(folder):
                self.disk.sync_folder(folder)

    def _take_back(self, part: _Part) -> None:
        """Only what is our own file still: somebody else's under the same name stays."""
        with suppress(OSError):
            if os.path.samestat(os.fstat(part.descriptor), part.final.stat()):
                self.disk.remove(part.final)

    def _discard(self, part: _Part) -> None:
        """What cannot be removed now has no holder any more, so the next run sweeps it."""
        with suppress(OSError):
            self.disk.remove(part.path)
        os.close(part.descriptor)

    @contextmanager
    def _part(self, final: Path) -> Iterator[tuple[_Part, HashedFile]]:
        """A temporary file that is removed at once if the block fails."""
        path, descriptor = create_part(self.disk, final)
        part = _Part(path=path, final=final, descriptor=descriptor, receipt=_nothing(final))
        try:
            yield part, HashedFile(self.disk, descriptor, final)
        except BaseException:
            self._discard(part)
            raise
        self._parts.append(part)

    def _layers(self, lowest: HashedFile, recipients: list[object]) -> Layer:
        encrypted: Layer = Encrypting(recipients, lowest) if recipients else lowest
        compression = self.sealing.compression
        return Compressing(compression, encrypted) if compression else encrypted

    def _public_keys(self, final: Path) -> tuple[str, ...]:
        """The recipients; for a passphrase the public key of a fresh pair, whose locked half goes beside the file."""
        if self.sealing.passphrase is None:
            return self.sealing.recipients
        secret, public = fresh_key()
        beside = final.with_name(final.name + KEY_ENDING)
        self._must_be_free(beside)
        with self._part(beside) as (part, lowest):
            lowest.write(lock_key(secret, self.sealing.passphrase))
            lowest.finish()
            part.receipt = self._receipt(beside, lowest, "application/age")
        return (public,)

    def _receipt(self, final: Path, lowest: HashedFile, media_type: str) -> FileReceipt:
        return FileReceipt(name=final.name, bytes=lowest.size, sha256=lowest.sha256, media_type=media_type)

    def _must_be_free(self, final: Path) -> None:
        with storing(final):
            folder, taken = final.is_dir(), final.exists()
        if folder:
            raise StorageError(
                "is_folder", f"A folder has that name: {final}.", remedy="Give a file name, or end the path with /."
            )
        if taken and not self.overwrite:
            raise StorageError(
                "target_exists",
                f"{final} exists already.",
                remedy="Choose another name, or overwrite it on purpose (--overwrite).",
            )


def _make_folder(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:  # what has that name is no folder: another message than for a target
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(home)) from error


def _nothing(final: Path) -> FileReceipt:
    return FileReceipt(name=final.name, bytes=0, sha256="", media_type="")
