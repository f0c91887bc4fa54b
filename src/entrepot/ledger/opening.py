"""Opening a ledger, in a folder or on a server: made at its first use, and brought to the present shape."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from entrepot.ledger.folder import FILE, LOCK, FolderHome
from entrepot.ledger.locking import PATIENCE
from entrepot.ledger.migrating import migrate
from entrepot.ledger.records import Records
from entrepot.ledger.topics import Ledger
from entrepot.model.ports import Clock

__all__ = ["FILE", "LOCK", "Ledger", "open_ledger", "open_server_ledger", "server_place"]


@contextmanager
def open_ledger(
    folder: Path, clock: Clock, chance: Callable[[int], bytes] = os.urandom, patience: float = PATIENCE
) -> Iterator[Ledger]:
    """The ledger in `folder`, which exists and is private already."""
    home = FolderHome(folder, patience)
    records = Records(home, clock, chance)
    try:
        home.prepare()
        migrate(records)
        home.watch()
        yield Ledger(records)
    finally:
        home.engine.dispose()


@contextmanager
def open_server_ledger(url: str, clock: Clock, chance: Callable[[int], bytes] = os.urandom) -> Iterator[Ledger]:
    """The ledger in the database that `url` means, in a schema of its own."""
    from entrepot.ledger.server import ServerHome

    home = ServerHome(url)
    records = Records(home, clock, chance)
    try:
        home.prepare()
        migrate(records)
        home.watch()
        yield Ledger(records)
    finally:
        home.engine.dispose()


def server_place(url: str) -> tuple[str, bool]:
    """What it is called, without a password, and whether a ledger is there. Nothing is made."""
    from entrepot.ledger.server import ServerHome

    home = ServerHome(url)
    return home.place, home.exists()
