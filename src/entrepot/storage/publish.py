"""An export's files and its receipt: complete under temporary names first, then published together, receipt last.

If the process dies before the end, the temporary files lose their holder and the next run in the folder sweeps
them. If it dies between two renames, every published file is whole, and the missing receipt tells that the
set is not.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import TracebackType

from entrepot.model.ports import Sink
from entrepot.model.receipts import FileReceipt
from entrepot.storage.age import fresh_key, lock_key, recipients_of
from entrepot.storage.disk import Disk
from entrepot.storage.faults import storing
from entrepot.storage.finished import Outdated, Part
from entrepot.storage.free_names import check_free, look
from entrepot.storage.guard import Guard
from entrepot.storage.idle_keys import idle_keys
from entrepot.storage.key_files import FOLDER_STEM, LOCKED_KEY, key_names
from entrepot.storage.layers import Compressing, Encrypting, HashedFile, Layer, Sealing
from entrepot.storage.parts import part_folder, sweep


@dataclass(kw_only=True)
class Publication:
    """Fulfils `ports.Outlet`. Use it as a context; what `publish` did not reach by its end never existed."""

    target: Path
    """The one file, or the folder of several."""
    folder: bool = False
    sealing: Sealing = field(default_factory=Sealing)
    overwrite: bool = False
    expected: tuple[Path, ...] = ()
    """Final names that will be needed besides, as far as they are known: looked at before anything is written."""
    guard: Guard = field(default_factory=Guard)
    disk: Disk = field(default_factory=Disk)
    _parts: list[Part] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _stack: ExitStack = field(default_factory=ExitStack)
    _room: Path = field(default_factory=Path)
    _recipients: list[object] | None = None

    def __enter__(self) -> Publication:
        home = self._home
        for final in self._known():
            self._must_be_free(final)
        with storing(home):
            _make_folder(home)
        sweep(home)
        self._room = self._stack.enter_context(part_folder(home, self.target.name))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What cannot be removed now has no holder any more, so the next run sweeps it."""
        self._parts.clear()
        self._stack.close()

    @contextmanager
    def open(self, name: str, media_type: str) -> Iterator[Sink]:
        """A file of the publication; a single-file target keeps its own name, whatever the format calls it."""
        final = self.target / f"{name}{self.sealing.ending}" if self.folder else self.target
        self._must_be_free(final)
        recipients = self._keys()
        with self._part(final, media_type) as lowest:
            layers = self._layers(lowest, recipients)
            try:
                yield layers
                layers.finish()
            except BaseException:
                layers.abandon()
                raise

    def files(self) -> tuple[FileReceipt, ...]:
        return tuple(part.receipt for part in self._parts)

    @property
    def room(self) -> Path:
        """Where everything is until it has its name; without it nothing gets one, and nothing is taken away."""
        return self._room

    def publish(self, receipt: Path, content: bytes, outdated: Sequence[Outdated] = ()) -> None:
        """Everything gets its final name now; the receipt, which is last on the disk too, says that all of it is
        there. If one of them cannot get its name, those before it lose theirs again, unless they replaced a file.
        Keys come first, so that no file is ever without the one that opens it."""
        self._must_be_free(receipt)
        with self._part(receipt, "application/json") as lowest:
            lowest.write(content)
            lowest.finish()
        *parts, mark = self._parts
        try:
            self._name([part for part in parts if part.is_key], self.disk.publish)
            for each in (*outdated, Outdated(receipt=receipt)) if self.overwrite else ():
                with storing(each.receipt):
                    self._forget(each)
            for group in ([part for part in parts if not part.is_key], [mark]):
                self._name(group, self.disk.replace if self.overwrite else self.disk.publish)
        except BaseException:
            for part in () if self.overwrite else self._parts:
                self._take_back(part)
            raise
        if self.overwrite:
            with suppress(OSError):  # one that stays does no harm
                self._drop_idle_keys()

    def _forget(self, outdated: Outdated) -> None:
        """Before the files that it speaks of are replaced, on the disk too. It goes by way of the room: whoever lost
        that takes nothing away any more."""
        receipt, part = outdated.receipt, self._room / str(next(self._numbers))
        if not receipt.exists():
            return
        if outdated.without is None:
            self.disk.replace(receipt, part)
        else:
            part.write_bytes(outdated.without)
            self.disk.replace(part, receipt)
        self.disk.sync_folder(receipt.parent)

    def _drop_idle_keys(self) -> None:
        for key in idle_keys(self._home, self._room.name, self._parts):
            self.disk.remove(key)

    def _name(self, parts: list[Part], place: Callable[[Path, Path], None]) -> None:
        for part in parts:
            with storing(part.final):
                place(part.path, part.final)
        for folder in {part.final.parent for part in parts}:
            with storing(folder):
                self.disk.sync_folder(folder)

    def _take_back(self, part: Part) -> None:
        """Only what is our own file still: somebody else's under the same name stays."""
        with suppress(OSError):
            if part.is_there():
                self.disk.remove(part.final)

    @contextmanager
    def _part(self, final: Path, media_type: str) -> Iterator[HashedFile]:
        """A temporary file that is closed when the block ends, and kept only if it ends well."""
        path = self._room / str(next(self._numbers))
        with storing(final):
            descriptor = self.disk.create(path)
        try:
            lowest = HashedFile(self.disk, descriptor, final)
            yield lowest
            found = os.fstat(descriptor)
        finally:
            os.close(descriptor)
        receipt = FileReceipt(name=final.name, bytes=lowest.size, sha256=lowest.sha256, media_type=media_type)
        self._parts.append(Part(path=path, final=final, found=found, receipt=receipt))

    def _layers(self, lowest: HashedFile, recipients: list[object]) -> Layer:
        encrypted: Layer = Encrypting(recipients, lowest) if recipients else lowest
        compression = self.sealing.compression
        return Compressing(compression, encrypted) if compression else encrypted

    def _keys(self) -> list[object]:
        """The recipients, the same for all files; for a passphrase also the public key of a fresh pair, whose locked
        half goes beside them."""
        if self._recipients is None:
            keys = self.sealing.recipients
            if self.sealing.passphrase is not None:
                keys = (*keys, self._locked_key(self.sealing.passphrase))
            self._recipients = recipients_of(keys)
        return self._recipients

    def _locked_key(self, passphrase: str) -> str:
        secret, public = fresh_key()
        with self._part(self._key_file, LOCKED_KEY) as lowest:
            lowest.write(lock_key(secret, passphrase))
            lowest.finish()
        return public

    @property
    def _home(self) -> Path:
        return self.target if self.folder else self.target.parent

    @property
    def _stem(self) -> str:
        """What the names of our locked keys begin with."""
        return FOLDER_STEM if self.folder else self.target.name

    @property
    def _key_file(self) -> Path:
        """Never one that is there: it opens the files that it came with, until all of them are replaced."""
        home = self._home
        places = (home / name for name in key_names(self._stem))
        return next(place for place in places if not self.overwrite or look(place) is None)

    def _known(self) -> Iterator[Path]:
        if not self.folder:
            yield self.target
        if self.sealing.passphrase is not None:
            yield self._key_file
        yield from self.expected

    def _must_be_free(self, final: Path) -> None:
        check_free(final, self.guard, overwrite=self.overwrite)


def _make_folder(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:  # what has that name is no folder: another message than for a target
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(home)) from error
