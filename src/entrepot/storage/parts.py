"""Temporary files: who holds one, holds its lock; one without a holder is rubbish and goes at the next run.

The lock dies with its process, whatever kills it, so there is no guessing from ages or process numbers.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path

from entrepot.storage.disk import Disk
from entrepot.storage.faults import storing

ENDING = ".entrepot-part"


def create_part(disk: Disk, final: Path) -> tuple[Path, int]:
    """A locked temporary file beside its final name: (path, descriptor)."""
    while True:
        part = final.with_name(f".{final.name[:150]}.{secrets.token_hex(6)}{ENDING}")
        with storing(final):
            descriptor = disk.create(part)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return part, descriptor
        os.close(descriptor)  # swept between its making and its lock: take another


def sweep(folder: Path) -> tuple[Path, ...]:
    """Remove the parts in `folder` that nobody holds any more; which they were."""
    return tuple(part for part in sorted(folder.glob(f".*{ENDING}")) if _removed(part))


def _removed(part: Path) -> bool:
    try:
        descriptor = os.open(part, os.O_RDONLY)
    except OSError:
        return False  # gone already, or not ours to touch
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        part.unlink(missing_ok=True)
    except OSError:
        return False  # somebody lives in it
    finally:
        os.close(descriptor)
    return True
