"""A stored file given out under a name that people chose: whole or not at all, and never instead of another file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from entrepot.model.errors import StorageError
from entrepot.storage.disk import Disk
from entrepot.storage.faults import reading, storing
from entrepot.storage.layers import HashedFile
from entrepot.storage.parts import part_folder, sweep

BLOCK = 4 << 20


def must_be_free(final: Path) -> None:
    """A link that leads nowhere takes the name too."""
    with storing(final), suppress(FileNotFoundError, NotADirectoryError):
        final.lstat()
        raise StorageError("target_exists", f"{final} exists already.", remedy="Choose another name, or move it away.")


def copy_out(source: Path, final: Path, disk: Disk | None = None) -> None:
    disk = disk or Disk()
    must_be_free(final)
    with storing(final):
        final.parent.mkdir(parents=True, exist_ok=True)
    sweep(final.parent)
    with part_folder(final.parent, final.name) as room:
        part = room / "copy"
        with storing(final):
            descriptor = disk.create(part)
        try:
            sink = HashedFile(disk, descriptor, final)
            with reading(source), source.open("rb") as opened:
                while block := opened.read(BLOCK):
                    sink.write(block)
            sink.finish()
        finally:
            os.close(descriptor)
        with storing(final):
            disk.publish(part, final)
            disk.sync_folder(final.parent)
