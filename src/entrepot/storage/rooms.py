"""Folders for a running process alone: private, locked while it lives, and swept when nobody holds the lock.

The lock dies with its process, whatever kills it, so there is no guessing from ages or process numbers.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from entrepot.storage.faults import storing

LOCK = ".lock"


@contextmanager
def room(home: Path, *, prefix: str, suffix: str = "") -> Iterator[Path]:
    """A fresh folder in `home`, 0700, gone afterwards with all that is in it."""
    with storing(home):
        folder, lock = _locked_folder(home, prefix, suffix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked_folder(home: Path, prefix: str, suffix: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, suffix=suffix, dir=home))
        try:
            with suppress(FileNotFoundError):  # swept between its making and its lock, now or below: take another
                lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
                if _held(lock):
                    return folder, lock
        except OSError:  # no file may be made there, or the file system has no locks
            shutil.rmtree(folder, ignore_errors=True)
            raise


def _held(lock: int) -> bool:
    """True if the lock is ours; closed if it is not."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.fstat(lock).st_nlink:
            return True
    except OSError:
        os.close(lock)
        raise
    os.close(lock)
    return False


def sweep_rooms(home: Path, pattern: str) -> tuple[Path, ...]:
    """Remove the rooms whose owner is dead: nobody holds their lock; which they were. One without a lock file gets
    one, because its owner died before that."""
    found = (folder for folder in sorted(home.glob(pattern)) if _is_ours(folder))
    return tuple(folder for folder in found if _removed(folder))


def evict(folder: Path, suffix: str) -> None:
    """Of somebody who may be paused: under another name it is out of his reach at once, and so is all that he would
    still move out of it or into it."""
    if not _is_ours(folder):
        return
    with suppress(FileNotFoundError), storing(folder.parent):
        away = Path(tempfile.mkdtemp(prefix=".away.", suffix=suffix, dir=folder.parent))
        folder.replace(away)
        shutil.rmtree(away, ignore_errors=True)


def dead_rooms(home: Path, pattern: str) -> tuple[Path, ...]:
    """Which would be removed."""
    return tuple(folder for folder in sorted(home.glob(pattern)) if _is_ours(folder) and not _is_held(folder))


def _is_held(folder: Path) -> bool:
    try:
        lock = os.open(folder / LOCK, os.O_RDONLY)
    except OSError:
        return True  # on its way to a lock, or gone, or not ours: nothing to tell of
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(lock)


def _removed(folder: Path) -> bool:
    try:
        lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:
        return False  # gone already, or not ours to touch
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False  # somebody works there
    else:
        shutil.rmtree(folder, ignore_errors=True)
        return True
    finally:
        os.close(lock)


def _is_ours(folder: Path) -> bool:
    """In a place that everybody may write to, a name says nothing; a link could lead anywhere."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
