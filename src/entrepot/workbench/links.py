"""Files from elsewhere, under a second name in the work folder."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from entrepot.model.errors import StorageError


def linked(path: Path, target: Path) -> Path:
    """A hard link: the child sees the file itself, not a path that leads out of the folder."""
    try:
        target.hardlink_to(path)
    except OSError:
        copied(path, target)
    return target


def copied(path: Path, target: Path) -> None:
    try:
        shutil.copyfile(path, target)
    except OSError as error:
        code = "insufficient_storage" if error.errno == errno.ENOSPC else "file_error"
        raise StorageError(
            code,
            f"{path} cannot be taken into the workbench: {error.strerror or error}.",
            remedy="Check that it is still there, the rights, and the room for temporary files.",
        ) from error
