"""The operations on which a publication depends, behind one object, so that tests can let each of them fail."""

from __future__ import annotations

import errno
import os
from pathlib import Path

NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)
NO_FOLDER_SYNC = (errno.EINVAL, errno.EOPNOTSUPP)
"""What file systems say that cannot do it; nothing more can be done there."""


class Disk:
    """The real disk."""

    def create(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        return os.write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def publish(self, part: Path, final: Path) -> None:
        """Give a finished part its final name, which must be free: a link fails where a rename would overwrite.

        The part keeps its own name too, so that its identity belongs to nobody else before all is done."""
        try:
            os.link(part, final)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            if final.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(final)) from error
            part.rename(final)  # a file system without links: the window is the moment since the look

    def replace(self, part: Path, final: Path) -> None:
        part.replace(final)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def sync_folder(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in NO_FOLDER_SYNC:
                raise
        finally:
            os.close(descriptor)


class PassingDisk(Disk):
    """For files that get the names that last elsewhere: what they hold must be on the disk, not what they are called
    until then."""

    def sync_folder(self, folder: Path) -> None: ...
