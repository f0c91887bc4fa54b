"""Who works on a job: a process that holds a lock, which dies with it, whatever kills it.

A number of a process would not do: it may be somebody else's by now, or count in another container.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from entrepot.ledger.locking import locked
from entrepot.model.errors import UnavailableError

FOLDER = "owners"
NAME = re.compile(r"process-\d+-[0-9a-f]+")


@contextmanager
def owning(folder: Path) -> Iterator[str]:
    """The name of an owner who lives as long as the block, or this process."""
    home = folder / FOLDER
    home.mkdir(mode=0o700, exist_ok=True)
    name = f"process-{os.getpid()}-{secrets.token_hex(6)}"
    with locked(home / name):
        try:
            yield name
        finally:
            (home / name).unlink(missing_ok=True)


def is_alive(folder: Path, owner: str) -> bool:
    """Somebody without a lock file was there before there were any, or has gone in order."""
    file = folder / FOLDER / owner
    if not NAME.fullmatch(owner) or not file.exists():
        return False
    try:
        with locked(file, patience=0):
            file.unlink(missing_ok=True)
    except UnavailableError:
        return True
    return False
