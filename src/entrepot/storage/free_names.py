"""Whether a name may be given to a file: looked at before anything is written, and once more when it is."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from entrepot.model.errors import StorageError
from entrepot.storage.faults import storing
from entrepot.storage.guard import Guard


def check_free(final: Path, guard: Guard, *, overwrite: bool) -> None:
    guard.check(final)
    found = look(final)
    if found is not None and stat.S_ISDIR(found.st_mode):
        raise StorageError(
            "is_folder", f"A folder has that name: {final}.", remedy="Give a file name, or end the path with /."
        )
    if found is not None and not overwrite:
        raise StorageError(
            "target_exists",
            f"{final} exists already.",
            remedy="Choose another name, or overwrite it on purpose (--overwrite).",
        )


def look(final: Path) -> os.stat_result | None:
    """What has that name; a link that leads nowhere has it too."""
    with storing(final), suppress(FileNotFoundError, NotADirectoryError):
        try:
            return final.stat()
        except FileNotFoundError:
            return final.lstat()
    return None
