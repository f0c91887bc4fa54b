"""Temporary files of the tests in memory where there is room: half of the time of a small import is waiting for a disk
that has to confirm what was written. What a killed process leaves is the same in both."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import psutil

FOLDER = Path("/dev/shm")
ROOM = 8_000_000_000
"""Several times what the whole suite keeps there at once."""


def keep_in_memory() -> None:
    """Unless somebody said where they should be. Child processes inherit it."""
    if "TMPDIR" not in os.environ and has_room():
        os.environ["TMPDIR"] = str(FOLDER)
        tempfile.tempdir = None


def has_room() -> bool:
    """Containers often have a small one."""
    if not (FOLDER.is_dir() and os.access(FOLDER, os.W_OK)):
        return False
    return min(shutil.disk_usage(FOLDER).free, psutil.virtual_memory().available) > ROOM
