"""Private folders for temporary data: 0700, gone afterwards, and those of the dead are swept."""

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

PREFIX = "entrepot-work-"
LOCK = ".lock"


@contextmanager
def work_folder(parent: Path | None = None) -> Iterator[Path]:
    """A fresh folder in `parent` (the system's place for temporary files if None)."""
    home = parent or Path(tempfile.gettempdir())
    sweep_work(home)
    with storing(home):
        folder, lock = _locked_folder(home)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked_folder(home: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
        with suppress(FileNotFoundError):  # swept between its making and its lock, now or below: take another
            lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if os.fstat(lock).st_nlink:
                return folder, lock
            os.close(lock)


def sweep_work(home: Path) -> None:
    """Remove work folders whose owner is dead: nobody holds their lock. One without a lock file gets one, because
    its owner died before that."""
    for folder in home.glob(f"{PREFIX}*"):
        lock = _lock_of(folder) if _is_ours(folder) else None
        if lock is not None:
            _remove_if_dead(folder, lock)


def _remove_if_dead(folder: Path, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return  # somebody works there
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _lock_of(folder: Path) -> int | None:
    """The open lock file; None if the folder is gone already, or not ours to touch."""
    try:
        return os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:
        return None


def _is_ours(folder: Path) -> bool:
    """In a place that everybody may write to, a name says nothing; a link could lead anywhere."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
