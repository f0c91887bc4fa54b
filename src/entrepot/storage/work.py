"""Private folders for temporary data: 0700, gone afterwards, and those of the dead are swept."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
        lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep_work(home: Path) -> None:
    """Remove work folders whose owner is dead: nobody holds their lock."""
    for folder in home.glob(f"{PREFIX}*"):
        try:
            lock = os.open(folder / LOCK, os.O_RDWR)
        except OSError:
            continue  # being made, being removed, or not ours
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue  # somebody works there
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
