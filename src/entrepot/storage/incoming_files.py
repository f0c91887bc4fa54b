"""Files on their way into a folder of the application: whole and flushed under hidden names first, then named.

A key is a relative path of plain names. What it may not be, no file system has to refuse.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from entrepot.model.errors import InputError, StorageError
from entrepot.storage.disk import Disk
from entrepot.storage.faults import storing
from entrepot.storage.layers import HashedFile
from entrepot.storage.parts import ENDING, part_folder, sweep

NAME = "files"
LONGEST_BYTES = 255
NOWHERE = ("", ".", "..")


def place_of(home: Path, key: str, others: Collection[Path] = ()) -> Path | None:
    """Where the file of that key belongs; None: nowhere. It may not be one of `others`, nor in one, nor go through a
    link: that leads out of the folder, or makes two keys of one file, and rows that refer to it by the other are not
    found."""
    parts = key.split("/")
    if any(part in NOWHERE or part.endswith(ENDING) or not is_plain(part) for part in parts):
        return None
    try:
        root = home.resolve()
        place = root.joinpath(*parts)
        found = place.parent.resolve() / place.name
        its_own = found == place and not any(path in others for path in (found, *found.parents))
        return place if its_own and is_free_or_file(root, place) else None
    except (OSError, RuntimeError):
        return None


def is_plain(name: str) -> bool:
    """
    >>> is_plain("Photo 1.jpg"), is_plain("a\\\\b"), is_plain("a\\nb"), is_plain("x" * 300), is_plain("\\ud800")
    (True, False, False, False, False)
    """
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return False
    return size <= LONGEST_BYTES and "\\" not in name and all(ord(letter) >= 32 and letter != "\x7f" for letter in name)


def is_free_or_file(root: Path, place: Path) -> bool:
    """Nothing but a file is there, and nothing but folders on the way."""
    for folder in place.parents:
        if folder == root:
            break
        if os.path.lexists(folder) and not folder.is_dir():
            return False
    return not os.path.lexists(place) or stat.S_ISREG(place.lstat().st_mode)


@dataclass(kw_only=True)
class Incoming:
    """Fulfils `model.file_stores.IncomingFiles`."""

    home: Path
    room: Path
    disk: Disk
    others: Collection[Path]
    _parts: dict[Path, Path] = field(default_factory=dict)

    def take(self, key: str, blocks: Iterable[bytes]) -> None:
        place = self._place(key)
        part = self.room / str(len(self._parts))
        with storing(place):
            descriptor = self.disk.create(part)
        try:
            sink = HashedFile(self.disk, descriptor, place)
            for block in blocks:
                sink.write(block)
            sink.finish()
        finally:
            os.close(descriptor)
        self._parts[place] = part

    def folders(self, key: str) -> tuple[str, ...]:
        place, root = self._place(key), self.home.resolve()
        above = [folder for folder in place.parents if folder != root and folder.is_relative_to(root)]
        return tuple(str(folder.relative_to(root)) for folder in above if not folder.exists())

    def publish(self) -> None:
        for place, part in self._parts.items():
            self.name(part, place)
        for folder in {place.parent for place in self._parts}:
            with storing(folder):
                self.disk.sync_folder(folder)

    def name(self, part: Path, place: Path) -> None:
        try:
            with storing(place):
                place.parent.mkdir(parents=True, exist_ok=True)
                self.disk.publish(part, place)
        except StorageError as error:
            raise exists(place) if error.code == "target_exists" else error from error

    def _place(self, key: str) -> Path:
        place = place_of(self.home, key, self.others)
        if place is None:
            raise unusable(key)
        return place


@contextmanager
def receiving(home: Path, disk: Disk, others: Collection[Path]) -> Iterator[Incoming]:
    """The folder is made if it is not there yet; what dead processes left in it goes."""
    with storing(home):
        home.mkdir(parents=True, exist_ok=True)
    sweep(home)
    with part_folder(home, NAME) as room:
        yield Incoming(home=home, room=room, disk=disk, others=others)


def remove(home: Path, key: str, folders: Iterable[str], disk: Disk) -> None:
    place = place_of(home, key)
    if place is not None:
        with storing(place):
            disk.remove(place)
    for folder in folders:
        inside = place_of(home, f"{folder}/-")
        with suppress(OSError):  # something else is in it by now
            if inside is not None:
                inside.parent.rmdir()


def exists(place: Path) -> InputError:
    return InputError(
        "file_exists",
        f"While the files were copied, somebody else put one there: {place}. Nothing was written.",
        remedy="Look again: import the same package anew.",
    )


def unusable(key: str) -> InputError:
    return InputError(
        "unusable_key",
        f"{key!r:.200} is no key under which a file can be kept.",
        remedy="Give the files new keys: --files rewrite; or leave them out: --files ignore.",
    )
