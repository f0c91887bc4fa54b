"""The folder of our own records and stored files: what is in it, and that nobody else looks into it."""

from __future__ import annotations

import os
from pathlib import Path

from entrepot.ledger.opening import FILE, LOCK
from entrepot.ledger.owners import FOLDER as OWNERS
from entrepot.ledger.secrets import FILE as SECRET
from entrepot.ledger.signs import WORKER_LOCK
from entrepot.model.errors import InputError

ARTIFACTS, COPIES = "artifacts", "copies"
"""The stored files; or copies of those that lie in a bucket."""
IGNORED = ".gitignore"
FILES_LOCK = "files.lock"
"""Whoever puts files into the stores of the application, or takes some away, holds it."""
WORKER_LOG, BELL = "worker.log", "worker.bell"
"""What a worker says; and by what it is called, a named pipe."""
OURS = frozenset(
    {FILE, f"{FILE}-wal", f"{FILE}-shm", f"{FILE}-journal", LOCK, ARTIFACTS, OWNERS, IGNORED, SECRET, FILES_LOCK}
    | {WORKER_LOCK, WORKER_LOG, BELL, COPIES}
)


def prepare(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        _adopt(folder)
    ignored = folder / IGNORED
    if not ignored.exists():
        ignored.write_text("# Entrepot's own records hold data of the application.\n*\n", encoding="utf-8")


def _adopt(folder: Path) -> None:
    """Only what is ours already, or empty, becomes private: any other folder is somebody's."""
    names = {path.name for path in folder.iterdir()}
    if FILE not in names and names - OURS:
        raise InputError(
            "not_a_state_folder",
            f"{folder} holds other files, such as {min(names - OURS)}, so that it cannot be the state folder.",
            remedy="Set an empty or a new folder (ENTREPOT_STATE, or [state] folder).",
        )
    found = folder.stat()
    if found.st_mode & 0o077 and found.st_uid == os.geteuid():
        folder.chmod(0o700)
