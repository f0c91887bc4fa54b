"""Small files given out together under names that people chose: all are complete before the first gets its name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from entrepot.storage.disk import Disk
from entrepot.storage.faults import storing
from entrepot.storage.free_names import check_free
from entrepot.storage.guard import Guard
from entrepot.storage.layers import HashedFile
from entrepot.storage.parts import part_folder, sweep


def hand_out(
    files: Mapping[Path, bytes], *, overwrite: bool = False, guard: Guard | None = None, disk: Disk | None = None
) -> None:
    """All of one folder. If one cannot get its name, those before it lose theirs again, unless they replaced a file."""
    disk, guard = disk or Disk(), guard or Guard()
    for final in files:
        check_free(final, guard, overwrite=overwrite)
    home = next(iter(files)).parent
    with storing(home):
        home.mkdir(parents=True, exist_ok=True)
    sweep(home)
    with part_folder(home, next(iter(files)).name) as room:
        parts = {final: room / str(number) for number, final in enumerate(files)}
        for final, part in parts.items():
            _write(part, final, files[final], disk)
        _name(parts, disk, overwrite=overwrite)
        with storing(home):
            disk.sync_folder(home)


def _write(part: Path, final: Path, data: bytes, disk: Disk) -> None:
    with storing(final):
        descriptor = disk.create(part)
    try:
        sink = HashedFile(disk, descriptor, final)
        sink.write(data)
        sink.finish()
    finally:
        os.close(descriptor)


def _name(parts: Mapping[Path, Path], disk: Disk, *, overwrite: bool) -> None:
    named: list[Path] = []
    try:
        for final, part in parts.items():
            with storing(final):
                (disk.replace if overwrite else disk.publish)(part, final)
            named.append(final)
    except BaseException:
        for final in () if overwrite else named:
            with suppress(OSError):
                disk.remove(final)
        raise
