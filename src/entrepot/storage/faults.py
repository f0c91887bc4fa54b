"""What the operating system says, as errors with a remedy. A full disk is never somebody's bad row."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from entrepot.model.errors import AccessError, InputError, StorageError

KNOWN = {
    errno.ENOSPC: ("insufficient_storage", "There is no room left", "Make room, or choose another place."),
    errno.EDQUOT: ("insufficient_storage", "The quota is used up", "Make room, or choose another place."),
    errno.EFBIG: ("insufficient_storage", "The file is larger than may be", "Raise the limit, or export less at once."),
    errno.EROFS: ("read_only", "The file system is read-only", "Choose a place that can be written to."),
    errno.EACCES: ("no_permission", "Writing is not permitted", "Ask for the right, or choose another place."),
    errno.EPERM: ("no_permission", "Writing is not permitted", "Ask for the right, or choose another place."),
    errno.EEXIST: ("target_exists", "There is a file already", "Choose another name, or overwrite it on purpose."),
    errno.ENOTDIR: ("no_folder", "A part of the path is a file, not a folder", "Choose another place."),
    errno.EISDIR: ("is_folder", "A folder has that name", "Give a file name, or end the path with /."),
    errno.ENAMETOOLONG: ("bad_name", "The name is too long for the file system", "Choose a shorter name."),
    errno.EMFILE: ("too_many_files", "Too many files are open in this process", "Raise the limit (ulimit -n)."),
    errno.ENFILE: ("too_many_files", "Too many files are open on this machine", "Close others, or raise its limit."),
    errno.EIO: ("disk_error", "The disk failed", "Choose another place, and have the disk checked."),
}


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Operating-system errors of opening `path` to read it."""
    try:
        yield
    except PermissionError as error:
        raise AccessError(
            "no_permission", f"Reading {path} is not permitted.", remedy="Ask for the right to read it."
        ) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError("no_such_file", f"There is no file {path}.", remedy="Check the path.") from error
    except OSError as error:
        raise storage_error(error, path) from error


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Operating-system errors of the block, said about `path`."""
    try:
        yield
    except OSError as error:
        raise storage_error(error, path) from error


def storage_error(error: OSError, path: Path) -> StorageError:
    code, words, remedy = KNOWN.get(
        error.errno or 0, ("file_error", error.strerror or str(error), "Check the path, the rights and the room.")
    )
    return StorageError(code, f"{words}: {path}.", remedy=remedy)
