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
LONGEST_BYTES = 150


def create_part(disk: Disk, final: Path) -> tuple[Path, int]:
    """A locked temporary file beside its final name: (path, descriptor)."""
    while True:
        part = final.with_name(f".{shortened(final.name)}.{secrets.token_hex(6)}{ENDING}")
        with storing(final):
            descriptor = disk.create(part)
            if _held(part, descriptor):
                return part, descriptor
            os.close(descriptor)  # swept between its making and its lock: take another


def shortened(name: str) -> str:
    """File systems count bytes: what is added must fit behind the longest name they allow."""
    return name.encode(errors="replace")[:LONGEST_BYTES].decode(errors="ignore")


def _held(part: Path, descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:  # a file system without locks
        os.close(descriptor)
        part.unlink(missing_ok=True)
        raise
    return os.fstat(descriptor).st_nlink > 0


def sweep(folder: Path) -> tuple[Path, ...]:
    """Remove the parts in `folder` that nobody holds any more; which they were."""
    return tuple(part for part in sorted(folder.glob(f".*{ENDING}")) if _removed(part))


def _removed(part: Path) -> bool:
    try:
        descriptor = os.open(part, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
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
