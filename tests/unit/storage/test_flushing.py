"""Large files go to the disk while they are written; what the disk says of it is never lost."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrepot.model.errors import StorageError
from entrepot.storage import flushing
from entrepot.storage.disk import Disk
from entrepot.storage.flushing import Flushing
from entrepot.storage.layers import BLOCK, HashedFile


class TroubledDisk(Disk):
    """Says once that a write failed, as Linux does, and then that all is well."""

    def __init__(self, troubles: int) -> None:
        self.troubles, self.syncs = troubles, 0

    def sync(self, descriptor: int) -> None:
        self.syncs += 1
        super().sync(descriptor)
        if self.syncs <= self.troubles:
            raise OSError(errno.EIO, "injected")


@pytest.fixture
def descriptor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(flushing, "AHEAD_BYTES", 10)
    descriptor = Disk().create(tmp_path / "file")
    yield descriptor
    os.close(descriptor)


def test_a_large_file_is_flushed_before_its_end(descriptor: int) -> None:
    disk = TroubledDisk(0)
    flushing = Flushing(disk, descriptor)
    flushing.note(9)
    flushing.leave()
    assert disk.syncs == 0
    flushing.note(1)
    flushing.leave()
    assert disk.syncs == 1
    flushing.finish()
    assert disk.syncs == 2


def test_trouble_that_was_told_early_fails_the_file_at_its_end(descriptor: int, tmp_path: Path) -> None:
    """The last flush would succeed: the system has forgotten by then."""
    file = HashedFile(TroubledDisk(1), descriptor, tmp_path / "final")
    file.write(b"x" * BLOCK)
    with pytest.raises(StorageError):
        file.finish()


def test_a_file_may_be_closed_while_it_is_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flushing, "AHEAD_BYTES", 10)
    disk, path = TroubledDisk(0), tmp_path / "file"
    descriptor = disk.create(path)
    file = Flushing(disk, descriptor)
    file.note(10)
    os.close(descriptor)
    file.leave()
    assert disk.syncs == 1
